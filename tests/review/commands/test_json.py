"""What `--json` prints is described in `docs/json.md`, key by key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

import config as configuration
from crawlers.drift import Finding, Kind
from detectors.assessments import SubjectAssessment
from detectors.base import Axis, Level, Signal, Verdict
from review.cli import main
from review.clock import utc_now
from review.commands import capture
from review.demo import DemoAccount, DemoReport
from review.night import NightReport
from review.night.health import SourceHealth
from review.night.judged import judge_kept
from review.truth import Comparison
from tests.crawlers.keeping import exchange, house, page, task
from tests.review.commands.test_help import ALL
from tests.review.handing import confirmed

DOCS = Path(__file__).parents[3] / "docs" / "json.md"
FIXTURES = Path(__file__).parents[2] / "fixtures"
PAGE = "<title>特种作业操作证查询</title><p>焊工证免考拿证，加微信 bz-example66 办理，官网可查</p>"
DOUBTFUL = "<title>学员风采</title><p>特种作业操作证证号T000000199001011234，电话14000000127</p>"
TEXTS = {"焊工证免考拿证，加微信办理": True, "应急管理局通知组织培训": False, "低压电工证三天出证官网可查": True}
ROWS = [
    {"id": n, "family": f"f{n % 3}", "label": "x", "text": text, "is_selling": sells, "class": cls}
    for n, (text, sells, cls) in enumerate(
        (text, sells, cls if sells else "") for cls in ("承诺免考", "承诺入库可查") for text, sells in TEXTS.items()
    )
]


class Row(NamedTuple):
    """One key of a table: its steps, and the shape its value has."""

    steps: tuple[str, ...]
    shape: str


@cache
def tables() -> dict[str, list[Row]]:
    """Heading → its keys; a row `*` alone has taken over those of its shape."""
    found: dict[str, list[Row]] = {}
    for section in re.split(r"^### ", DOCS.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        name, body = section.split("\n", 1)
        found[name] = []
        for keys, told in re.findall(r"^\| (`.*?`) \| ?(.*?) ?\|$", body, re.MULTILINE):
            shape = re.search(r"\[([a-z ]+)\]\(#", told)
            for key in re.findall(r"`([^`]+)`", keys):
                found[name].append(Row(tuple(key.replace("[]", "").split(".")), shape[1] if shape else ""))
                if key == "*":
                    found[name][-1] = Row(("",), shape[1] if shape else "")
    return found


def rows(name: str) -> list[Row]:
    told = tables()[name]
    return [inner for row in told for inner in (rows(row.shape) if row.steps == ("",) else [row])]


def undocumented(value: Any, name: str, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Keys of `value` that the table `name` does not have."""
    if isinstance(value, list):
        for one in value:
            yield from undocumented(one, name, path)
    if not isinstance(value, dict):
        return
    for key, child in value.items():
        at = (*path, str(key))
        fitting = [row for row in rows(name) if _fits(row.steps, at)]
        shape = next((row.shape for row in fitting if len(row.steps) == len(at) and row.shape), "")
        if not fitting:
            yield f"{name}: {'.'.join(at)}"
        else:
            yield from undocumented(child, shape, ()) if shape else undocumented(child, name, at)


def _fits(steps: tuple[str, ...], at: tuple[str, ...]) -> bool:
    return len(steps) >= len(at) and all(step in (one, "*") for step, one in zip(steps, at, strict=False))


