"""The command line: one file per command in `review/commands/`, imported only when it is called."""

from __future__ import annotations

import importlib
import keyword
import os
import pkgutil
import sys
from pathlib import Path
from typing import Any

import click

COMMANDS = Path(__file__).parent / "commands"


class LazyGroup(click.Group):
    """A group whose commands are the modules of `review/commands/`; `import_` is `import`, `_` becomes `-`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = [module.name for module in pkgutil.iter_modules([str(COMMANDS)])]
        return sorted(name.rstrip("_").replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = cmd_name.replace("-", "_")
        if keyword.iskeyword(name):
            name += "_"
        if not (COMMANDS / f"{name}.py").is_file() or name.startswith("_"):
            return None
        command = importlib.import_module(f"review.commands.{name}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """A file that cannot be read or written is no fault of ours, nor is one of the office's that is damaged: exit 2
        with its name and why, whatever command."""
        from crawlers.records import CrawlError
        from review.commands._shared import fail
        from review.errors import ReviewError

        try:
            return super().invoke(ctx)
        except (CrawlError, ReviewError) as error:
            fail(error)
        except OSError as error:
            if error.filename is None or isinstance(error, BrokenPipeError):
                raise
            fail(error)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, which can name the nearest commands only of those it has imported."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            known = self.list_commands(ctx)
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=known, ctx=ctx) from None


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 fine, 1 problems found, 2 usage or configuration, 3 partial, 4 locked.",
)
@click.version_option(package_name="zhengshao", prog_name="zhengshao")
def main() -> None:
    """证哨: find counterfeit regulator sites and sellers of forged special-operation certificates, keep the
    evidence, and hand it over.

    \b
    zhengshao demo                        a whole night on the practice web
    zhengshao assess page.html --url URL  judge a page
    zhengshao nightly                     the same night on the real web
    """
    _refuse_undecodable(sys.argv[1:])
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "crawlers.settings")
    # tldextract must never fetch its list: not here, not inside Scrapy's cookie middleware
    os.environ["TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS"] = ""


def _refuse_undecodable(arguments: list[str]) -> None:
    """Bytes that are no text name files that exist, or nothing: no database and no terminal takes them."""
    for number, argument in enumerate(arguments, 1):
        text = os.fsencode(argument).decode("utf-8", "replace")
        if text != argument and not os.path.exists(argument):  # noqa: PTH110  (too long a name is no error to it)
            raise click.UsageError(
                f"argument {number} ({text}) is not in UTF-8, and no such file exists: write it anew"
            )


if __name__ == "__main__":
    main()
