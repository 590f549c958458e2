"""Reason codes: the stable names of what a check finds, and their Chinese."""

from __future__ import annotations

import csv

VERDICTS = {"valid": ("有效", "VALID"), "unknown": ("无法判断", "CANNOT JUDGE"), "invalid": ("无效", "INVALID")}
MARKS = {"ok": ("通过", "pass"), "unknown": ("未定", "????"), "bad": ("不符", "FAIL")}
TITLES = {
    "zip": "压缩包结构", "manifest": "封装清单", "files": "文件齐全", "hashes": "文件摘要", "lists": "摘要表与清单表",
    "papers": "文书与数据", "custody": "保管链", "warc": "网页归档", "captures": "抓取与归档对照",
    "stamps": "固证时间戳", "packets": "批次内各证据包", "redactions": "遮盖本与原件",
    "seal": "单位签名", "timestamp": "封装时间戳",
    "approvals": "审批签名", "heads": "第二单位登记",
}  # fmt: skip
WORDS = dict(
    line.split(" ", 1)
    for line in """OK 相符
ZIP_UNREADABLE 文件打不开或不是压缩包
ZIP_TRUNCATED 压缩包不完整
ZIP_TRAILING_BYTES 压缩包末尾多出内容
ZIP_LEADING_BYTES 压缩包开头或条目之间多出内容
ZIP_OVERLAP 压缩包条目重叠
ZIP_ZIP64 压缩包使用本格式不允许的 ZIP64 结构
ZIP_ENCRYPTED 条目已加密
ZIP_COMPRESSED 条目被压缩（本格式只存储）
ZIP_SYMLINK 条目不是普通文件
ZIP_SIZE 条目大小前后不一
ZIP_HEADER 条目头与本格式不符
ZIP_HEADER_MISMATCH 两处条目头不一致
ZIP_ORDER 条目次序不对
ZIP_CRC 条目校验码不符
NAME_ILLEGAL 文件名不安全
NAME_DUPLICATE 文件名重复
NAME_CASE_CLASH 文件名仅大小写不同
FILE_MISSING 缺少文件
FILE_UNLISTED 有清单之外的文件
FILE_SIZE 文件大小与清单不符
FILE_SHA256 文件 SHA-256 与清单不符
FILE_SM3 文件 SM3 与清单不符
JSON_INVALID 数据文件无法解析
JSON_DUPLICATE_KEY 数据文件有重复的键
JSON_NOT_CANONICAL 数据文件不是规范写法
MALFORMED 数据内容不合格式
FORMAT_UNKNOWN 本程序不认识的格式版本，请用更新的核验程序
SUMS_MISMATCH SHA256SUMS 与文件不符
LIST_MISMATCH 电子数据清单与文件不符
PAPER_MISMATCH 文书所印的与数据不一致
PAPER_UNREADABLE 文书的文字读不出来
IDENTITY_MISMATCH 各文件所载的包号、案件或对象不一致
CUSTODY_HASH 保管记录被改动
CUSTODY_LINK 保管链断开
CUSTODY_ORDER 保管记录次序不对
CUSTODY_TIME 保管记录时间不合理
CUSTODY_HEAD 保管链末端与清单不符
CUSTODY_NO_CAPTURE 抓取没有对应的保管记录
CUSTODY_MISMATCH 抓取与保管记录所载不符
WARC_GZIP 归档压缩数据损坏
WARC_TRUNCATED 归档不完整
WARC_TOO_LARGE 归档记录过大
WARC_MALFORMED 归档记录不合规范
WARC_DIGEST 归档记录与自带摘要不符
WARC_DIGEST_MISSING 归档记录缺少 SHA-256 摘要
WARC_UNCLAIMED 归档里有未说明的响应
CAPTURE_NOT_IN_WARC 抓取在归档中找不到
CAPTURE_MISMATCH 抓取说明与归档不符
CAPTURE_HOST 主机名与网址不符，或不是规范写法
ARTEFACT_MISMATCH 附件与抓取说明不符
STAMP_DIGEST 固证时间戳与保管记录不符
STAMP_MISSING 固证时间戳缺失
STAMP_LATE 固证时间戳晚于抓取过久
STAMP_QUEUED 部分抓取当时尚未加盖时间戳
SEAL_MANIFEST 签名所指的清单不是这一份
SEAL_ALGORITHM 签名算法不被接受
SEAL_SIGNATURE 签名不成立
OFFICE_MISMATCH 清单所称的单位不是签名密钥登记的单位
KEY_UNKNOWN 签名密钥不在可信名录中
KEY_EXPIRED 签名时密钥不在有效期内
KEY_REVOKED 密钥已吊销
BUNDLE_MISMATCH 批次清单与所含证据包不符
PACKET_INVALID 批次内有证据包无效
PACKET_UNKNOWN 批次内有证据包无法判断
REDACTION_MISMATCH 遮盖本与其原件不对应
ORIGINAL_NOT_GIVEN 未提供原件，只核对了遮盖本自身
APPROVALS_MISSING 审批签名不足
APPROVAL_SIGNATURE 审批签名不成立
APPROVAL_TIME 审批时间早于封装
HEAD_MISMATCH 保管链与第二单位登记的不同
HEAD_MISSING 第二单位的登记里没有本包所在的一批
TRUST_MISSING 未提供可信名录（--trust）
TRUST_INVALID 可信名录无法读取
NO_CRYPTO 本机没有 cryptography 也没有 openssl
TIMESTAMP_MISSING 应有的封装时间戳缺失
TIMESTAMP_QUEUED 封装时时间戳尚未取得
TOKEN_INVALID 时间戳无法解析
TOKEN_UNSIGNED_BYTES 时间戳中不受签名保护、不影响结论的字节与通常写法不同
TOKEN_PARSER 本程序解析不了这种时间戳，由 openssl 核验通过
TOKEN_REFUSED 时间戳机构拒绝了请求
TOKEN_IMPRINT 时间戳盖的不是这份数据
TOKEN_SIGNATURE 时间戳签名不成立
TOKEN_CERTIFICATE 时间戳证书不合格
TOKEN_ACCURACY 时间戳精度不够
TOKEN_TIME 时间戳时间与所载时间矛盾
TOKEN_FUTURE 时间戳晚于本机时间，请核对本机时钟
TOKEN_UNSUPPORTED 时间戳所用算法本程序不支持
TSA_NO_ROOTS 可信名录中没有时间戳机构根证书
TSA_UNTRUSTED 时间戳机构不在可信名录中""".splitlines()
)


MALFORMED = (
    *(KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError, EOFError),
    csv.Error,
)
"""What reading a value of another form than this format has ends in."""


class Finding(Exception):
    """Why a check is not passed: a stable reason code and what it is about."""

    status = "bad"

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


class Unknown(Finding):
    """Neither passed nor failed: what would be needed to judge is not here."""

    status = "unknown"
