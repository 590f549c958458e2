"""The Chinese sentences of this floor: what is accepted, and how to put a mistake right."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence

SAID_BY = "原话“{said}”"
OS_ERRORS = {
    "ENOENT": "没有这个文件或目录",
    "EACCES": "没有权限",
    "EPERM": "没有权限",
    "EISDIR": "这是目录，不是文件",
    "ENOTDIR": "路径中有一段不是目录",
    "EEXIST": "已经存在",
    "ENOSPC": "磁盘已满",
    "EDQUOT": "超出磁盘配额",
    "EROFS": "所在的磁盘只读",
    "EIO": "磁盘读写出错",
    "ENAMETOOLONG": "名称太长",
    "ELOOP": "符号链接循环",
    "ENOTEMPTY": "目录不是空的",
}
"""By the name of the operating system's error."""

UNREADABLE = "文件读不出来（{reason}），请检查路径和权限"
BOM = "文件开头有 BOM 标记（EF BB BF），TOML 不接受"
BOM_FIX = "用编辑器另存为“UTF-8（无 BOM）”"
NOT_UTF8 = "文件不是 UTF-8 编码（看来是 {encoding}）"
UNKNOWN_ENCODING = "未知编码或二进制文件"
ENCODING_FIX = "用编辑器另存为 UTF-8（无 BOM）；命令行可用 iconv -f gb18030 -t utf-8"
SYNTAX = "TOML 语法错误：{reason}"
UNBOUNDED = "这里有长得无法读取的数，或嵌套过深的括号"
ZERO = "文字里不能有零字符（\\u0000）：路径和数据库都容不下"
ZERO_FIX = "删去它"
SYNTAX_FIX = "检查这一行：{line}"

SYNTAX_REASONS = {
    "Cannot overwrite a value": "同一个键写了两次",
    "Cannot declare": "同一个表写了两次",
    "Cannot mutate immutable namespace": "已经写完的表不能再加键",
    "Invalid value": "值写得不对，文字要加引号",
    "Expected '=' after a key": "键后面缺少等号",
    "Expected newline or end of document": "值后面还有别的内容；文字要加引号，一行只写一项",
    "Expected ']' at the end of a table": "表名后面缺少 ]",
    "Unclosed array": "列表缺少 ]，或两项之间缺少逗号",
    "Unclosed inline table": "行内表缺少 }，或两项之间缺少逗号",
    "Unterminated string": "引号没有配对",
    "Expected": "引号没有配对",
    "Illegal character": "有不允许的字符，引号可能没有配对",
    "Unescaped ": "双引号里的反斜杠要写两个，或改用单引号",
    "Invalid initial character for a key part": "键名只能用字母、数字、下划线和连字符（注意全角符号）",
    "Invalid statement": "这一行不是“键 = 值”（注意全角符号）",
}
"""By the beginning of what `tomllib` says; what is not here is shown in its words."""

REMOVE_UNKNOWN = "没有可移除的条目"
DUPLICATE = "{key} 重复，首次出现在 {place}"
DUPLICATE_FIX = "改名，或删去其中一处"
NO_DIRECTORY = "配置目录不存在"
NO_DIRECTORY_FIX = "检查 --config 或环境变量 ZHENGSHAO_CONFIG"
UNKNOWN_FILE = "目录里没有任何程序读取这个文件"
UNKNOWN_KEY = "没有这个键"
KNOWN = "可用的有：{known}"
EXAMPLE = "例：{example}"
MEANT = "是不是想写 {guess}？"

UNITS = {
    "seconds": "秒", "ms": "毫秒", "days": "天", "bytes": "字节", "mb": "MB", "px": "像素", "cny": "元",
}  # fmt: skip
"""Unit of a setting by the last word of its name."""

SCALES: dict[str, dict[str, float]] = {
    "seconds": {"毫秒": 0.001, "ms": 0.001, "秒": 1, "s": 1, "分": 60, "分钟": 60, "min": 60, "m": 60,
                "小时": 3600, "h": 3600, "天": 86400, "d": 86400},
    "ms": {"毫秒": 1, "ms": 1, "秒": 1000, "s": 1000},
    "days": {"天": 1, "日": 1, "d": 1, "周": 7, "星期": 7, "月": 30, "个月": 30, "年": 365},
    "bytes": {"b": 1, "字节": 1, "k": 1024, "kb": 1024, "m": 1048576, "mb": 1048576, "g": 1073741824, "gb": 1073741824},
    "mb": {"m": 1, "mb": 1, "g": 1024, "gb": 1024},
    "px": {"px": 1, "像素": 1},
    "cny": {"元": 1, "块": 1, "万": 10000, "万元": 10000},
}  # fmt: skip
"""What a written unit is worth in the unit of the setting: "30分钟" for seconds is 1800."""

