"""robots.txt for offices that obey it, read as RFC 9309 has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

MAX_ROBOTS_BYTES = 500 << 10
"""What a crawler must read at least (section 2.5); the rest is a trap for its memory."""
_SERVER_ERROR = 500
_NOTHING = b"User-agent: *\nDisallow: /\n"


class Robots(RobotsTxtMiddleware):
    """Scrapy's, but a server that cannot answer for its rules allows nothing (section 2.3.1.4); a long file is cut."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        body = _NOTHING if response.status >= _SERVER_ERROR else response.body[:MAX_ROBOTS_BYTES]
        await super()._parse_robots(response.replace(body=body), netloc, request)
