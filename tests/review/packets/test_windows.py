"""The PowerShell inside the batch files, as a parser of that language reads it. Not run: no Windows is at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from review.packets.windows import MARK, batch

PARSER = Parser(Language(tree_sitter_powershell.language()))
COMMANDS = {
    "check": {"Join-Path", "Write-Host", "Get-Sum"},
    "open": {"New-Object", "Write-Host", "Read-Host", "Add-Type", "Get-Sum", "Open-ByPassphrase", "Open-ByCertificate"},
}
"""Cmdlets of PowerShell 5.1, and the script's own functions."""
FRAMEWORK = {
    "bitconverter", "io.directory", "io.file", "security.cryptography.aes", "security.cryptography.sha256",
    "security.cryptography.hashalgorithmname", "text.encoding", "string", "void", "byte[]",
}  # fmt: skip
"""Types of .NET Framework 4.7.2, which Windows 10 has since 2018."""
LATER = {"??", "??=", "?.", "?[", "&&", "||", "ternary_expression"}
"""What PowerShell 7 has and 5.1 takes for an error."""
LETTER = re.compile(r"[\w:]")


def parsed(name: str) -> tuple[Node, bytes]:
    script = batch(name).partition(MARK)[2]
    return PARSER.parse(script).root_node, script


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def texts(name: str, kind: str) -> set[str]:
    root, script = parsed(name)
    return {script[one.start_byte : one.end_byte].decode() for one in nodes(root) if one.type == kind}


@pytest.mark.parametrize("name", ["check", "open"])
def test_it_is_powershell_of_every_windows(name: str) -> None:
    root, _ = parsed(name)
    assert not root.has_error
    assert texts(name, "command_name") == COMMANDS[name]
    assert {
        one.strip("[]").lower() if one != "[byte[]]" else "byte[]" for one in texts(name, "type_literal")
    } <= FRAMEWORK
    assert not {one.type for one in nodes(root)} & LATER
    assert "-Parallel" not in batch(name).decode()


def test_the_parser_refuses_what_is_wrong() -> None:
    assert PARSER.parse(b"if ($a { 'x' }").root_node.has_error
    assert PARSER.parse("Write-Host '没有".encode()).root_node.has_error


@pytest.mark.parametrize("name", ["check", "open"])
def test_the_one_line_that_starts_it(name: str) -> None:
    """`cmd.exe` hands on what stands between the quotes; nothing in it is special to `cmd.exe`."""
    head = batch(name).partition(MARK)[0].decode("ascii")
    (command,) = re.findall(r'-Command "([^"]*)"', head)
    assert not PARSER.parse(command.encode()).root_node.has_error
    assert not set(command) & set("%!^&|<>")
    assert head.splitlines()[0] == "@echo off"
    assert all(line.count('"') % 2 == 0 for line in head.splitlines())


@pytest.mark.parametrize("name", ["check", "open"])
def test_names_end_where_they_are_meant_to_in_texts(name: str) -> None:
    """A letter, also a Chinese one, or a colon right behind `$name` in a text would belong to the name."""
    _, script = parsed(name)
    for text in re.findall(r'"([^"\n]*)"', script.decode()):
        for found in re.finditer(r"\$[a-z]+", text):
            assert not LETTER.match(text[found.end() : found.end() + 1] or " "), text
