"""`python -m tests.docs.commands [--programs FOLDER] PAGE...`: runs pages as one walk and prints what happens."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.docs.commands.session import Failed
from tests.docs.commands.walk import run


def at_once(text: str) -> None:
    print(text, end="", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.docs.commands", description="Run the command blocks of pages."
    )
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument(
        "--programs", type=Path, default=Path(sys.executable).parent, help="folder of `reconciler` and `python`"
    )
    parser.add_argument(
        "--lang", choices=("en", "ja"), default="en", help="language of messages; `ja` compares with docs/ja"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            run(
                given.pages,
                Path(folder) / "page",
                programs=given.programs.absolute(),
                language=given.lang,
                show=at_once,
            )
        except Failed as failure:
            print(f"error: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
