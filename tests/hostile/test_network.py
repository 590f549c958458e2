"""Cases N: names, connections and clocks that fail."""

from __future__ import annotations

import pytest

from crawlers.records import Outcome
from tests.hostile.conftest import Visit
from tests.hostile.world import World

PRIVATE = (
    "10-0-0-1", "127-0-0-1", "169-254-169-254", "100-64-0-1", "172-16-0-1", "192-168-0-1", "0-0-0-0",
    "100-100-100-200", "224-0-0-1", "v6---1", "v6-fc00--1", "v6-fe80--1", "v6---ffff-7f00-1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("host", "reason"), [("nxdomain.test", "dns"), ("servfail.test", "dns_failed"), ("unanswered.test", "dns_timeout")]
)
def test_n01_names_fail_in_three_ways(visit: Visit, host: str, reason: str) -> None:
    assert visit("good", host=host).ending == (Outcome.FAILED, reason)


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("address", PRIVATE)
def test_n02_a_private_address_is_refused(visit: Visit, address: str) -> None:
    assert visit("good", host=f"{address}.ip.test").ending == (Outcome.REFUSED, "private_address")


@pytest.mark.usefixtures("unharmed")
def test_n03_a_name_that_turns_private_is_not_dialled_again(visit: Visit) -> None:
    seen = visit("to_self", host="8-8-8-8.then.127-0-0-1.ip.test")
    assert seen.ending == (Outcome.REFUSED, "private_address")
    assert seen.page.status == 302


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("both", ["8-8-8-8.and.10-0-0-1", "v6---1.and.8-8-8-8"])
def test_n04_a_name_with_one_private_address_is_refused(visit: Visit, both: str) -> None:
    assert visit("good", host=f"{both}.ip.test").ending == (Outcome.REFUSED, "private_address")


def test_n05_a_refused_connection_is_tried_twice(visit: Visit, world: World) -> None:
    before = world.dialled().count("8.8.4.4 80")
    assert visit("good", host="8-8-4-4.ip.test").ending == (Outcome.FAILED, "connect")
    assert world.dialled().count("8.8.4.4 80") - before == 2


@pytest.mark.parametrize("path", ["reset", "closed"])
def test_n05_a_connection_that_breaks_is_tried_twice(visit: Visit, world: World, path: str) -> None:
    assert visit(path).ending == (Outcome.FAILED, "reset")
    assert len(world.plain.asked(path)) == 2


@pytest.mark.parametrize("path", ["silence", "slow_head"])
def test_n06_n07_a_site_that_says_nothing_or_too_slowly_times_out(visit: Visit, path: str) -> None:
    assert visit(path).ending == (Outcome.FAILED, "timeout")


def test_n08_of_a_dripping_body_what_came_is_kept(visit: Visit) -> None:
    seen = visit("drip_body")
    assert seen.ending == (Outcome.CAPTURED, "")
    assert {"stalled", "dataloss"} <= {*seen.flags}
    assert 200 <= len(seen.sent.body) < 2000
