"""`python -m crawlers.practice DIR`: checks or serves a practice web by hand."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from crawlers.practice.reading import PracticeError, print_warnings, read_truth
from crawlers.practice.server import check, for_ever, serve, until_input_ends
from crawlers.practice.spawn import PACKAGED

OK, PROBLEMS = 0, 2


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.check:
            return _check(options.web)
        with tempfile.TemporaryDirectory() as fallback, suppress(KeyboardInterrupt):
            until = until_input_ends if options.until_input_ends else for_ever
            asyncio.run(serve(options.web, options.keys or Path(fallback), until))
    except PracticeError as error:
        if options.until_input_ends:
            print(json.dumps({"problems": error.problems}))
        else:
            print(error, file=sys.stderr)
        return PROBLEMS
    return OK


def _check(folder: Path) -> int:
    web = check(folder)
    truth = read_truth(folder)
    print_warnings(web)
    print(f"{folder}: {len(web.folders)} hosts, {len(web.offers)} offers, {len(truth)} lines of truth")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crawlers.practice", description=__doc__)
    parser.add_argument("web", type=Path, nargs="?", default=PACKAGED, help="folder of the practice web")
    parser.add_argument("--check", action="store_true", help="read it, say what is wrong, serve nothing")
    parser.add_argument("--keys", type=Path, help="where certificates and keys are kept (default: a temporary place)")
    parser.add_argument("--until-input-ends", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
