"""A practice web of a handful of pages and an office that asks little, for tests that run whole nights."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from crawlers.shelf import profile_paths

SELLER = """<!doctype html><meta charset="utf-8"><title>电工证焊工证代办</title>
<h1>电工证、焊工证快速办理</h1>
<p>特种作业操作证免考代办，不用培训不用考试，人不到场，三天出证，先拿证后付款，官网可查。</p>
<p>联系电话 14200001234，微信 zs_lian_xi_9。</p>"""
SCHOOL = """<!doctype html><meta charset="utf-8"><title>特种作业操作证培训报名</title>
<h1>电工证焊工证培训招生</h1><p>学员须本人参加培训，修满学时，经理论和实操考试，均达八十分以上方可取证。</p>"""
CLONE = """<!doctype html><meta charset="utf-8"><title>特种作业操作证查询-应急管理部</title>
<meta name="SiteName" content="中华人民共和国应急管理部"><meta name="SiteDomain" content="www.mem.gov.cn">
<h1>特种作业操作证及安全生产知识和管理能力考核合格信息查询平台</h1>
<form action="result.html"><label>证件号码</label><input name="no"><label>姓名</label><input name="name">
<input name="code" placeholder="验证码"></form><footer>主办单位：应急管理部</footer>"""
LISTINGS = [
    {"platform": "xianyu", "item_id": "910000000901", "title": "电工证免考代办 不用考试 先拿证后付款", "price": "300"},
    {"platform": "xianyu", "item_id": "910000000902", "title": "电工证考试题库 纸质版", "price": "15"},
]
TRUTH = [
    {"subject": "www.banzheng-small.top", "axis": "selling", "verdict": "flag"},
    {"subject": "cx-mem-small.top", "axis": "impersonation", "verdict": "flag", "imitates": "应急管理部"},
    {"subject": "xianyu:910000000901", "axis": "selling", "verdict": "flag"},
    {"subject": "www.peixun-small.com", "axis": "selling", "verdict": "clear"},
]
HOSTS = {"www.banzheng-small.top": SELLER, "www.peixun-small.com": SCHOOL, "cx-mem-small.top": CLONE}
ASKED = ("baidu", "xianyu")


def make_web(root: Path) -> Path:
    for host, page in HOSTS.items():
        folder = root / "hosts" / host
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(page, encoding="utf-8")
    for name, rows in (("listings.jsonl", LISTINGS), ("truth.jsonl", TRUTH)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (root / name).write_text(text, encoding="utf-8")
    return root


def make_office(root: Path, *, browser: bool = False) -> Path:
    """One engine, one marketplace, two queries, no names of our own making, no pauses."""
    for name, packaged in profile_paths().items():
        folder = root / packaged.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        if name not in ASKED:
            (folder / packaged.name).write_text("enabled = false\n", encoding="utf-8")
    (root / "crawl.toml").write_text(
        "delay_seconds = 0.0\n[budget]\nqueries_per_engine = 2\npages_per_query = 1\nkeywords_per_marketplace = 1\n"
        "lookalikes_per_night = 0\n"
    )
    (root / "queries.toml").write_text('verbatim = ["特种作业操作证查询", "电工证 代办"]\nkeywords = ["电工证"]\n')
    (root / "settings.toml").write_text(f"[browser]\nenabled = {str(browser).lower()}\n")
    return root


def run_demo(web: Path, office: Path, data: Path, *, crash_at: str = "") -> subprocess.CompletedProcess[str]:
    """The demo in a process group of its own, killed at a mark when one is named."""
    command = [sys.executable, "-m", "review.cli", "demo", "--json"]
    command += ["--web", str(web), "--data", str(data), "--config", str(office)]
    environment: Mapping[str, str] = {**os.environ, **({"ZHENGSHAO_CRASH_AT": crash_at} if crash_at else {})}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, start_new_session=True, timeout=180, check=False
    )
