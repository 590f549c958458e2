"""Milliseconds a page of the review desk takes, with many cases and with few, and the ratio of both.

`python benchmarks/desk.py [--cases N] [--few N] [--captures N] [--rounds N]
[--keep DIR] [--seed N]`. Stores are generated: cases of
invented sites and offers, `--captures` captures each. A request goes through the whole application (session, locks, the
entry in the audit log) by its WSGI interface. Medians of `--rounds` requests; wanted are ≤ 150 ms and ≤ 1.5 times the
few.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, insert, text

import config as configuration
from crawlers import tables as kept
from crawlers.store import Store, store_url
from detectors import tables as judged
from review import tables
from review.clock import utc_now
from review.desk import accounts, index, tallies, texts
from review.desk import tables as desk_tables
from review.web import create_app
from review.web.hashing import hashed

CHUNK = 2000
SECRET = "Lvye-4471-qingshan"
URL = "http://127.0.0.1:8600"
CLASSES = ("承诺免考", "代办出证", "仿冒查询页", "仿冒政府网站", "代刷学时", "伪造各类证件", "替考", "挂学", "组合域名")
PLATFORMS = ("xianyu", "taobao", "tieba", "jd", "weibo")
PLACES = ("湖南 衡阳", "广东 佛山", "河北 保定", "浙江 温州", "河南 商丘", "四川 成都")
TRADES = ("焊工证", "低压电工证", "高处作业证", "登高架设证", "制冷证", "叉车证", "特种作业操作证", "安全员证")
OFFERS = ("办理", "查询", "免考包过", "快速出证", "联网可查", "培训报名", "真伪核验", "代刷学时")
BODIES = ("应急管理部", "国家市场监督管理总局", "湖南省应急管理厅")
STATES = ("open", "open", "open", "excluded", "confirmed", "doubtful")
RARE = "独一无二的词"
PAGES = (
    ("今日", "/today"),
    ("待办", "/queue?state=open"),
    ("待办 第五页", "/queue?state=open&page=5"),
    ("待办 按类别", "/queue?state=open&cls=代刷学时"),
    ("待办 四个条件", "/queue?state=open&kind=site&imitates=应急管理部&score=0.7"),
    ("搜索 两字常见", "/queue?state=open&q=焊工"),
    ("搜索 少见", f"/queue?q={RARE}"),
    ("搜索 域名", "/queue?q=example-77.top"),
    ("案件", "/cases/{case}"),
    ("案件 证据", "/cases/{case}/captures"),
)


def generate(store: Store, count: int, captures: int, seed: int) -> None:
    """`count` cases with `captures` captures each, and the desk's index of them, in the shape the night leaves."""
    rng = random.Random(seed)
    with store.write() as connection:
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        volume = {"name": "bench.warc.gz", "state": "sealed", "committed_bytes": 1, "writer": "", "opened_at": "x"}
        connection.execute(insert(kept.volumes).values(volume))
    for first in range(1, count + 1, CHUNK):
        numbers = tuple(range(first, min(first + CHUNK, count + 1)))
        with store.write() as connection:
            _chunk(connection, numbers, captures, rng, count)
    with store.write() as connection:
        tallies.rebuild(connection)
        connection.execute(text("ANALYZE"))


def _chunk(connection: Connection, numbers: tuple[int, ...], captures: int, rng: random.Random, count: int) -> None:
    made = [_case(number, captures, rng, count) for number in numbers]
    connection.execute(insert(tables.cases), [one["case"] for one in made])
    connection.execute(insert(tables.case_subjects), [one["subject"] for one in made])
    connection.execute(insert(tables.case_events), [one["event"] for one in made])
    connection.execute(insert(kept.captures), [row for one in made for row in one["captures"]])
    connection.execute(insert(judged.judgements), [one["judgement"] for one in made])
    connection.execute(insert(judged.verdicts), [one["verdict"] for one in made])
    connection.execute(insert(desk_tables.desk), [one["desk"] for one in made])
    bodies = [(one["case"]["id"], _body(one)) for one in made]
    connection.execute(insert(desk_tables.desk_texts), [{"case_id": key, "body": body} for key, body in bodies])
    put = text("INSERT INTO desk_search (rowid, grams) VALUES (:id, :grams)")
    connection.execute(
        put,
        [{"id": key, "grams": " ".join(g for run in body.split() for g in texts.grams(run))} for key, body in bodies],
    )


