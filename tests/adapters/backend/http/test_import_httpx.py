"""Using a backend does not load the command line of httpx."""

import subprocess
import sys

CHILD = """
import sys
import reconciler.adapters.backend
print([name for name in ("rich", "pygments") if name in sys.modules])
import httpx
from httpx._main import main
print(callable(main))
"""


def test_httpx_comes_without_its_command_line_which_is_still_available():
    reported = subprocess.run([sys.executable, "-c", CHILD], check=True, capture_output=True, text=True)
    assert reported.stdout.splitlines() == ["[]", "True"]
