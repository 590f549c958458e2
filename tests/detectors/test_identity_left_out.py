"""Every official site judged as if the registry did not know it.

Under a suffix that only state organs get nothing may be flagged: the suffix proves a state organ, though not which. A
left-out site elsewhere cannot be told from its copy and is listed in `pages/left_out.txt`, so that a change shows.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

import config
from config.schema import OfficialSite
from detectors import verdict
from detectors.base import Level, Signal
from detectors.context import Context
from detectors.features import Page
from detectors.hosts import Registry
from detectors.identity import identity

CONFIG = config.load()
SITES = [site for site in CONFIG.official.sites if site.status == "current"]
LEFT_OUT = Path(__file__).parent / "pages" / "left_out.txt"
FORM = "<form><label>姓名</label><input name=xm><label>身份证号</label><input name=sfz><button>查询</button></form>"


def own_page(site: OfficialSite) -> str:
    """The site's front page with every mark of its identity."""
    code = site.identifiers.site_code or "9900000099"
    return f"""<html><head><title>{site.name}</title><meta name="SiteName" content="{site.name}">
<meta name="SiteDomain" content="{site.host}"><meta name="SiteIDCode" content="{code}"></head>
<body><h1>{site.name}</h1>{FORM}<div class="footer">主办单位：{site.name} 网站标识码：{code}
{site.identifiers.icp or ""} <script id="_jiucuo_" sitecode="{code}" src="https://zfwzgl.www.gov.cn/exposure/jiucuo.js"></script>
</div></body></html>"""


def without(site: OfficialSite) -> Context:
    others = tuple(one for one in CONFIG.official.sites if one.id != site.id)
    official = CONFIG.official.model_copy(update={"sites": others})
    context = Context.build(CONFIG)
    context.registry = Registry(cast("config.Config", SimpleNamespace(official=official, policy=CONFIG.policy)))
    return context


def level_of(site: OfficialSite, context: Context) -> Level:
    page = Page.from_html(own_page(site), f"https://{site.host}/")
    signals = [one for one in identity(page, context) if isinstance(one, Signal)]
    return verdict.impersonation(page, signals, context).level


@pytest.fixture(scope="module")
def flagged() -> list[OfficialSite]:
    return [site for site in SITES if level_of(site, without(site)) is Level.FLAG]


def test_none_under_a_restricted_suffix_is_flagged(flagged: list[OfficialSite], context: Context) -> None:
    assert [site.host for site in flagged if context.registry.is_restricted(site.host)] == []


def test_those_elsewhere_are_the_listed_ones(flagged: list[OfficialSite]) -> None:
    listed = LEFT_OUT.read_text(encoding="utf-8").splitlines()
    assert sorted(f"{site.host} {site.name}" for site in flagged) == sorted(listed)


def test_none_is_flagged_with_its_entry(context: Context) -> None:
    assert [site.host for site in SITES if level_of(site, context) is not Level.CLEAR] == []
