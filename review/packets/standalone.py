"""The verifier as one file: the modules of `review/packets/verify/` joined, for a recipient who has only Python."""

from __future__ import annotations

import ast
from functools import cache
from importlib.resources import files

MODULES = (
    "reasons",
    "values",
    "container",
    "contents",
    "papers",
    "blocks",
    "custody",
    "archive",
    "trust",
    "token",
    "authority",
    "report",
)
HEAD = '''#!/usr/bin/env python3
"""核验证哨证据包：python verify.py P.zip --trust 可信名录目录 [--json] [--lang en]

只读、离线，不解压。结构、摘要、归档、保管链只用 Python 3.8 及以上自带的库；签名与时间戳另需 cryptography 或
openssl，两者皆无时仅这几项为“无法判断”。可信名录（keys.json、tsa/*.pem）须从包外另行取得。
退出码：0 有效，1 无效，2 无法判断。
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    del sys.path[0]  # the folder of this file, where a packet may have been unpacked: nothing is imported from there

'''
TAIL = '\n\nif __name__ == "__main__":\n    sys.exit(main())\n'


@cache
def single_file() -> bytes:
    """`verify.py` as it goes into every packet; the same bytes for the same version of the program."""
    imports: set[str] = set()
    bodies = []
    for name in MODULES:
        found, body = _split(files("review.packets.verify").joinpath(f"{name}.py").read_text("utf-8"))
        imports |= found
        bodies.append(body)
    return (HEAD + "\n".join(sorted(imports)) + "\n\n" + "\n\n\n".join(bodies) + TAIL).encode()


def _split(source: str) -> tuple[set[str], str]:
    """Imports of the standard library, and the text without any top-level import and with its docstring as a remark."""
    tree, lines = ast.parse(source), source.splitlines()
    imports, start = set(), 0
    for node in tree.body:
        if isinstance(node, ast.Import):
            imports |= {f"import {name.name}" for name in node.names}
        elif (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.split(".")[0] not in ("review", "__future__")
        ):
            imports |= {f"from {node.module} import {name.name}" for name in node.names}
        elif not (isinstance(node, ast.Expr) and start == 0) and not isinstance(node, ast.ImportFrom):
            break
        start = node.end_lineno or 0
    title = (ast.get_docstring(tree) or "").splitlines()[0]
    return imports, f"# ---- {title} ----\n\n" + "\n".join(lines[start:]).strip("\n")
