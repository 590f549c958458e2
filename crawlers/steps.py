"""What was done to see a page, step by step, each with the picture it left and the picture's hash.

高检规定第37条 and 公安取证规则第25条 ask for the way in, the time, the tools and the process. Nothing is ever sent: a
query form may be shown filled in, but the network is cut before the first character, and what is filled in cannot
belong to anyone. The form of an official site is never touched.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawlers.apart import call
from crawlers.clock import utc_now
from crawlers.values import keepable

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

TEST_NUMBER = "000000000000000000"
"""No identity number: region 000000 and day 00000000 do not exist, and its check digit would be 1 (GB 11643)."""
TEST_NAME = "测试"
FORM_WAIT_MS = 4_000
NUMBER_FIELDS = r"证件|身份证|证书编号|证号|编号|号码|zsbh|zjhm|sfz|idcard|cert|card|number|\bno\b"
NAME_FIELDS = r"姓名|名字|xingming|\bxm\b|name"
"""What is said at or about an input that asks for a number, or for a name."""
_FIELDS = """([number, name, numberFields, nameFields]) => {
  const shown = e => e.offsetParent !== null && !e.disabled && !e.readOnly
  const own = e => [e.name, e.id, e.placeholder, e.title, e.getAttribute('aria-label') || '',
    e.labels && e.labels[0] ? e.labels[0].innerText : ''].join(' ').toLowerCase()
  const before = e => {
    for (let n = e.previousSibling; n; n = n.previousSibling)
      if (n.textContent.trim()) return n.textContent.trim().slice(-20).toLowerCase()
    const cell = e.closest('td,dd,div,p,li'), last = cell && cell.previousElementSibling
    return last && last.innerText ? last.innerText.trim().slice(-20).toLowerCase() : ''
  }
  const says = (e, words) => new RegExp(words).test(own(e)) || new RegExp(words).test(before(e))
  const text = [...document.querySelectorAll('input')].filter(e =>
    shown(e) && ['text', 'search', 'tel', 'number', ''].includes(e.type))
  const names = text.filter(e => says(e, nameFields) && !new RegExp(numberFields).test(own(e)))
  const numbers = text.filter(e => says(e, numberFields) && !names.includes(e))
  if (!numbers.length) return []
  const put = (e, value) => {
    e.value = e.maxLength > 0 ? value.slice(0, e.maxLength) : value
    return { field: e.name || e.id || e.placeholder || 'input', value: e.value }
  }
  const filled = [...names.slice(0, 1).map(e => put(e, name)), ...numbers.slice(0, 2).map(e => put(e, number))]
  numbers[0].scrollIntoView({ block: 'center' })
  return filled
}"""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done. `picture` is a PNG of what stood on the screen afterwards, empty where nothing had changed."""

    action: str
    """`open`, `wait`, `scroll`, `picture`, `cut_network`, `fill_form`."""
    at: str
    detail: dict[str, Any]
    picture: bytes = b""

    def told(self, number: int) -> dict[str, Any]:
        """The line of the steps log."""
        row: dict[str, Any] = {"step": number, "action": self.action, "at": self.at, **self.detail}
        if self.picture:
            row["picture_sha256"] = hashlib.sha256(self.picture).hexdigest()
        return row


def step(action: str, picture: bytes = b"", **detail: Any) -> Step:
    return Step(action, utc_now(), detail, picture)


async def show_form_filled(session: CDPSession, page: Page) -> list[Step]:
    """The page's query form with an impossible number in it, as a picture; no step when it has no such form.

    Values are set without any event, with the network cut: no script of the page is told, and none could tell anyone.
    """
    await page.context.set_offline(True)
    filled = await call(session, _FIELDS, [TEST_NUMBER, TEST_NAME, NUMBER_FIELDS, NAME_FIELDS])
    if not filled:
        return []
    picture = await page.screenshot(timeout=FORM_WAIT_MS)
    said = {"filled": keepable(filled), "submitted": False, "network": "cut"}
    return [step("cut_network"), step("fill_form", picture, **said)]
