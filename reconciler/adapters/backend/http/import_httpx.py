"""httpx without its command line.

If rich is installed, as it is here, importing httpx also imports its command line, and with it rich and pygments: a tenth of the
start time. For httpx that is an optional extra; here it is hidden while httpx is imported. This module is imported before any
other import of httpx; if httpx is already imported, nothing happens.
"""

from __future__ import annotations

import sys
from typing import Final

_COMMAND_LINE: Final = "httpx._main"

if "httpx" not in sys.modules:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # Python's own way to say: not to be found
    try:
        import httpx  # noqa: F401  # for its being there
    finally:
        del sys.modules[_COMMAND_LINE]
