"""String literals of scripts with Chinese in them: footers and pages are written by scripts, too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from detectors.limits import MAX_SCRIPT_STRING_CHARS

SPACE = re.compile(r"[ \t\r\n\f\v\xa0]+")
HAN_RUN = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff]")
_LITERAL = re.compile(
    r"\"[^\"\\\n]*+(?:\\.[^\"\\\n]*+)*+\"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'|`[^`\\]*+(?:\\.[^`\\]*+)*+`"
)
_ESCAPE = re.compile(r"\\{1,2}u([0-9a-fA-F]{4})")
_DOCUMENT = ('{"', '["', "[{", '{\\"', '[\\"')
_MARKUP = re.compile(r"<[^<>]{0,400}>|\\[nrt\"'/]")


def chinese_in(script: str) -> Iterator[str]:
    """What the literals of a script say that have Chinese words in them, without markup. A literal that holds a JSON
    document counts as the literals of that."""
    if "\\u" in script:
        script = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), script)
    if script.isascii() or not HAN_RUN.search(script):
        return
    for value in _literals(script[:MAX_SCRIPT_STRING_CHARS]):
        if not value.isascii() and HAN_RUN.search(value):
            for said in _literals(value.replace('\\"', '"')) if value.startswith(_DOCUMENT) else (value,):
                plain = SPACE.sub(" ", _MARKUP.sub(" ", said)).strip()
                if plain and not plain.isascii() and HAN_RUN.search(plain):
                    yield plain


def _literals(script: str) -> Iterator[str]:
    """What stands between the quotes of a script's literals, of all those at least that are not ASCII."""
    if "`" in script:  # only such literals may go over lines
        yield from (value[1:-1] for value in _LITERAL.findall(script))
        return
    for line in script.split("\n"):
        if line.isascii():
            continue
        if "'" in line or "\\" in line:
            yield from (value[1:-1] for value in _LITERAL.findall(line))
        else:  # as in JSON: every other piece is one
            yield from line.split('"')[1:-1:2]
