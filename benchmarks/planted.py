"""Look-alike names in eleven classes, made from lists and rules of their own, seeded.

    python benchmarks/planted.py [--each 200] [--seed 20261122]

Prints `class<TAB>name`. Without anything of the product, so that it can be run, and changed, by others. A name that an
attacker would get by chance from a class's rule and that stands in the list of real names is left out by the caller.
"""

from __future__ import annotations

import argparse
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

KNOWN: dict[str, Any] = tomllib.loads((Path(__file__).parent / "data" / "planted.toml").read_text("utf-8"))
HOSTS = Path(__file__).parent.parent / "config" / "official_sites.toml"
SEED = 20261122
LETTERS = "abcdefghijklmnopqrstuvwxyz"
NEAR = {"a": "qsz", "e": "wr", "g": "fh", "h": "gj", "i": "uo", "n": "bm", "o": "ip", "u": "yi", "z": "x", "j": "hk"}

_SUFFIX = re.compile(r"\.(?:(?:gov|com|net|org|edu|ac)\.)?[a-z]+$")

Maker = Callable[[random.Random], str]


@cache
def words(group: str) -> list[str]:
    return list(KNOWN[group].split())


@cache
def official() -> list[str]:
    return [site["host"] for site in tomllib.loads(HOSTS.read_text("utf-8"))["sites"] if site["status"] == "current"]


STATE = [host.removeprefix("www.") for host in official() if host.endswith(".gov.cn") and host != "www.gov.cn"]
OPEN = [host.removeprefix("www.") for host in official() if not host.endswith(".gov.cn")]


def suffix(dice: random.Random) -> str:
    return dice.choice(words("suffixes"))


def separator(dice: random.Random) -> str:
    """`cx-mem-gov-cn.com`, `memgov.cn`, `www-mem.gov-cn.top`."""
    labels = dice.choice(STATE).split(".")[:-2]
    front = dice.choice(["", "", "www", "cx"])
    stem = dice.choice(["-", ""]).join([*([front] if front else []), *labels])
    forms = [f"{stem}-gov-cn.{suffix(dice)}", f"{stem}-gov.cn", f"{stem}gov.cn", f"{stem}govcn.{suffix(dice)}"]
    forms += [f"{stem}.gov-cn.{suffix(dice)}", f"{stem}.gov.cn-{dice.choice(['cx', 'zs', 'query'])}.{suffix(dice)}"]
    return dice.choice([*forms, f"{stem}-gov.{suffix(dice)}", f"{stem}gov.{suffix(dice)}"])


def subdomain(dice: random.Random) -> str:
    host = dice.choice(official())
    return f"{dice.choice(['', 'www.', 'cx.', 'm.'])}{host}.{dice.choice(words('domains'))}.{suffix(dice)}"


def slip(text: str, dice: random.Random) -> str:
    """One error of the hand."""
    at = dice.randrange(1, len(text) - 1)
    near = dice.choice(NEAR.get(text[at], LETTERS))
    turned = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    forms = [text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:], text[:at] + near + text[at + 1 :], turned]
    made = dice.choice([*forms, text[:at] + dice.choice(LETTERS) + text[at:]])
    return made if made != text else slip(text, dice)


def typo(dice: random.Random) -> str:
    name = slip(dice.choice(words("organs") + words("papers") + words("short_papers")), dice)
    return f"{name}{dice.choice(['', '', '', 'chaxun', '-cx'])}.{suffix(dice)}"


def beside(word: str, function: str, dice: random.Random) -> str:
    between = dice.choice(["", "-"])
    return dice.choice([f"{word}{between}{function}", f"{word}{between}{function}", f"{function}{between}{word}"])


def combosquat(dice: random.Random) -> str:
    word = dice.choice(words("organs") + words("papers") + words("short_papers"))
    return (
        f"{beside(word, dice.choice(words('functions')), dice)}{dice.choice(['', '', '', '12', '365'])}.{suffix(dice)}"
    )


def initials(dice: random.Random) -> str:
    word, function = dice.choice(words("initials")), dice.choice([*words("functions"), "zs", "cxw", "zsw"])
    if len(word) < 4:
        function = dice.choice(words("telling"))
    return f"{beside(word, function, dice)}.{suffix(dice)}"


