"""robots.txt where a source's profile obeys it, read as RFC 9309 has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

DONT_OBEY = "dont_obey_robotstxt"
"""Request.meta key, Scrapy's own, with the opposite default: a request is not held against a robots.txt without it."""
EVERYWHERE = "ROBOTSTXT_EVERYWHERE"
MAX_ROBOTS_BYTES = 500 << 10
"""What a crawler must read at least (section 2.5); the rest is a trap for its memory."""
_SERVER_ERROR = 500
_NOTHING = b"User-agent: *\nDisallow: /\n"


class Robots(RobotsTxtMiddleware):
    """Scrapy's, but a server that cannot answer for its rules allows nothing (section 2.3.1.4); a long file is cut."""

    async def process_request(self, request: Request, spider: object = None) -> None:
        """Sources by their profile; sites only for an office that obeys everywhere: a counterfeit would hide by it."""
        everywhere = self.crawler.settings.getbool(EVERYWHERE)
        if not request.meta.get(DONT_OBEY, not everywhere):
            await super().process_request(request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        body = _NOTHING if response.status >= _SERVER_ERROR else response.body[:MAX_ROBOTS_BYTES]
        await super()._parse_robots(response.replace(body=body), netloc, request)
