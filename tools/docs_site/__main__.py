"""The documentation site: `make site`.

python -m tools.docs_site             build it in build/site, and update the catalogues in docs/locale
python -m tools.docs_site --accept    also where the English changed and its translation is right as it is
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.docs_site.build import build

ROOT = Path(__file__).parents[2]

if __name__ == "__main__":
    sys.exit(build(ROOT, ROOT / "build" / "site", accept="--accept" in sys.argv[1:]))
