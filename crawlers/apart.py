"""Functions of ours in a page, in a world of their own: no script of the page can change what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import CDPSession

WORLD = "zhengshao"


async def call(session: CDPSession, function: str, argument: Any) -> Any:
    """What a JavaScript function (its source) returns for the document that stands there now, its promise awaited.

    The page's own globals and prototypes are another world's, its elements are the same. Raises Playwright's Error.
    """
    from playwright.async_api import Error

    tree = await session.send("Page.getFrameTree")
    place = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": WORLD}
    world = await session.send("Page.createIsolatedWorld", place)
    order = {
        "functionDeclaration": function,
        "executionContextId": world["executionContextId"],
        "arguments": [{"value": argument}],
        "awaitPromise": True,
        "returnByValue": True,
    }
    answer = await session.send("Runtime.callFunctionOn", order)
    if "exceptionDetails" in answer:
        raise Error(str(answer["exceptionDetails"])[:500])
    return answer["result"].get("value")
