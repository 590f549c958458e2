"""Sites that show each visitor something else, or never end (cases H15 to H18)."""

from __future__ import annotations

from typing import ClassVar

from tests.hostile.faults.pages import TEXT, Stored, html
from tests.hostile.server import Fault, Heard, page

FLOWERS = "<p>本店供应鲜花绿植，欢迎到店选购，量大从优，节日花束请提前一天预订，城区内免费配送。</p>"
SALE = "<p>焊工证电工证不用考试三天拿证，先拿证后付款，联系电话 14200001234</p>"


class LoginWall(Stored):
    """Named so by its own address."""

    body = html("<form action=/login><input name=user><input type=password></form>").encode()


class Captcha(Stored):
    body = html('<div id="captcha">请完成安全验证，拖动滑块</div>').encode()


class Slider(Stored):
    body = html('<div id="nc_1_wrapper" class="nc-container">请按住滑块，拖动到最右边</div>').encode()


class Firewall(Stored):
    body = html("<p>网站防火墙：您的请求带有不合法参数，已被网站管理员设置拦截！</p>").encode()


class Cloak(Fault):
    """Goods for a phone that comes from a search engine, flowers for everybody else."""

    def send(self, heard: Heard) -> bytes:
        chosen = "Mobile" in heard.header("User-Agent") and "baidu" in heard.header("Referer")
        return page(html(SALE if chosen else FLOWERS).encode())


class Calendar(Fault):
    """Every day has a next one."""

    def send(self, heard: Heard) -> bytes:
        day = heard.number
        return page(
            html(f'{TEXT}<a href="/calendar?{day + 1}">下一天</a><a href="/calendar?{day}#x">同一天</a>').encode()
        )


class RobotsTxt(Fault):
    """`/robots.txt` as the first label of the host has it: deny…, broken…, huge…, loop…; else there is none."""

    rules: ClassVar[bytes] = b"User-agent: *\nDisallow: /\n"

    def send(self, heard: Heard) -> bytes:
        kind = heard.header("Host").partition(".")[0].rstrip("0123456789")
        if kind == "loop":
            return page(b"", "Location: /robots.txt", status="302 Found")
        if kind == "broken":
            return page(b"oops", status="503 Unavailable")
        body = {"deny": self.rules, "huge": self.rules + b"Allow: /x\n" * 5_000_000}.get(kind)
        return page(body) if body else page(b"none", status="404 Not Found")
