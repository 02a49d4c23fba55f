"""httpx without its command line.

Where rich is installed, as it is beside us, importing httpx imports a command line of its own as well, and with it rich and
pygments: a tenth of what starting takes. To httpx that is an extra, which may be missing; here it is missing for as long as httpx
is imported. Imported before whatever else imports httpx; where httpx is there already, nothing happens.
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