class Data(NamedTuple):
    """An office with two confirmed cases, and files to judge."""

    folder: Path
    config: Path

    def json(self, *arguments: str, given: str = "", where: tuple[str, ...] = ("data", "config")) -> list[Any]:
        options = {"data": ["--data", str(self.folder / "data")], "config": ["--config", str(self.config)]}
        told = [*arguments, *(part for name in where for part in options[name])]
        done = CliRunner().invoke(main, told, input=given or None, catch_exceptions=False)
        assert done.stdout, (told, done.output)
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Data:
    folder = tmp_path_factory.mktemp("office")
    config = folder / "config"
    config.mkdir()
    (config / "settings.toml").write_text("[stamp]\nauthorities = []\n", encoding="utf-8")
    with house(folder / "data") as rooms:
        for number in (1, 2):
            confirmed(rooms, f"cx-{number}.example", fetched_at=utc_now())
        rooms.keep(page(task("http://doubtful.example/"), exchange("http://doubtful.example/", DOUBTFUL.encode())))
        judge_kept(configuration.load(config), rooms.data, rooms.store, name="test")
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "rows.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), encoding="utf-8")
    (folder / "tips.csv").write_text("网址,说明\nhttp://www.example.top/,卖证\n不是网址,x\n", encoding="utf-8")
    (folder / "empty.csv").write_text("", encoding="utf-8")
    made = Data(folder, config)
    for case in ("A-1", "A-2"):
        fact = ("collateral", "同地址未见其他网站", "--source", "接入商答复")
        CliRunner().invoke(main, ["case", "fact", case, *fact, "--data", str(folder / "data"), "--config", str(config)])
    return made


PLAIN = {
    "zhengshao assess": ("assess", "page.html", "missing.html", "--url", "https://www.example.top/"),
    "zhengshao screen": ("screen", "-"),
    "zhengshao parse": ("parse", "taobao", str(FIXTURES / "taobao" / "normal.html")),
    "zhengshao config check": ("config", "check"),
    "zhengshao evaluate": ("evaluate", "rows.jsonl"),
    "zhengshao source check": ("source", "check", "baidu"),
    "zhengshao source list": ("source", "list"),
    "zhengshao rules learn": ("rules", "learn", "rows.jsonl", "--out", "manner.tsv"),
    "zhengshao rules learn-classes": ("rules", "learn-classes", "rows.jsonl", "--out", "classes.tsv"),
    "zhengshao rules try": ("rules", "try", "免考", "--as", "exempt", "--in", "rows.jsonl"),
}
"""Commands that need no data directory."""

STORED = {
    "zhengshao case list": ("case", "list"),
    "zhengshao case show": ("case", "show", "A-1"),
    "zhengshao campaign show": ("campaign", "show", "--from", "A-1"),
    "zhengshao db upgrade": ("db", "upgrade"),
    "zhengshao db backup": ("db", "backup", "copy"),
    "zhengshao detect": ("detect",),
    "zhengshao doctor": ("doctor",),
    "zhengshao import": ("import", "tips.csv", "empty.csv"),
    "zhengshao retention": ("retention",),
    "zhengshao verify audit": ("verify", "audit"),
    "zhengshao watch list": ("watch", "list"),
    "zhengshao wacz": ("wacz", "--case", "A-1", "--out", "case.wacz"),
}


def _in(office: Data, arguments: tuple[str, ...]) -> list[str]:
    named = {"page.html", "missing.html", "rows.jsonl", "manner.tsv", "classes.tsv", "tips.csv", "empty.csv"}
    return [str(office.folder / one) if one in named | {"copy", "case.wacz"} else one for one in arguments]


@pytest.mark.parametrize("name", PLAIN)
def test_every_key_stands_in_the_page(office: Data, name: str) -> None:
    given = "cx-mem-gov.cn\nbad name\n" if name == "zhengshao screen" else ""
    where: tuple[str, ...] = ("config",) if name not in ("zhengshao screen",) else ()
    assert list(undocumented(office.json(*_in(office, PLAIN[name]), "--json", given=given, where=where), name)) == []


@pytest.mark.parametrize("name", STORED)
def test_every_key_of_what_is_stored_stands_in_the_page(office: Data, name: str) -> None:
    assert list(undocumented(office.json(*_in(office, STORED[name]), "--json"), name)) == []
    if name == "zhengshao import":
        preview = office.json("import", str(office.folder / "tips.csv"), "--preview", "--json")
        assert list(undocumented(preview, name)) == []
    if name == "zhengshao db backup":
        copy, target = str(office.folder / "copy"), str(office.folder / "restored")
        restored = office.json("db", "restore", copy, "--data", target, "--json", where=("config",))
        assert list(undocumented(restored, "zhengshao db restore")) == []


