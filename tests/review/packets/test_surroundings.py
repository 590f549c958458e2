"""What stands around a case, from a real store: passages, contacts in full, neighbours, network, history."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config import Config
from crawlers import network
from crawlers.answers import ANSWERED, Answer
from crawlers.lookups import LookUp, Subject
from crawlers.records import Hit, HitKind, TaskKind
from detectors import references
from detectors.features import Page
from detectors.fingerprints import Fingerprint
from detectors.masking import mask
from review import registry
from review.cases import Decision, Suspect, decide, open_or_refresh
from review.clock import utc_now
from review.packets import strings
from review.packets import surroundings as around
from review.packets.desk import case_for_papers, make_packet
from review.packets.gather import gather
from review.packets.source import PacketSource
from review.packets.verify import verify
from tests.crawlers.keeping import House, exchange, house, page, task
from tests.review.packets.world import no_stamp

HOST = "cx-mem-gov.example"
PHONE = "14200001234"
TEXT = f"特种作业操作证查询 免考包过，三天拿证，联系电话 {PHONE}，官网可查。"
HTML = f"<title>查询</title><p>{TEXT}</p>".encode()


def kept(rooms: House, url: str, peer: str, body: bytes = HTML) -> int:
    (number,) = rooms.keep(page(task(url), exchange(url, body, peer=peer, fetched_at=utc_now()), title="查询"))
    assert number is not None
    return number


class Rooms:
    """A confirmed case on one page, a stranger at its address, an official page, a look-up."""

    def __init__(self, rooms: House) -> None:
        self.house = rooms
        self.capture = kept(rooms, f"http://{HOST}/", "203.0.113.9:443")
        kept(rooms, "http://bystander.test/", "203.0.113.9:80")
        kept(rooms, "http://elsewhere.test/", "203.0.113.90:80")
        hit = Hit(engine="baidu", query="特种作业证 查询", kind=HitKind.AD, rank=2, title="x", url=f"http://{HOST}/")
        asked = page(
            task("特种作业证 查询", kind=TaskKind.SEARCH, source="baidu"), exchange("http://search.test/"), hits=(hit,)
        )
        rooms.keep(asked)
        official = kept(rooms, "http://cx.mem.gov.cn/", "203.0.113.50:80")
        now = utc_now()
        answers = (
            Answer("dns", f"{HOST} A", "one", now, ANSWERED, "", {"records": ["203.0.113.9"]}, b"dns"),
            Answer("rdap", "url", "registry", now, ANSWERED, "", {"registrar": "某注册商", "registrant": "张*"}, b"{}"),
            Answer(
                "asn", "203.0.113.9", "asn.tsv", now, ANSWERED, "", {"asn": "64500", "country": "US", "holder": "X"}
            ),
            Answer("number", "icp", "C-1", now, ANSWERED, "", {"number": "湘ICP备00000000号"}),
        )
        network.keep(rooms.store, rooms.blobs, LookUp(Subject(HOST, HOST), now, now, answers), "N1")
        with rooms.store.write() as connection:
            site = next(one for one in Config().official.sites if one.host == "cx.mem.gov.cn")
            held = Fingerprint((1,), (1,), ("x",), True)
            references.add(connection, site, "http://cx.mem.gov.cn/", [(official, held)], now=now)
            self.case, _ = open_or_refresh(connection, self.suspect(site.name), night="N1", now=now)
            decide(connection, self.case, Decision.CONFIRM, actor="甲", reason="", now=now)

    def suspect(self, imitates: str) -> Suspect:
        text = Page.from_html(HTML.decode()).text
        start = text.index("免考包过")
        end = text.index(PHONE) + len(PHONE)
        quote = text[start:end].replace(PHONE, mask(PHONE))
        signal = {"detector": "wording", "version": 1, "class": "承诺免考", "weight": 0.9, "reason": "承诺免考。"}
        verdict = {"verdict": "flag", "class": "承诺免考", "score": 0.9}
        where = {"quote": quote, "start": start, "end": end, "where": "text"}
        return Suspect(
            subject=f"site:{HOST}",
            title="查询",
            cls="仿冒查询页",
            score=0.9,
            imitates=imitates,
            assessment={
                "impersonation": {**verdict, "class": "仿冒查询页", "imitates": imitates, "signals": []},
                "selling": {**verdict, "signals": [{**signal, **where}]},
                "contacts": [{"kind": "phone", "value": mask(PHONE), "quote": mask(PHONE)}],
            },
            capture_ids=(self.capture,),
        )

    def source(self, before: str = "") -> PacketSource:
        with self.house.store.read() as connection:
            case = case_for_papers(connection, self.case)
        rooms = self.house
        return gather(rooms.store, rooms.archive, rooms.blobs, case, "cac", Config(), "P-1", before)


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    with house(tmp_path_factory.mktemp("around") / "data") as made:
        yield Rooms(made)


def test_a_passage_stands_among_its_words_in_full(rooms: Rooms) -> None:
    (found,) = rooms.source().excerpts
    assert found.quote == f"免考包过，三天拿证，联系电话 {PHONE}"
    assert found.before.endswith("特种作业操作证查询")
    assert found.after == "，官网可查。"


def test_the_operators_contacts_leave_in_full_rows_do_not(rooms: Rooms) -> None:
    source = rooms.source()
    assert source.assessment["contacts"][0]["value"] == PHONE
    assert PHONE in source.assessment["selling"]["signals"][0]["quote"]
    with rooms.house.store.read() as connection:
        stored = case_for_papers(connection, rooms.case).assessment
    assert stored["contacts"][0]["value"] == mask(PHONE)


def test_a_victims_number_is_masked_even_in_a_passage() -> None:
    body = "11010119900101123"
    text = f"证号 {body}X 免考包过"
    start = text.index("免考")
    signal = {"weight": 1, "quote": "免考包过", "start": start, "end": start + 4, "reason": "", "where": "text"}
    (found,) = around.excerpts({"selling": {"signals": [signal]}}, {"C-1": text})
    assert body not in found.before


def test_strangers_at_the_same_address_are_told(rooms: Rooms) -> None:
    assert rooms.source().neighbours == ("bystander.test",)


def test_how_the_page_was_come_upon(rooms: Rooms) -> None:
    assert rooms.source().fields["ways_in"] == "在百度网页搜索中查找“特种作业证 查询”，第 2 条（推广）"


def test_look_ups_fill_the_targets_facts(rooms: Rooms) -> None:
    fields = rooms.source().fields
    assert (fields["registrar"], fields["hosting"], fields["hosting_country"]) == ("某注册商", "X（AS64500）", "境外")
    assert (fields["icp_shown"], fields["addresses"]) == ("湘ICP备00000000号", "203.0.113.9")


@pytest.mark.parametrize(
    ("countries", "said"),
    [(set(), ""), ({"CN"}, strings.DOMESTIC), ({"HK"}, strings.OVERSEAS), ({"CN", "US"}, strings.UNKNOWN)],
)
def test_where_a_server_is(countries: set[str], said: str) -> None:
    assert around._where(countries) == said


def test_the_genuine_page_is_found_by_the_name_that_was_taken(rooms: Rooms) -> None:
    (page_,) = rooms.source().genuine
    assert page_.url == "http://cx.mem.gov.cn/"


def test_the_packet_holds_the_look_up_and_stays_whole(rooms: Rooms) -> None:
    data = rooms.house.data
    with rooms.house.store.read() as connection:
        case = case_for_papers(connection, rooms.case)
    sealed, path = make_packet(rooms.house.store, data, case, "cac", Config(), no_stamp, utc_now())
    report = verify(str(path), str(data / "trust"))
    assert {row["code"] for row in report["checks"]} <= {"OK", "STAMP_QUEUED", "TIMESTAMP_QUEUED"}, report
    assert f"net/{HOST}.json" in {entry.name for entry in sealed.entries}


def test_the_history_ends_where_the_packet_begins(rooms: Rooms) -> None:
    """A packet built again at its own time, after it was registered, is the same: it is not its own history."""
    store, data, now = rooms.house.store, rooms.house.data, utc_now()
    with store.write() as connection:
        registry.enter_found(connection, data / "packets")
        case = case_for_papers(connection, rooms.case)
    before = rooms.source(now)
    sealed, path = make_packet(store, data, case, "cac", Config(), no_stamp, now)
    with store.write() as connection:
        registry.enter_found(connection, path.parent)
    assert rooms.source(now).earlier == before.earlier
    later = rooms.source(utc_now()).earlier
    assert later[-1].what == sealed.packet_id
