"""One visit of a real Chromium: what it keeps of pages that are tall, old, encoded, moving, framed, lazy or loud."""

from __future__ import annotations

import asyncio
import base64
import gzip
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from crawlers import wacz
from crawlers.children import run_browser
from crawlers.chromium import find_executable
from crawlers.egress import Door, DoorPolicy
from crawlers.pairs import partner
from crawlers.records import Artefact, Capture, Exchange, FetchProfile, Outcome, TaskKind
from crawlers.screenshots import full_page, png_size
from crawlers.steps import TEST_NUMBER
from crawlers.warcreader import Damage, read
from tests.crawlers.keeping import NIGHT, House, custody_detail, task
from tests.crawlers.serving import Heard, Site, serving

pytestmark = pytest.mark.skipif(find_executable() is None, reason="no Chromium on this machine")
pytest.importorskip("PIL")

TEXT = "特种作业操作证培训信息公开，学员须本人参加培训。" * 10
BANDS, BAND_PX = 200, 100
GBK = f"<meta charset=gbk><title>焊工證查詢</title><p>{TEXT}</p>".encode("gbk")
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


def band(number: int) -> tuple[int, int, int]:
    """A colour that says which band of the tall page it is."""
    return number, 255 - number, number * 7 % 256


def bands() -> bytes:
    rows = "".join(f"<div style='height:{BAND_PX}px;background:rgb{band(n)}'></div>" for n in range(BANDS))
    return f"<style>body{{margin:0}}</style>{rows}<p>{TEXT}</p>".encode()


