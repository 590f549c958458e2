"""The help of every command: it shows how the command is written, and what it shows can be written so."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from review.cli import main


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = dict(commands(main))
DOCUMENTS = ("analyst", "evidence-capture", "evidence-format", "detectors", "sources", "practice-web", "settings")


def examples(path: tuple[str, ...], command: click.Command) -> list[list[str]]:
    """The arguments of each line of the help that begins with the whole command; up to what a shell adds to it."""
    group = main.get_command(click.Context(main), path[0])
    told = "\n".join(text or "" for text in (command.help, command.epilog, group.help if group else ""))
    lines = re.findall(rf"^\s*zhengshao {' '.join(path)}(?: (\S.*)|  .*)?$", told, re.MULTILINE)
    written = (re.split(r"(?:^| )[|>&]+ |  +", line)[0] for line in lines)
    return [shlex.split(line) for line in written]


def takes(path: tuple[str, ...], arguments: list[str]) -> None:
    """Fails when the command has no such option, argument or choice, or lacks one that it needs."""
    command = ALL[path]
    context = click.Context(command)
    values, rest, _ = command.make_parser(context).parse_args(list(arguments))
    assert not rest, (path, arguments)
    needed = (one for one in command.params if one.required and not one.envvar)
    assert not [one.name for one in needed if values.get(str(one.name)) in (None, (), [])], (path, arguments)
    for one in command.params:
        if isinstance(one.type, click.Choice) and values.get(str(one.name)):
            one.type_cast_value(context, values[str(one.name)])


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_an_example_that_it_takes(path: tuple[str, ...]) -> None:
    found = examples(path, ALL[path])
    assert found, f"zhengshao {' '.join(path)} --help shows no example"
    for arguments in found:
        takes(path, arguments)


def written(document: Path) -> Iterator[list[str]]:
    """The commands that a document shows, in blocks and in the text; several of a line are parted by `·`."""
    text = document.read_text("utf-8")
    blocks = re.findall(r"^zhengshao (.+)$", text, re.MULTILINE)
    inline = re.findall(r"`zhengshao ([^`]+)`", text)
    for line in (*blocks, *inline):
        shown = re.split(r" {2,}| #| [>|&]+ ", line)[0]
        yield from (shlex.split(re.sub(r"[][]", "", one).replace("…", "VALUE")) for one in shown.split(" · "))


@pytest.mark.parametrize("name", ["README.md", *(f"docs/{one}.md" for one in DOCUMENTS)])
def test_what_documents_show_can_be_written_so(root: Path, name: str) -> None:
    shown = list(written(root / name))
    assert shown
    for words in shown:
        path = next((tuple(words[:size]) for size in (2, 1) if tuple(words[:size]) in ALL), ())
        if path and len(words) > len(path):
            takes(path, words[len(path) :])
        else:
            group = main.get_command(click.Context(main), words[0].strip())
            assert path or isinstance(group, click.Group), words