def _body(one: dict[str, Any]) -> str:
    case = one["case"]
    parts = (f"A{case['id']:06d}", case["title"], case["cls"], case["imitates"], one["subject"]["subject"])
    return " ".join(run for part in parts for run in texts.folded(part))


def _case(number: int, captures: int, rng: random.Random, count: int) -> dict[str, Any]:
    offer = rng.random() < 0.4
    platform = rng.choices(PLATFORMS, weights=(50, 30, 15, 4, 1))[0] if offer else ""
    subject = f"listing:{platform}:{910000000000 + number}" if offer else f"site:www.example-{number}.top"
    day = (date(2026, 11, 29) - timedelta(days=rng.randrange(300))).isoformat()
    title = f"{rng.choice(TRADES)}{rng.choice(OFFERS)} {rng.choice(PLACES)} {number}"
    if number % (count // 5 or 1) == 3:
        title += RARE
    case = {
        "id": number,
        "state": rng.choice(STATES),
        "title": title,
        "cls": rng.choice(CLASSES),
        "imitates": "" if offer else rng.choice(BODIES),
        "score_milli": rng.randrange(600, 1001),
        "opened_night": day,
        "opened_at": f"{day}T01:00:00.000Z",
        "updated_at": f"{day}T01:00:00.000Z",
    }
    first = (number - 1) * captures + 1
    ids = list(range(first, first + captures))
    signals = json.dumps(_signals(rng), ensure_ascii=False)
    assessment = {"selling": {"verdict": "flag", "class": case["cls"], "score": 0.9, "signals": json.loads(signals)}}
    return {
        "case": case,
        "subject": {
            "subject": subject,
            "case_id": number,
            "assessment": json.dumps({**assessment, "contacts": []}, ensure_ascii=False),
            "capture_ids": json.dumps(ids),
        },
        "event": {"case_id": number, "at": case["opened_at"], "actor": "zhengshao", "kind": "opened", "detail": "{}"},
        "captures": [_capture(capture, number, day) for capture in ids],
        "judgement": _judgement(number, ids[-1], subject),
        "verdict": _verdict(number, case["cls"], signals),
        "desk": _desk(case, platform or index.WEB, "listing" if offer else "site", rng),
    }


def _desk(case: dict[str, Any], platform: str, kind: str, rng: random.Random) -> dict[str, Any]:
    day = case["opened_night"]
    decided = case["state"] != "open"
    return {
        "case_id": case["id"],
        "version": 1,
        "kind": kind,
        "platform": platform,
        "place": rng.choice(PLACES) if kind == "listing" else "",
        "priority": index.priority(case["score_milli"], kind, day),
        "opened_day": day,
        "night": day,
        "decided_day": day if decided else "",
        "decided_by": "fenxi" if decided else "",
        "assignee": "",
        **{name: case[name] for name in ("state", "cls", "imitates", "score_milli")},
    }


def _signals(rng: random.Random) -> list[dict[str, Any]]:
    shape = {"detector": "wording", "version": 2, "start": 0, "end": 24, "where": "text", "quote": "免考" * 12}
    said = "承诺不经考试就能取得证书 {}"
    return [
        {**shape, "class": rng.choice(CLASSES), "weight": 0.9 - at / 10, "reason": said.format(at)} for at in range(5)
    ]


def _capture(number: int, case: int, day: str) -> dict[str, Any]:
    host = f"www.example-{case}.top"
    return {
        "id": number,
        "night": day,
        "source": "web",
        "url": f"http://{host}/",
        "final_url": f"http://{host}/",
        "host": host,
        "status": 200,
        "peer": "192.0.2.7:80",
        "profile": "desktop" if number % 2 else "phone",
        "origin": "crawl",
        "fetched_at": f"{day}T01:00:00.000Z",
        "sha256": f"{number:064x}",
        "size_bytes": 20_000,
        "volume": "bench.warc.gz",
        "offset": number * 1000,
        "length": 900,
        "page_state": "results",
        "reason": "",
        "flags": "[]",
        "media_type": "text/html",
        "title": "",
        "custody_seq": number,
    }


def _judgement(number: int, capture: int, subject: str) -> dict[str, Any]:
    shape = {"digest": "0" * 64, "title": "", "state": "results", "errors": "[]"}
    return {"id": number, "capture_id": capture, "subject": subject, **shape}


def _verdict(number: int, cls: str, signals: str) -> dict[str, Any]:
    return {
        "judgement_id": number,
        "axis": "selling",
        "level": "flag",
        "cls": cls,
        "imitates": "",
        "score": 0.9,
        "signals": signals,
    }


def signed_in(store: Store, data: Path) -> FlaskClient:
    app = create_app(configuration.load(), store, data)
    with store.write() as connection:
        told = {"hashed": hashed(app, SECRET), "actor": "bench", "now": utc_now(), "must_change": False}
        if accounts.count(connection):
            accounts.set_password(connection, "fenxi", **told)
        else:
            place = {"full_name": "分析员", "wanted": ["analyst"], "profile": "standard", "agencies": ()}
            accounts.add(connection, "fenxi", **place, **told)
    return _entered(app)


def _entered(app: Flask) -> FlaskClient:
    client = app.test_client()
    page = client.get("/login", base_url=URL).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = {"csrf_token": token[1], "username": "fenxi", "password": SECRET}
    assert client.post("/login", base_url=URL, data=form).status_code == 302
    return client


def measure(client: FlaskClient, count: int, rounds: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """Name of a page and the medians of its milliseconds, of the clock and of the processor; the first fills caches."""
    for name, path in PAGES:
        at = path.format(case=count // 2 + 1)
        waited, worked = [], []
        for _ in range(rounds + 1):
            began, busy = time.perf_counter(), time.process_time()
            answer = client.get(at, base_url=URL)
            waited.append(time.perf_counter() - began)
            worked.append(time.process_time() - busy)
            assert answer.status_code == 200, (at, answer.status_code)
        yield name, (statistics.median(waited[1:]) * 1000, statistics.median(worked[1:]) * 1000)


def run(count: int, options: argparse.Namespace, folder: Path) -> dict[str, tuple[float, float]]:
    data = folder / str(count)
    ready = data / "store.sqlite"
    if not ready.exists():
        began = time.perf_counter()
        made = Store.create(store_url(data))
        generate(made, count, options.captures, options.seed)
        made.close()
        print(
            f"{count:,} cases, {count * options.captures:,} captures made in {time.perf_counter() - began:.0f} s, "
            f"{ready.stat().st_size / 1e6:.0f} MB",
            flush=True,
        )
    store = Store.open(store_url(data))
    try:
        return dict(measure(signed_in(store, data), count, options.rounds))
    finally:
        store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--captures", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--keep", type=Path, help="make the stores here once, and use them again")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    print(f"desk · {datetime.now(UTC):%Y-%m-%d} · seed {options.seed} · median of {options.rounds}")
    with tempfile.TemporaryDirectory(prefix="zhengshao-bench-") as name:
        folder = options.keep or Path(name)
        few, many = (run(count, options, folder) for count in (options.few, options.cases))
        print(f"wanted: at most 150 ms, ratio at most 1.5\n{'':<15}{options.few:>14,}{options.cases:>20,}  ratio")
        print(f"{'page':<14}{'clock':>9}{'processor':>11}{'clock':>9}{'processor':>11}  clock  processor")
        for page, (clock, busy) in few.items():
            later, busier = many[page]
            told = (
                f"{clock:>9.1f}{busy:>11.1f}{later:>9.1f}{busier:>11.1f}  {later / clock:>5.2f}  {busier / busy:>9.2f}"
            )
            print(f"{page:<14}{told}")


if __name__ == "__main__":
    main()