def answer(body: bytes, *lines: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


def html(text: str, *lines: str) -> bytes:
    return answer(text.encode(), *lines)


FORM = f"""<title>证书查询</title><p>{TEXT}</p><form action="/result" method="post">
<table><tr><td>持证人姓名：<input name="a1"> 证件号码：<input name="zjhm" maxlength="18"></td></tr></table>
<label>验证码 <input name="yzm"></label><button>查询</button></form>
<script>document.querySelector('[name=zjhm]').addEventListener('input', () => fetch('/typed'))
setInterval(() => fetch('/seen?' + document.querySelector('[name=zjhm]').value).catch(() => 0), 100)</script>"""
PAGES = {
    "tall.test/": answer(bands()),
    "gbk.test/": answer(GBK, kind="text/html; charset=gbk"),
    "zip.test/": answer(gzip.compress(f"<title>压缩</title><p>{TEXT}</p>".encode(), mtime=0), "Content-Encoding: gzip"),
    "hop.test/": answer(b"", "Location: http://moved.test/a", status="302 Found"),
    "moved.test/a": html(f"<p>{TEXT}</p><script>location.href = '/b'</script>", "X-Odd: 1", "X-Odd: 2"),
    "moved.test/b": html(f"<title>终点</title><p>{TEXT}</p>"),
    "frame.test/": html(f"<p>{TEXT}</p><iframe src='http://framed.test/inner'></iframe>"),
    "framed.test/inner": html("<p>框内收款码</p>"),
    "loud.test/": html(f"<p>{TEXT}</p><script>alert('加微信 zs_test 办证'); console.log('你好');"
                       "throw Error('坏了')</script>"),
    "poll.test/": html(f"<p>{TEXT}</p><script>setInterval(() => fetch('/tick'), 20)</script>"),
    "lazy.test/": html(f"<p>{TEXT}</p><div style='height:9000px'></div>"
                       "<img loading=lazy src='/late.png' width=9 height=9>"),
    "lazy.test/late.png": answer(PIXEL, kind="image/png"),
    "late.test/": html("<div id=a></div><script>setTimeout(() => fetch('/text').then(r => r.text())"
                       ".then(t => a.textContent = t), 200)</script>"),
    "late.test/text": answer(TEXT.encode(), kind="text/plain; charset=utf-8"),
    "form.test/": html(FORM),
    "file.test/": answer(b"\0" * 99, 'Content-Disposition: attachment; filename="a.bin"', kind="application/zip"),
}  # fmt: skip


PAIRED = ("form.test", "gbk.test")


@dataclass
class Pages(Site):
    """Answers by host and path, byte for byte."""

    answers: dict[str, bytes] = field(default_factory=dict)

    def answer(self, heard: Heard) -> bytes:
        missing = answer(b"", status="404 Not Found")
        return self.answers.get(heard.host.partition(":")[0] + heard.path.partition("?")[0], missing)


@dataclass(frozen=True)
class Seen:
    house: House
    site: Pages

    def capture(self, host: str, profile: FetchProfile = FetchProfile.DESKTOP) -> Capture:
        target = f"http://{host}/"
        tasks = {t.task.id: t.task for t in self.house.store.tasks(night=NIGHT) if t.task.target == target}
        (found,) = (c for c in self.house.store.captures() if c.task_id in tasks and c.profile is profile)
        return found

    def page(self, capture: Capture) -> Exchange:
        return self.house.archive.read(capture.place)

    def artefacts(self, capture: Capture, role: str) -> list[Artefact]:
        return [one for one in capture.artefacts if one.role == role]

    def read(self, capture: Capture, role: str) -> bytes:
        (found,) = self.artefacts(capture, role)
        return self.house.blobs.read(found.sha256)

    def json(self, capture: Capture, role: str) -> Any:
        return json.loads(self.read(capture, role))

    def resources(self, capture: Capture) -> dict[str, Exchange]:
        hops = self.house.store.resources(capture.id)
        return {hop.url: self.house.archive.read(hop.place) for hop in hops if hop.place}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    house = House(tmp_path_factory.mktemp("browser"))
    hosts = sorted({name.partition("/")[0] for name in PAGES})
    visited = [host for host in hosts if f"{host}/" in PAGES]
    looks = [(host, FetchProfile.DESKTOP, "") for host in visited]
    looks += [(host, FetchProfile.PHONE, "https://m.baidu.com/") for host in PAIRED]
    house.store.plan(
        task(f"http://{host}/", kind=TaskKind.BROWSER, profile=profile, origin="preserve", referrer=referrer)
        for host, profile, referrer in sorted(looks, key=lambda look: (look[0] not in PAIRED, look[0]))
    )
    with serving(Pages(answers=PAGES)) as site:
        assert isinstance(site, Pages)
        with Door.spawn(DoorPolicy(host_map=dict.fromkeys(hosts, f"127.0.0.1:{site.port}"))) as door:
            report = run_browser(
                night=NIGHT, data=house.data, config_dir=None, door_environment=door.environment(), time_seconds=240
            )
        log = (house.data / "log" / f"{NIGHT}-browser.log").read_text(encoding="utf-8")
        assert (report.exit, log) == (0, "")
        yield Seen(house, site)
    house.store.close()


def test_a_tall_page_is_pictured_to_the_cap_row_by_row_and_its_height_told(seen: Seen) -> None:
    from PIL import Image

    capture = seen.capture("tall.test")
    environment = seen.json(capture, "environment")
    assert "screenshot_capped" in capture.flags
    assert environment["page_px"][1] > BANDS * BAND_PX
    with Image.open(io.BytesIO(seen.read(capture, "screenshot"))) as picture:
        assert list(picture.size) == environment["picture_px"] == [1366, 12_000]
        rows = [picture.getpixel((5, number * BAND_PX + 50))[:3] for number in range(picture.height // BAND_PX)]
    assert rows == [band(number) for number in range(120)]


def test_a_page_is_archived_byte_for_byte_whatever_its_charset(seen: Seen) -> None:
    capture = seen.capture("gbk.test")
    assert seen.page(capture).body == GBK
    assert capture.title == "焊工證查詢"


def test_a_decoded_body_says_so_and_the_head_is_kept_as_received(seen: Seen) -> None:
    page = seen.page(seen.capture("zip.test"))
    assert page.body.startswith("<title>压缩".encode())
    names = {name.lower() for name, _ in page.response_headers}
    assert {"x-archive-orig-content-encoding", "x-archive-orig-content-length"} <= names
    assert "content-encoding" not in names
    assert b"Content-Encoding: gzip\r\n" in page.raw_head
    assert page.raw_head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"zhengshao" not in page.raw_head.lower()


def test_redirects_and_pages_that_scripts_leave_are_the_way_to_the_page(seen: Seen) -> None:
    capture = seen.capture("hop.test")
    way = [(hop.url, hop.status) for hop in capture.hops]
    assert way == [("http://hop.test/", 302), ("http://moved.test/a", 200)]
    assert (capture.url, capture.final_url, capture.title) == ("http://hop.test/", "http://moved.test/b", "终点")
    assert capture.hops[1].place
    odd = seen.house.archive.read(capture.hops[1].place).response_headers
    assert [value for name, value in odd if name == "X-Odd"] == ["1", "2"]


def test_frames_of_other_sites_are_archived(seen: Seen) -> None:
    framed = seen.resources(seen.capture("frame.test"))["http://framed.test/inner"]
    assert "框内收款码" in framed.body.decode()
    assert framed.peer.startswith("127.0.0.1:")


def test_what_a_page_says_aloud_is_kept(seen: Seen) -> None:
    console = seen.json(seen.capture("loud.test"), "console")
    assert "dialog alert: 加微信 zs_test 办证" in console
    assert "log: 你好" in console
    assert any(line.startswith("error: ") and "坏了" in line for line in console)


def test_a_page_that_never_rests_is_kept_all_the_same(seen: Seen) -> None:
    capture = seen.capture("poll.test")
    assert seen.artefacts(capture, "screenshot")
    ticks = [row for row in seen.json(capture, "network") if row["url"] == "http://poll.test/tick"]
    assert ticks
    assert {row["status"] for row in ticks if "status" in row} == {404}


def test_pictures_that_load_on_sight_are_seen(seen: Seen) -> None:
    capture = seen.capture("lazy.test")
    assert seen.resources(capture)["http://lazy.test/late.png"].body == PIXEL
    assert "scroll" in [step["action"] for step in seen.json(capture, "steps")]


def test_text_that_comes_late_is_waited_for(seen: Seen) -> None:
    assert TEXT in seen.read(seen.capture("late.test"), "dom").decode()


def test_a_query_form_is_shown_filled_and_nothing_of_it_leaves(seen: Seen) -> None:
    capture = seen.capture("form.test")
    steps = seen.json(capture, "steps")
    actions = [step["action"] for step in steps]
    assert actions == ["open", "wait", "picture", "cut_network", "fill_form"]
    filled = steps[-1]
    assert [(one["field"], one["value"]) for one in filled["filled"]] == [("a1", "测试"), ("zjhm", TEST_NUMBER)]
    assert filled["submitted"] is False
    (picture,) = seen.artefacts(capture, "step")
    assert filled["picture_sha256"] == picture.sha256
    heard = [one for one in seen.site.heard if one.host.startswith("form.test")]
    assert {one.method for one in heard} == {"GET"}
    assert not [one.path for one in heard if TEST_NUMBER[:6] in one.path or one.path == "/typed"]
    assert not seen.artefacts(seen.capture("form.test", FetchProfile.PHONE), "step")
    assert TEST_NUMBER not in seen.read(capture, "dom").decode()


def test_every_picture_of_a_step_has_its_hash(seen: Seen) -> None:
    capture = seen.capture("gbk.test")
    told = {step["picture_sha256"] for step in seen.json(capture, "steps") if "picture_sha256" in step}
    assert told == {one.sha256 for one in capture.artefacts if one.role in ("screenshot", "step")}


def test_a_download_is_no_page(seen: Seen) -> None:
    ended = {s.task.target: (s.outcome, s.reason) for s in seen.house.store.tasks(night=NIGHT)}
    assert ended["http://file.test/"] == (Outcome.FAILED, "browser:download")


def test_both_visitors_are_a_pair_taken_close_together(seen: Seen) -> None:
    desktop, phone = (seen.capture("gbk.test", profile) for profile in FetchProfile)
    assert partner(seen.house.store, desktop) == phone
    assert partner(seen.house.store, phone) == desktop
    told = custody_detail(seen.house, desktop)["provenance"]
    assert (told["pair_task"], told["pair_profile"]) == (str(phone.task_id), "phone")
    assert float(told["pair_seconds_apart"]) < 5
    sent = dict(seen.page(phone).request_headers)
    assert "Mobile" in sent["User-Agent"]
    assert sent["Referer"] == "https://m.baidu.com/"


def test_the_surroundings_are_told(seen: Seen) -> None:
    told = seen.json(seen.capture("gbk.test"), "environment")
    assert told["browser"].startswith("Chromium ")
    assert len(told["browser_executable"]["sha256"]) == len(told["python_executable"]["sha256"]) == 64
    if sys.platform == "linux":
        assert len(told["browser_binary"]["sha256"]) == 64
        assert Path(told["browser_binary"]["path"]).read_bytes()[:4] == b"\x7fELF"
    assert told["cleanliness"]["extensions"] == "none"
    assert told["exit"]["address"] == "unknown"
    assert told["clock"] == {"compared_with": 0, "offset_seconds": "unknown", "authorities": [], "servers": []}
    assert abs(told["clock_moved_ms"]) < 1000
    assert "--disable-quic" in told["browser_arguments"]
    assert any("webrtc" in one for one in told["browser_arguments"])


def test_the_volume_is_read_strictly_and_exports(seen: Seen, tmp_path: Path) -> None:
    volume = seen.house.volume()
    assert [item for item in read(volume, require_digests=True) if isinstance(item, Damage)] == []
    ids = [capture.id for capture in seen.house.store.captures()]
    made = wacz.export(seen.house.store, seen.house.archive, ids, tmp_path / "a.wacz", blobs=seen.house.blobs)
    assert made.records > 2 * len(ids)


def test_a_picture_that_is_not_as_high_as_asked_is_flagged() -> None:
    class Short:
        async def send(self, method: str, *_: object) -> dict[str, Any]:
            size = {"width": 1280, "height": 1999.2}
            return {"cssContentSize": size, "data": base64.b64encode(PIXEL).decode(), "method": method}

    fake: Any = Short()
    picture = asyncio.run(full_page(fake, width=1280, height=800, max_height_px=12_000))
    assert (picture.page_px, picture.picture_px, picture.flags) == ((1280, 2000), (1, 1), ("screenshot_short",))
    assert png_size(b"GIF89a") == (0, 0)