ACCEPTED = {
    "missing": "缺少必填的键",
    "extra_forbidden": UNKNOWN_KEY,
    "int_type": "需要整数{unit}", "int_from_float": "需要整数{unit}", "int_parsing": "需要整数{unit}",
    "float_type": "需要数字{unit}", "float_parsing": "需要数字{unit}", "finite_number": "需要有限的数字{unit}",
    "bool_type": "需要 true 或 false", "bool_parsing": "需要 true 或 false",
    "string_type": "需要带引号的文字", "path_type": "需要带引号的路径",
    "tuple_type": "需要列表", "list_type": "需要列表", "set_type": "需要列表",
    "dict_type": "需要一个表", "model_type": "需要一个表", "model_attributes_type": "需要一个表",
    "greater_than": "必须大于 {gt}{unit}", "greater_than_equal": "不得小于 {ge}{unit}",
    "less_than": "必须小于 {lt}{unit}", "less_than_equal": "不得大于 {le}{unit}",
    "too_short": "至少要有 {min_length} 项", "too_long": "最多 {max_length} 项",
    "string_too_short": "至少 {min_length} 个字", "string_too_long": "最多 {max_length} 个字",
    "literal_error": "只能是 {expected}", "enum": "只能是 {expected}",
    "string_pattern_mismatch": "格式不符（{pattern}）",
    "date_parsing": "需要日期", "date_type": "需要日期", "date_from_datetime_parsing": "需要日期",
    "date_from_datetime_inexact": "需要日期（不带时间）",
    "retention": "留存不得少于 {minimum} 天（网络安全法要求网络日志留存不少于六个月）",
    "swallows": "范围太宽，会放过所有网站；需要具体的主机名",
    "address": "需要 IP 地址，如 223.5.5.5", "suffix_label": "需要不带点的 ASCII 后缀，如 top、xn--fiqs8s",
    "registry": "rdap 和 whois 至少要有一个",
    "host": "需要主机名：不带 http://、端口、路径和通配符",
    "url": "需要 http:// 或 https:// 开头的完整地址，且不含用户名密码",
    "suffix": "需要以点开头的域名后缀",
    "query_template": "模板只能用 {fields}，且至少要有 {{trade}} 或 {{offer}}",
    "template": "句子里只能用 {fields}",
    "papers": "缺少这些来文单位的文书：{senders}",
    "pattern": "正则表达式不成立，或含不限次数的重复（* + {{n,}}）",
    "concept": "规则 {rule} 用到的概念不存在：{missing}",
    "value_error": "不符合要求：{error}",
    "absolute": "需要绝对路径，或以 ~ 开头",
    "identifier": "只能用小写字母、数字、连字符和下划线，以字母或数字开头",
    "gist": "text 与 gist 至少写一项",
    "network": "需要网段",
    "plain_http": "[listen] host 不是本机回环地址时，必须经由带 TLS 的反向代理，并在 trusted_proxy 写明代理的地址",
    "proxy": "需要反向代理的 IP 地址，如 \"10.0.0.5\"；没有代理时留空",
}  # fmt: skip
"""By error type of pydantic, and our own; what is not here is said in pydantic's words."""

EXAMPLES = {
    "int_type": "10", "float_type": "1.0", "bool_type": "true", "string_type": '"文字"', "tuple_type": '["甲", "乙"]',
    "list_type": '["甲", "乙"]', "date_parsing": '"2027-12-31"', "swallows": '"www.example.cn"',
    "host": '"www.example.cn"', "suffix": '".gov.cn"',
    "url": '"http://127.0.0.1:8888"', "query_template": '"{place} {trade} {offer}"', "absolute": '"/srv/zhengshao"',
    "retention": "190", "identifier": '"hengyang-yjj"', "date_type": '"2027-12-31"',
    "network": '"192.0.2.0/24"',
}  # fmt: skip

UNKNOWN_AUTHORITY = "没有名为 {name} 的时间戳服务"
UNKNOWN_AUTHORITY_FIX = '在 settings.toml 的 [services.{name}] 写上地址和 component = "tsa"'
UNKNOWN_TIMEZONE = "不认识的时区"
TIMEZONE_FIX = '例：timezone = "Asia/Shanghai"'
THRESHOLD_ORDER = "watch 不得高于 flag（{flag}）"
SWALLOWS = "范围太宽：{reason}，会放过所有网站"
SWALLOWS_FIX = "写具体机构自己的主机名，例：www.mem.gov.cn"
WHOLE_SUFFIX = "这是公共后缀，不是某一家的域名"
UNKNOWN_REFERENCE = "没有这个 {kind}"
PLATFORM_AS_GOOD = "这是网站托管平台，任何人都能在上面建站，不能当作可信主机"
STEM = "id 应与文件名相同（{stem}）"
EXPIRED = "{key} 已于 {date} 到期，请复核后延期或删除"


_OS_ERRORS = {os.strerror(getattr(errno, name)): told for name, told in OS_ERRORS.items()}
_ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def in_chinese(said: str) -> str:
    """What another program or a library says, as part of a Chinese sentence: errors of the operating system in our
    words, other English marked as a quotation, names and numbers as they are."""
    return _OS_ERRORS.get(said) or (SAID_BY.format(said=said) if _ENGLISH.search(said) else said)


def cause_of(error: BaseException) -> str:
    """Why, by what was raised."""
    return in_chinese((error.strerror if isinstance(error, OSError) else None) or str(error).strip())


def listed(words: Sequence[str], limit: int = 12) -> str:
    return "、".join(words[:limit]) + ("…" if len(words) > limit else "")


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """`MEANT` with the nearest of `known`, or nothing."""
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return MEANT.format(guess=near[0]) if near else ""
