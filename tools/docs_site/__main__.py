"""python -m tools.docs_site    build the site in build/site"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.docs_site.build import build

ROOT = Path(__file__).parents[2]

if __name__ == "__main__":
    sys.exit(build(ROOT, ROOT / "build" / "site"))