def ascii_alike(dice: random.Random) -> str:
    maker = dice.choice([separator, combosquat, initials])
    name = maker(dice)
    label, dot, rest = name.partition(".")
    places = [at for at, letter in enumerate(label) if letter in KNOWN["alike"]]
    if not places:
        return ascii_alike(dice)
    at = dice.choice(places)
    return label[:at] + dice.choice(KNOWN["alike"][label[at]]) + label[at + 1 :] + dot + rest


def foreign_alike(dice: random.Random) -> str:
    name = dice.choice([separator, combosquat, initials])(dice)
    if dice.random() < 0.4:
        known = ["mohurd", "chsi", "yingjiguanli", "tezhongzuoye", "samr", "mem", "chinasafety"]
        name = f"{dice.choice(known)}.{suffix(dice)}"
    label, dot, rest = name.partition(".")
    places = [at for at, letter in enumerate(label) if letter in KNOWN["foreign"]]
    for at in dice.sample(places, min(len(places), dice.choice([1, 1, 2, 3]))):
        label = label[:at] + dice.choice(KNOWN["foreign"][label[at]]) + label[at + 1 :]
    return punycode(label) + dot + rest


def punycode(name: str) -> str:
    return ".".join(
        one if one.isascii() else "xn--" + one.encode("punycode").decode("ascii") for one in name.split(".")
    )


def chinese(dice: random.Random) -> str:
    paper = dice.choice(words("chinese_papers")) + dice.choice(words("chinese_functions"))
    organ = dice.choice(words("chinese_places")) + dice.choice(words("chinese_organs"))
    forms = [
        paper,
        paper,
        organ,
        organ + dice.choice(words("chinese_functions")),
        dice.choice(words("chinese_places")) + paper,
    ]
    return punycode(f"{dice.choice(['', '', 'www.'])}{dice.choice(forms)}.{dice.choice(words('chinese_suffixes'))}")


def swap(dice: random.Random) -> str:
    """The name before the suffix that nobody else can have, or that is taken."""
    taken = ["cx.mem.gov.cn", "mem.gov.cn", "mohurd.gov.cn", "samr.gov.cn", "jzsc.mohurd.gov.cn"]
    host = dice.choice([*OPEN, *OPEN, *taken])
    stem = _SUFFIX.sub("", host)
    made = f"{stem}.{suffix(dice)}"
    plain = host not in taken and (len(stem) < 4 or stem in words("ordinary"))
    return swap(dice) if plain or made in (host, f"www.{host}") else made


def place(dice: random.Random) -> str:
    organ = dice.choice(words("local"))
    where = dice.choice(words("places") if len(organ) < 5 else words("places") + words("abbreviations"))
    name = f"{where}{dice.choice(['', '', '-', 'shi'])}{organ}"
    return f"{name}{dice.choice(['', '', '', 'cx', '-gov'])}.{suffix(dice)}"


def path(dice: random.Random) -> str:
    host, domain = dice.choice(STATE), f"{dice.choice(words('domains'))}.{suffix(dice)}"
    forms = [f"https://{domain}/{host}/index.html", f"http://{domain}/wap/{host}", f"https://{host}@{domain}/"]
    return dice.choice([*forms, f"https://github.com/someone/{host}", f"https://gitee.com/a/{host.replace('.', '-')}"])


CLASSES: dict[str, Maker] = {
    "separator": separator,
    "subdomain": subdomain,
    "typo": typo,
    "combosquat": combosquat,
    "initials": initials,
    "ascii homoglyph": ascii_alike,
    "idn homoglyph": foreign_alike,
    "chinese": chinese,
    "suffix swap": swap,
    "place": place,
    "path": path,
}


def planted(each: int, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """(class, name): `each` different names of every class, fewer where a class has no more."""
    for name, make in CLASSES.items():
        dice = random.Random(f"{seed}:{name}")
        made = dict.fromkeys(make(dice) for _ in range(20 * each))
        yield from ((name, one) for one in list(made)[:each])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    for kind, name in planted(given.each, given.seed):
        print(kind, name, sep="\t")


if __name__ == "__main__":
    main()
