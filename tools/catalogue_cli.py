"""Maintains the catalogue.

python -m tools.catalogue_cli update     add new texts, remove unused ones
python -m tools.catalogue_cli compile    write the .mo file that is read at run time
python -m tools.catalogue_cli check      list what is missing or wrong; exit 1 if anything is
"""

from __future__ import annotations

import sys

from tools.catalogue import check, compile_, update


def main(words: list[str]) -> int:
    match words:
        case ["update"]:
            update()
        case ["compile"]:
            compile_()
        case ["check"]:
            faults = check()
            sys.stderr.write("".join(f"{fault}\n" for fault in faults))
            return 1 if faults else 0
        case _:
            sys.stderr.write(__doc__ or "")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
