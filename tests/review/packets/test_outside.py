"""What is caught only with something from outside the packet: an insider holds the key and rewrites everything now.

The token taken with the captures, and the heads of the chain that a second office noted (people's approvals are in
`test_signers.py`).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers import custody
from review.packets.evidence import utc
from tests.review.packets import world
from tests.review.packets.bench import Bench, Files, custody_lines, edited, packed, rechained, with_head
from tests.review.packets.test_mutations import codes

OFFICE = world.OFFICE


@pytest.fixture
def trust(bench: Bench, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(bench.trust, tmp_path / "trust")
    yield tmp_path / "trust"


def note(trust: Path, lines: list[dict[str, Any]], **changes: Any) -> None:
    """What `zhengshao trust heads` told the second office on the day."""
    (trust / "heads").mkdir(exist_ok=True)
    row = {"office": OFFICE, **{key: lines[-1][key] for key in ("seq", "hash", "at")}, **changes}
    with (trust / "heads/2026.jsonl").open("a") as file:
        file.write(json.dumps(row) + "\n")


def rewritten(bench: Bench, **line_changes: Any) -> Files:
    """Every line told anew, chained, stamped and sealed anew: what the key and the authority can do today."""
    files = bench.copy()
    files["custody.jsonl"] = rechained([{**line, **line_changes} for line in custody_lines(files)])
    hashes = [line["hash"] for line in custody_lines(files)]
    edited(files, "stamps.json", lambda document: document["stamps"][0].update(digest=custody.digest_of(hashes)))
    files["stamps/000001.tsr"] = bench.authority.stamp(custody.joined(hashes))
    return bench.unprinted(bench.resealed(with_head(files)))


def test_from_the_packet_alone_it_is_valid(bench: Bench) -> None:
    assert bench.judge(packed(rewritten(bench, actor="somebody-else")))["verdict"] == "valid"


def test_the_noted_head_gives_it_away(bench: Bench, trust: Path) -> None:
    note(trust, custody_lines(bench.copy()))
    honest = bench.judge(bench.content, trust)
    assert (honest["verdict"], codes(honest)) == ("valid", {"OK"})
    report = bench.judge(packed(rewritten(bench, actor="somebody-else")), trust)
    assert (report["verdict"], "HEAD_MISMATCH" in codes(report)) == ("invalid", True)


def test_a_head_noted_anew_contradicts_the_one_before(bench: Bench, trust: Path) -> None:
    note(trust, custody_lines(bench.copy()))
    forged = rewritten(bench, actor="somebody-else")
    note(trust, custody_lines(forged))
    assert bench.judge(packed(forged), trust)["verdict"] == "invalid"


def test_heads_that_do_not_reach_this_packet(bench: Bench, trust: Path) -> None:
    lines = custody_lines(bench.copy())
    note(trust, lines, seq=lines[-1]["seq"] + 7)
    report = bench.judge(bench.content, trust)
    assert (report["verdict"], "HEAD_MISSING" in codes(report)) == ("unknown", True)


def test_heads_of_another_office_say_nothing(bench: Bench, trust: Path) -> None:
    note(trust, custody_lines(bench.copy()), office="别的单位", hash="0" * 64)
    assert "HEAD_MISSING" in codes(bench.judge(bench.content, trust))


@pytest.mark.parametrize("text", ["{", "[]\n", '{"office": "示例县安全生产委员会办公室"}'])
def test_heads_of_nonsense(bench: Bench, trust: Path, text: str) -> None:
    (trust / "heads").mkdir()
    (trust / "heads/x.jsonl").write_text(text)
    report = bench.judge(bench.content, trust)
    assert (report["verdict"], "TRUST_INVALID" in codes(report)) == ("unknown", True)


def old_world(bench: Bench, days: int) -> Files:
    """The same captures said to be `days` old, with tokens of today: all an insider can get."""
    at = utc(datetime.now(UTC) - timedelta(days=days))
    files = rewritten(bench, at=at)
    lines = custody_lines(files)
    for line in lines:
        line["detail"]["fetched_at"] = at
    return files


def test_a_token_of_today_over_captures_of_last_month(bench: Bench) -> None:
    report = bench.judge(packed(old_world(bench, 30)))
    assert report["verdict"] != "valid"
    assert "STAMP_LATE" in codes(report) or "CUSTODY_TIME" in codes(report)


def test_how_late_is_for_the_recipient_to_say(bench: Bench, trust: Path) -> None:
    (trust / "policy.json").write_text('{"stamp_delay_max_seconds": 60}')
    report = bench.judge(bench.content, trust)
    assert (report["verdict"], "STAMP_LATE" in codes(report)) == ("unknown", True)


def test_late_by_the_clock_alone(bench: Bench) -> None:
    """Whole and consistent, but the authority first saw the lines ten days after they were written."""
    from tests.review.packets.bench import unpacked

    ago = utc(datetime.now(UTC) - timedelta(days=10))
    item = world.material(1, [world.exchange(f"http://{world.HOST}/", at=ago)])
    lines = world.chain([("captured", 1, world.captured(item))], at=ago)
    token = bench.authority.stamp(custody.joined(line["hash"] for line in lines))
    stamp = world.stamp_over(lines, token=token, authority="test", gen_time=utc(datetime.now(UTC)))
    seen = {"recheck_at": utc(datetime.now(UTC))}
    source = world.source(
        captures=(item,), custody=lines, stamps=(stamp,), custody_head=(1, lines[-1]["hash"]), fields=seen
    )
    sealed = world.make(source, bench.key, bench.authority.stamp, "required", utc(datetime.now(UTC)))
    report = bench.judge(packed(unpacked(sealed.content)))
    assert (report["verdict"], codes(report)) == ("unknown", {"OK", "STAMP_LATE"})
