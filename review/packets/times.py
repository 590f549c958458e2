"""Times as papers print them: Beijing time, in Chinese."""

from __future__ import annotations

from datetime import datetime

from review.workdays import BEIJING


def beijing(text: str) -> str:
    """`2026年11月21日 16时00分05秒` of a stored UTC time."""
    return datetime.fromisoformat(text).astimezone(BEIJING).strftime("%Y年%m月%d日 %H时%M分%S秒")
