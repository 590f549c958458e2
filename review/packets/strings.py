"""Chinese sentences of the packets: what every paper says whoever it goes to."""

from __future__ import annotations

from typing import NamedTuple

DRAFT = "草稿：须由两名以上承办人员核对、签名，经审批并加盖公章后发出"
MACHINE_SCORE = "机器评分仅供参考，只用于排序；本件结论以人工复核为准。"
UNCONFIRMED_LAW = "（条文待核）"
TO_SUPPLY = "（待补充，由{supplier}提供）"
CONFIRMED = "属实"
SITE, LISTING = "网站", "网络商品信息"
AXES = {"impersonation": "仿冒", "selling": "售假"}
LEVELS = {"flag": "立案", "watch": "观察", "clear": "未见异常"}
ORIGINS = {"crawl": "程序访问", "browser": "浏览器访问", "import": "人工导入"}
PROFILES = {"desktop": "电脑访问", "phone": "手机访问（自搜索引擎进入）"}
LIMITS = (
    "本件能够说明：所附材料由所列程序在所列时间、从所列网址取得，取得后未被改动。",
    "本件不能证明：网站的实际经营者身份；网页在其他时间、对其他访问者呈现的内容；页面所称证书的真伪。",
    "访问均为公开访问，未绕过登录或技术措施，未购买商品，未侵入系统。",
    "本件是线索和固定的材料，不是认定结论；需要作为证据使用的，请按下列步骤由执法人员重新提取。",
)
RECIPE = (
    "由两名执法人员在干净的系统环境中校对时间，记录本机出口地址，全程录像。",
    "在浏览器地址栏输入本件所列网址（国际化域名以 xn-- 形式为准），按“访问方式”一栏选择电脑或手机访问。",
    "保存整页截图和网页源文件，计算并记录其 SHA-256 值，与本件所列逐项比对，记录相同与不同之处。",
    "网页已变更或无法访问的，如实记录，并以本件所附归档为线索向接入服务单位调取。",
)
RECORD_STEPS = (
    "程序按计划或线索向所列网址发出公开访问请求，经统一出口连接，记录所连服务器地址。",
    "收到的响应原样写入网页归档（WARC），同时计算 SHA-256 值；写入完成后登记保管链，每条记录与前一条以摘要相连。",
    "每批记录以其摘要向时间戳机构申请时间戳；当时不能取得的，标明“待补”。",
    "浏览器固证时保存整页截图、渲染后的网页和单文件网页，逐一计算 SHA-256 值。",
)
ROLES = {
    "document": "文书",
    "list": "清单",
    "capture": "抓取说明",
    "findings": "识别与复核结果",
    "archive": "网页归档",
    "screenshot": "整页截图",
    "dom": "渲染后的网页",
    "mhtml": "单文件网页",
    "artefact": "附属信息",
    "custody": "保管链",
    "stamps": "时间戳登记",
    "stamp": "时间戳",
    "law": "法律依据",
    "tool": "核验程序",
}
FORMATS = {"gz": "WARC 1.1（gzip）", "json": "JSON", "jsonl": "JSON Lines", "tsr": "RFC 3161", "py": "Python"}
LIST_COLUMNS = ("序号", "名称", "类别", "文件格式", "字节数", "生成时间", "来源网址", "SHA-256", "SM3")
FIELD_MISSING = "证据包缺少必需的内容，未生成。{agency}的《{document}》需要：{missing}"
FIELD_MISSING_ITEM = "{label}（{id}），可由{supplier}提供"
HOW_TO_VERIFY = """如何核验本证据包
================

本包由{office}生成，编号 {packet_id}。核验在断网的电脑上即可进行，不改动任何文件。
核验所用的“可信名录”（keys.json 和 tsa 目录下的根证书）必须从包外取得：请向发件单位以公文、电话等另一途径索取，
不要使用与本包一同收到而未经核对的名录。

一、用核验程序（推荐）
  需要 Python 3.8 及以上，不需要安装其他软件。核验程序请以从发件单位另行取得的为准，包内 verify.py 供参考。
    python verify.py {packet_id}.zip --trust 可信名录目录
  逐项显示“通过 / 不符 / 未定”，最后给出结论：有效、无效、无法判断；对应的退出码为 0、1、2。
  本机没有 cryptography 也没有 openssl 时，只有签名与时间戳两类显示“未定”，其余各项照常判断。

二、不用核验程序
  解压后，在解压目录中：
  1. 文件摘要（Linux、macOS）：        sha256sum -c SHA256SUMS
     Windows 逐个计算：                certutil -hashfile 文件名 SHA256
  2. 单位签名：  openssl pkeyutl -verify -pubin -inkey 公钥.pem -rawin -in manifest.json -sigfile 签名
     （签名为 seal.json 中 sig 一项经 base64 解码所得）
  3. 封装时间戳（有 seal.tsr 时）：    openssl ts -verify -data seal.json -in seal.tsr -CAfile 时间戳根证书.pem
  4. 网页归档：                        warcio check archive/data.warc.gz
     warcio 不能发现截断和缺少摘要，结论以第一种方法为准。

三、各文件的含义
  manifest.json 列出每个文件的大小、SHA-256、SM3；seal.json 是单位对 manifest.json 的签名；
  capture.json 说明每次访问的网址、时间、服务器地址；archive/data.warc.gz 是访问所得的原始数据；
  custody.jsonl 是从抓取起的保管链；stamps 目录是抓取当时的时间戳；findings.json 是识别与复核结果。
  本包{timestamp}。
"""
TIMESTAMPS = {
    "required": "封装时已取得时间戳",
    "queued": "封装时未能取得时间戳，核验结论为“无法判断”，可要求发件单位补盖",
}


class Column(NamedTuple):
    """One column of the 台账; those that are not ours are filled in by the recipient."""

    heading: str
    width: int
    ours: bool = True


LEDGER_SHEET, LEDGER_ANSWERS, LEDGER_FONT, LEDGER_GOES_ON = "移送台账", "处理结果选项", "宋体", "（续）"
LEDGER_FOREIGN = "不是本程序生成的移送台账（工作表“移送台账”及其表头须保持原样）"
LEDGER = {
    "number": Column("序号", 6),
    "case": Column("案件编号", 11),
    "packet": Column("证据包编号", 16),
    "subject": Column("对象", 30),
    "title": Column("标题", 24),
    "class": Column("涉嫌类别", 14),
    "imitates": Column("被假冒的单位", 14),
    "url": Column("网址", 36),
    "measures": Column("商请事项", 36),
    "first_seen": Column("首次发现（北京时间）", 20),
    "last_seen": Column("最近发现（北京时间）", 20),
    "decided": Column("复核结论", 14),
    "manifest": Column("证据包清单 SHA-256", 34),
    "received_by": Column("签收人", 10, False),
    "received_at": Column("签收时间", 14, False),
    "result": Column("处理结果", 16, False),
    "answer": Column("处理情况说明", 30, False),
    "answered_at": Column("反馈时间", 14, False),
}
LEDGER_HEAD = "移送台账（{bundle}）"
LEDGER_ABOUT = (
    "移送单位：{office}    收件单位：{recipient}    移送件：{referral}    共 {count} 件    "
    "灰色栏由移送单位填写，黄色栏请收件单位填写后退回"
)
