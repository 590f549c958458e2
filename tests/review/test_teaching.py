"""Examples to learn from: labelled rows, what rules must hit and must not, pages of decided cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine

import config
from detectors.classes import Classes
from detectors.context import Context
from detectors.features import Page
from detectors.manner import Manner
from review.assessing import Document
from review.cases import CaseState
from review.cli import main
from review.tables import case_subjects, cases, metadata
from review.teaching import UnknownClassError, classed, decided, labelled, of_rules, taught
from review.trying import Candidate

FLAGGED = json.dumps({"selling": {"verdict": "flag"}})
CLEAR = json.dumps({"selling": {"verdict": "clear"}})


def _context() -> Context:
    return Context.build(config.load())


def test_a_class_that_is_no_word_is_named_as_one_that_is_unknown() -> None:
    row = Document("a", "text", "电工证不用考试", row={"is_selling": True, "class": ["承诺免考"]})
    with pytest.raises(UnknownClassError, match="承诺免考"):
        list(classed([row], _context()))


def test_rows_that_do_not_say_whether_they_sell_teach_nothing() -> None:
    rows = [
        Document("a", "text", "电工证不用考试，加微信 abc_12345", row={"is_selling": True, "family": "f"}),
        Document("b", "text", "电工证考试安排", row={"label": "training"}),
        Document("c", "html", "<p>焊工证下周开班</p>", row={"is_selling": False, "source": "s"}),
    ]
    found = list(labelled(rows, _context()))
    assert [(one.id, one.family, one.sells) for one in found] == [("a", "f", True), ("c", "s", False)]
    assert all(one.windows for one in found)


def test_every_rule_teaches_what_it_must_hit_and_must_not() -> None:
    context = _context()
    found = list(of_rules(context))
    assert len(found) == 2 * len(context.wording.rule)
    assert sum(one.sells for one in found) == len(context.wording.rule)


def test_decided_cases_of_selling_teach_by_the_pages_of_their_subjects() -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    states = [CaseState.CONFIRMED, CaseState.EXCLUDED, CaseState.OPEN, CaseState.CONFIRMED]
    with engine.begin() as connection:
        for number, (state, assessment) in enumerate(zip(states, [FLAGGED, FLAGGED, FLAGGED, CLEAR], strict=True), 1):
            row = {"id": number, "state": state, "title": "t", "cls": "c", "imitates": "", "score_milli": 1}
            when = {"opened_night": "n", "opened_at": "a", "updated_at": "a"}
            connection.execute(cases.insert().values(**row, **when))
            subject = {"subject": f"site:{number}.example.top", "case_id": number, "capture_ids": "[]"}
            connection.execute(case_subjects.insert().values(**subject, assessment=assessment))
        truths = decided(connection)
    assert truths == {"site:1.example.top": True, "site:2.example.top": False}
    pages = [Candidate(f"site:{n}.example.top", f"C-{n}", "", Page.from_text("电工证免考")) for n in (1, 2, 3, 4)]
    found = list(taught(pages, truths, _context()))
    assert [(one.family, one.sells) for one in found] == list(truths.items())


def _rows(path: Path) -> Path:
    sells = ["电工证不用考试三天拿证", "焊工证免考入库可查", "登高证人不用来照片发我", "办操作证查到再付款"]
    honest = ["焊工培训下周开课请带身份证", "电工证复审须参加考试", "求助电工证到期去哪里复审", "招聘焊工两名须持证"]
    lines = [
        {"id": f"{family}-{number}", "family": family, "text": f"{text}{family}", "is_selling": label}
        for family in ("甲", "乙", "丙")
        for label, texts in ((True, sells), (False, honest))
        for number, text in enumerate(texts, 4 * label)
    ]
    file = path / "rows.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return file


def test_weights_are_learnt_by_a_command_and_read_again(tmp_path: Path) -> None:
    out = tmp_path / "manner.tsv"
    result = CliRunner().invoke(main, ["rules", "learn", str(_rows(tmp_path)), "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["recall_watch"] >= told["recall_flag"]
    assert told["features"] == len(Manner.load(out).weights) > 0


def _sellers(path: Path, cls: str = "替考") -> Path:
    """Rows of three families with two classes; others' rows and rows without a class teach nothing."""
    found = {
        cls: ["枪手替考", "找人代考", "替你进考场"],
        "代刷学时": ["刷课代学", "学时代刷", "网课代挂"],
        "": ["办证"],
    }
    lines = [
        {"id": f"{family}-{text}", "family": family, "text": f"电工{text}{family}", "is_selling": True, "class": name}
        for family in ("甲", "乙", "丙")
        for name, said in found.items()
        for text in said
    ]
    lines.append({"id": "honest", "family": "丁", "text": "焊工证复审须参加考试", "is_selling": False})
    file = path / "sellers.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return file


def test_classes_are_learnt_by_a_command_and_read_again(tmp_path: Path) -> None:
    out = tmp_path / "classes.tsv"
    result = CliRunner().invoke(main, ["rules", "learn-classes", str(_sellers(tmp_path)), "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {cls: one["of"] for cls, one in told["classes"].items()} == {"替考": 9, "代刷学时": 9}
    assert told["agreement"] == sum(one["agreed"] for one in told["classes"].values()) / 18
    classes = Classes.load(out)
    assert told["strings"] == len(classes.weights) > 0
    assert classes.named("找枪手替考") == "替考"
    plain = CliRunner().invoke(main, ["rules", "learn-classes", str(_sellers(tmp_path)), "--out", str(out)])
    assert "类别与标注一致" in plain.output and "替考 " in plain.output


def test_a_class_that_no_verdict_has_is_refused_by_name(tmp_path: Path) -> None:
    out = tmp_path / "classes.tsv"
    rows = str(_sellers(tmp_path, cls="代打"))
    result = CliRunner().invoke(main, ["rules", "learn-classes", rows, "--out", str(out)])
    assert result.exit_code == 2
    assert "甲-枪手替考" in result.output and "代打" in result.output and "代刷学时" in result.output
    assert not out.exists()


def test_classes_need_two_families_and_two_classes(tmp_path: Path) -> None:
    out = tmp_path / "classes.tsv"
    result = CliRunner().invoke(main, ["rules", "learn-classes", str(_rows(tmp_path)), "--out", str(out)])
    assert result.exit_code == 2
    assert not out.exists()


def test_one_sided_rows_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "none.jsonl"
    file.write_text('{"id": 1, "text": "x"}\n', encoding="utf-8")
    out = tmp_path / "manner.tsv"
    result = CliRunner().invoke(main, ["rules", "learn", str(file), "--out", str(out)])
    assert result.exit_code == 2
    assert not out.exists()
