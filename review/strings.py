"""Chinese words of the review floor, in one place."""

from __future__ import annotations

CASE_STATES = {
    "open": "待审",
    "confirmed": "属实",
    "excluded": "排除",
    "doubtful": "存疑",
    "merged": "已并案",
}
DECISIONS = {"confirm": "属实", "exclude": "排除", "doubt": "存疑", "reopen": "重新打开"}
SOURCE_NORMAL, SOURCE_DEGRADED, SOURCE_FAILED = "正常", "降级", "失败"
LEVELS = {"flag": "立案", "watch": "观察", "clear": "未见异常"}
AXES = {"impersonation": "仿冒", "selling": "售假"}
STAGES = {
    "plan": "计划",
    "crawl": "抓取",
    "render": "渲染",
    "detect": "识别",
    "preserve": "固证",
    "cases": "立案",
    "recheck": "复查",
    "report": "报告",
}
