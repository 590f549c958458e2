"""`case view` on a small night: the strongest page, marked and inert."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.recorder import Recorder
from crawlers.records import Exchange, Fetched, Outcome, Task, TaskKind
from crawlers.store import Store
from review.cases import Suspect, open_or_refresh
from review.cli import main
from tests.review.small import SELLER

NOW = "2026-11-21T00:00:00.000Z"
HEADERS = (("Content-Type", "text/html; charset=utf-8"),)


def _keep(store: Store, data: Path, body: bytes, headers: tuple[tuple[str, str], ...] = HEADERS) -> int:
    task = Task(night="N", kind=TaskKind.SITE, source="web", target="https://a.example.top/")
    store.plan([task])
    (claimed,) = store.claim("N", [TaskKind.SITE], limit=1, lease_seconds=60, owner="t")
    page = Exchange(url=task.target, status=200, response_headers=headers, body=body, fetched_at=NOW)
    with Recorder(store, Archive(data / "archive"), owner="t") as recorder:
        number = recorder.submit(Fetched(task=claimed, outcome=Outcome.CAPTURED, exchanges=(page,))).result(30)
    assert number is not None
    return number


def _view(store: Store, data: Path, capture_id: int) -> tuple[int, str, str]:
    suspect = Suspect(subject="site:a.example.top", title="", cls="c", score=1, capture_ids=(capture_id,))
    with store.write() as connection:
        open_or_refresh(connection, suspect, night="N", now=NOW)
    out = data / "view.html"
    ran = CliRunner().invoke(main, ["case", "view", "A-000001", "--out", str(out), "--data", str(data)])
    return ran.exit_code, ran.stderr, out.read_text(encoding="utf-8") if out.exists() else ""


def test_the_page_is_shown_with_its_passages_marked_and_nothing_alive(store: Store, tmp_path: Path) -> None:
    BlobStore(tmp_path / "blobs")
    hostile = SELLER + "<script>alert(1)</script><img src=https://evil.example/x onerror=alert(2)>"
    code, said, html = _view(store, tmp_path, _keep(store, tmp_path, hostile.encode()))
    assert code == 0, said
    assert "<mark" in html
    assert "免考" in html
    assert "C-00000001" in html
    assert not any(part in html for part in ("<script", "onerror", "evil.example"))
    assert "default-src 'none'" in html


def test_a_case_without_a_page_says_so(store: Store, tmp_path: Path) -> None:
    picture = _keep(store, tmp_path, b"\x89PNG", (("Content-Type", "image/png"),))
    code, said, html = _view(store, tmp_path, picture)
    assert (code, html) == (2, "")
    assert "case show" in said
