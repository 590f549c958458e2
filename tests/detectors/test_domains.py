"""Whose an address under gov.cn says it is."""

from __future__ import annotations

import pytest

from detectors.context import Context


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("ggfw.hrss.gd.gov.cn", "广东省人力资源和社会保障厅"),
        ("wxcx.ndrc.gov.cn", "国家发展和改革委员会"),
        ("cx.mem.gov.cn", "应急管理部"),
        ("www.changsha.gov.cn", "长沙市人民政府"),
        ("yjglj.changsha.gov.cn", "长沙市应急管理局"),
        ("scjgj.beijing.gov.cn", "北京市市场监督管理局"),
        ("yjj.sh.gov.cn", ""),
        ("yjglj.shanghai.gov.cn", "上海市应急管理局"),
        ("www.suzhou.gov.cn", ""),  # 苏州 and 宿州 are read alike
        ("www.nobody.gov.cn", ""),
        ("hrss.gd.example.cn", ""),
    ],
)
def test_labels_name_organ_and_place(host: str, name: str, context: Context) -> None:
    assert context.domains.name_of(host) == name
