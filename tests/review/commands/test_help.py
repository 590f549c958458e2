"""The help of every command: it shows how the command is written, and what it shows can be written so."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

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


def examples(path: tuple[str, ...], command: click.Command) -> list[list[str]]:
    """The arguments of each line of the help that begins with the whole command; up to what a shell adds to it."""
    group = main.get_command(click.Context(main), path[0])
    told = "\n".join(text or "" for text in (command.help, command.epilog, group.help if group else ""))
    lines = re.findall(rf"^\s*zhengshao {' '.join(path)}(?: (\S.*)|  .*)?$", told, re.MULTILINE)
    written = (re.split(r"(?:^| )[|>&]+ |  +", line)[0] for line in lines)
    return [shlex.split(line) for line in written]


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_an_example_that_it_takes(path: tuple[str, ...]) -> None:
    command, found = ALL[path], examples(path, ALL[path])
    assert found, f"zhengshao {' '.join(path)} --help shows no example"
    for arguments in found:
        context = click.Context(command)
        values, rest, _ = command.make_parser(context).parse_args(list(arguments))
        assert not rest, arguments
        lacking = [one for one in command.params if one.required and values.get(str(one.name)) in (None, (), [])]
        assert not [one.name for one in lacking if not one.envvar], arguments
        for one in command.params:
            if isinstance(one.type, click.Choice) and values.get(str(one.name)):
                one.type_cast_value(context, values[str(one.name)])
