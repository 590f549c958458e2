"""Derives the generated tables of `detectors/data/` from public dictionaries; nothing of it runs in the product.

    uv run --no-project --with opencc==1.4.2 --with pypinyin==0.55.0 --with jieba==0.42.1 benchmarks/tables.py

Writes `simplify.toml` (OpenCC, Apache-2.0), `syllables.toml` (pypinyin, MIT) and `ordinary.toml` (jieba, MIT). The same
versions write the same bytes; without them, the tables in the repository stand.
"""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "detectors" / "data"
WIDTH = 110
ORDINARY_MIN_COUNT = 20
HAN = (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFAFF))
MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))


def simplified() -> Iterator[tuple[str, str]]:
    """Traditional, regional and Japanese forms with the one simplified character of each."""
    opencc: Any = importlib.import_module("opencc")
    plain, regional = opencc.OpenCC("t2s"), [opencc.OpenCC(name) for name in ("tw2s", "hk2s")]
    japanese = opencc.OpenCC("jp2t")
    for character in map(chr, HAN):
        form = plain.convert(character)
        if form == character and not in_use(character):
            others = [*(one.convert(character) for one in regional), plain.convert(japanese.convert(character))]
            form = next(filter(in_use, others), character)
        if form != character and len(form) == 1:
            yield character, form


def in_use(character: str) -> bool:
    """Whether simplified text is written with it (GB 2312): such a character stands for itself."""
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def toneless(syllable: str) -> str:
    """A syllable as dialects merge it: n and l, zh and z, ch and c, sh and s, -ng and -n sound alike."""
    for heard, merged in MERGED:
        if syllable.startswith(heard):
            syllable = merged + syllable[len(heard) :]
            break
    return syllable[:-1] if syllable.endswith("ng") else syllable


def syllables() -> dict[str, str]:
    """Characters by merged syllable, most usual reading only; forms that folding replaces are left out."""
    pypinyin: Any = importlib.import_module("pypinyin")
    folded = {old for old, _ in simplified()}
    groups: dict[str, list[str]] = defaultdict(list)
    for character in map(chr, range(0x4E00, 0x9FA6)):
        heard = pypinyin.lazy_pinyin(character, errors="ignore")
        if heard and character not in folded:
            groups[toneless(heard[0].replace("ü", "v"))].append(character)
    return {name: "".join(characters) for name, characters in sorted(groups.items())}


def ordinary() -> Iterator[str]:
    """Words of two characters that a large body of ordinary text holds often."""
    jieba: Any = importlib.import_module("jieba")
    lines = (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines()
    for word, count, *_ in map(str.split, lines):
        if len(word) == 2 and int(count) >= ORDINARY_MIN_COUNT:
            yield word


def broken(text: str) -> str:
    """A long string as a TOML string of many lines."""
    lines = (text[at : at + WIDTH] for at in range(0, len(text), WIDTH))
    return '"""\\\n' + "".join(f"{line}\\\n" for line in lines) + '"""'


def write(name: str, about: str, *parts: str) -> None:
    comment = "".join(f"# {line}\n" for line in about.splitlines())
    (DATA / name).write_text(f"{comment}# Written by `benchmarks/tables.py`.\n\n" + "\n".join(parts) + "\n", "utf-8")


def main() -> None:
    pairs = list(simplified())
    write(
        "simplify.toml",
        "Single characters that folding replaces one for one, so that offsets stay what they were. Derived from the\n"
        "character dictionaries of OpenCC 1.4.2 (Apache-2.0): traditional, Taiwan, Hong Kong and Japanese forms.",
        f"traditional = {broken(''.join(old for old, _ in pairs))}",
        f"simplified = {broken(''.join(new for _, new in pairs))}",
    )
    write(
        "syllables.toml",
        "Characters by syllable, toneless, with n/l, zh/z, ch/c, sh/s and -ng/-n merged; most usual reading only.\n"
        "Derived from the dictionary of pypinyin 0.55.0 (MIT).",
        *(f"{name} = {broken(characters)}" for name, characters in syllables().items()),
    )
    write(
        "ordinary.toml",
        f"Ordinary words of two characters, joined: jieba 0.42.1 (MIT) has each {ORDINARY_MIN_COUNT} times or more.\n"
        "A character inside one of them is not written for another that looks or sounds alike.",
        f"words = {broken(''.join(sorted(ordinary())))}",
    )


if __name__ == "__main__":
    main()
