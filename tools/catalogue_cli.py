"""Maintains the catalogues: the product's and that of the embedded backend's pages.

python -m tools.catalogue_cli update     add new texts, remove unused ones
python -m tools.catalogue_cli compile    write the .mo files that are read at run time
python -m tools.catalogue_cli check      list what is missing or wrong; exit 1 if anything is
"""

from __future__ import annotations

import sys

from tools.catalogue import CATALOGUES, check, compile_, update


def main(words: list[str]) -> int:
    match words:
        case ["update"]:
            for each in CATALOGUES:
                update(each)
        case ["compile"]:
            for each in CATALOGUES:
                compile_(each)
        case ["check"]:
            faults = [fault for each in CATALOGUES for fault in check(each)]
            sys.stderr.write("".join(f"{fault}\n" for fault in faults))
            return 1 if faults else 0
        case _:
            sys.stderr.write(__doc__ or "")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