def test_every_key_of_a_hand_over_stands_in_the_page(office: Data) -> None:
    data = ["--data", str(office.folder / "data"), "--config", str(office.config)]
    drafted = CliRunner().invoke(main, ["referral", "draft", "A-1", "--to", "cac", "--actor", "张三", *data])
    label = drafted.stdout.strip()
    (built,) = office.json("bundle", "build", label, "--actor", "张三", "--json")
    told = {
        "zhengshao bundle build": [built],
        "zhengshao referral list": office.json("referral", "list", "--json"),
        "zhengshao referral show": office.json("referral", "show", label, "--json"),
        "zhengshao packet build": office.json("packet", "build", "A-2", "--to", "cac", "--json"),
        "zhengshao trust show": office.json("trust", "show", "--json"),
        "zhengshao trust export": office.json("trust", "export", str(office.folder / "handed"), "--json"),
    }
    trust = ("--trust", str(office.folder / "data" / "trust"), "--json")
    told["zhengshao bundle verify"] = office.json("bundle", "verify", built["file"], *trust, where=())
    packet = told["zhengshao packet build"][0]["file"]
    told["zhengshao packet verify"] = office.json("packet", "verify", packet, *trust, where=())
    assert {name: list(undocumented(value, name)) for name, value in told.items()} == {name: [] for name in told}


def test_every_key_of_the_accounts_stands_in_the_page(office: Data) -> None:
    data = ["--data", str(office.folder / "data"), "--config", str(office.config)]
    CliRunner().invoke(main, ["user", "add", "zhangsan", "--name", "张三", "--role", "analyst", *data])
    assert list(undocumented(office.json("user", "list", "--json"), "zhengshao user list")) == []


def _night() -> NightReport:
    changed = Finding(source="baidu", kind=Kind.FIELD, capture_id=1, pages=3, what="title", now=0.4, before=0.9)
    counted: dict[str, Any] = {"asked": 1, "pages": 1, "rows": 1, "new": 1, "states": {"results": 1}}
    source = SourceHealth(source="baidu", verdict="正常", **counted, errors={"dns": 1}, findings=(changed,))
    return NightReport(
        night="2026-11-21",
        resumed=False,
        seconds=1.0,
        sources=(source,),
        captures=1,
        cases={"opened": 1},
        rechecked={"still_up": 1},
        stamps_queued=0,
    )


def test_every_key_of_a_night_and_a_demonstration_stands_in_the_page() -> None:
    assert list(undocumented(_night().as_json(), "zhengshao nightly")) == []
    compared = Comparison(rows=(), sources={"baidu": ("正常", "正常")}, right_cases=frozenset())
    shown = DemoReport(_night(), compared, (), 1.0, DemoAccount("demo", "x")).as_json()
    assert list(undocumented(shown, "zhengshao demo")) == []


def test_every_key_of_a_capture_stands_in_the_page() -> None:
    signal = Signal(
        detector="wording",
        version=1,
        axis=Axis.SELLING,
        cls="承诺免考",
        weight=0.7,
        reason="",
        quote="免考",
        start=0,
        end=2,
        box=(0, 0, 9, 9),
    )
    sold = Verdict(axis=Axis.SELLING, level=Level.FLAG, cls="承诺免考", score=0.9, signals=(signal,))
    clear = Verdict(axis=Axis.IMPERSONATION, level=Level.CLEAR, cls="未见异常", score=0.0)
    subject = SubjectAssessment(
        subject="site:a.example",
        title="甲",
        impersonation=clear,
        selling=sold,
        contacts=(),
        capture_ids=(1,),
        states=("results",),
    )
    visited = {"url": "http://a.example/", "outcome": None, "reason": ""}
    assert list(undocumented([visited, capture._document(subject)], "zhengshao capture")) == []


def test_the_page_describes_exactly_the_commands_with_json() -> None:
    paths = [path for path, one in ALL.items() if any(option.name == "as_json" for option in one.params)]
    with_json = {f"zhengshao {' '.join(path)}" for path in paths}
    assert {name for name in tables() if name.startswith("zhengshao ")} == with_json


def test_a_key_that_is_not_described_is_found() -> None:
    row = {"id": 1, "selling": {"verdict": "flag", "signals": [{"detector": "x", "mood": "y"}]}, "colour": "z"}
    assert list(undocumented([row], "zhengshao assess")) == ["signal: mood", "zhengshao assess: colour"]
