"""Chinese sentences of the packets: what every paper says whoever it goes to."""

from __future__ import annotations

from typing import NamedTuple

DRAFT = "草稿：须由两名以上承办人员核对、签名，经审批并加盖公章后发出"
MACHINE_SCORE = "机器评分仅供参考，只用于排序；本件结论以人工复核为准。"
UNCONFIRMED_LAW, UNCONFIRMED_SHORT, STATE = "（条文待核）", "（待核）", "中华人民共和国"
CITED = "依据全称："
IN_LIST = "清单第 {numbers} 项"
TO_SUPPLY = "（待补充，由{supplier}提供）"
CONFIRMED = "属实"
WAY_IN = "在{engine}中查找“{query}”，第 {rank} 条（{kind}）"
HIT_KINDS = {"ad": "推广", "card": "卡片", "organic": "自然结果"}
DOMESTIC, OVERSEAS, UNKNOWN = "境内", "境外", "不详"
SITE, LISTING = "网站", "网络商品信息"
SEEN = "首次 {first}，最近 {last}"
SHARED = "{name} {shown} 另见于 {others}"
COUNTED = "本系统已发现 {count} 个（{listed}），未必是全部"
COUNTED_ORGAN = "系统识别为冒用{imitates}名义，须由承办人员核定"
CONTACTS = {
    "phone": "电话",
    "wechat": "微信",
    "qq": "QQ",
    "email": "邮箱",
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "shop": "店铺",
    "payment": "收款账户",
    "account": "公众号",
    "dingtalk": "钉钉",
    "wecom": "企业微信",
    "certificate": "证号",
    "other": "其他",
}
RECHECK_STALE = (
    "证据包未生成。{agency}要求在 {hours} 小时内复查过仍可访问，{case} 最近一次是 {at}："
    "运行 zhengshao capture 重新访问，或用 zhengshao case fact {case} recheck_at 登记人工复查时间。"
)
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
    "network": "域名解析和注册信息",
    "genuine": "官方网页截图",
    "papers": "文书内容",
    "targets": "处置对象清单",
    "packet": "证据包",
    "seal": "封装",
    "custody": "保管链",
    "stamps": "时间戳登记",
    "stamp": "时间戳",
    "law": "法律依据",
    "tool": "核验程序",
    "replay": "重放用归档",
    "redactions": "遮盖登记",
}
FORMATS = {
    "gz": "WARC 1.1（gzip）", "json": "JSON", "jsonl": "JSON Lines", "tsr": "RFC 3161", "py": "Python",
    "wacz": "WACZ 1.1.1", "cmd": "批处理",
}  # fmt: skip
LIST_COLUMNS = ("序号", "名称", "类别", "文件格式", "字节数", "生成时间", "来源网址", "SHA-256", "SM3")
OFFER = "{platform} 商品 {item}"
HOST_BOTH = "{ascii}（中文形式：{unicode}）"
FIELD_MISSING = (
    "证据包缺少必需的内容，未生成。{agency}的《{document}》需要：{missing}。"
    "登记办法：zhengshao case fact {case} {field} 内容 --source 来源；人工复核结论用 zhengshao case decide。"
)
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

二、只有 Windows 自带的软件
  把本包全部解压到一个文件夹，双击“核验.cmd”：逐个计算文件的 SHA-256，与 SHA256SUMS 比对，列出不符、缺少、多出的文件，
  并显示 manifest.json 的 SHA-256，供与纸质函件或者发件单位电话告知的值核对。也可以逐个计算：
    certutil -hashfile 文件名 SHA256
  这一步能发现改动，不能判断是谁签的名、何时盖的时间戳。

三、用别人的软件逐步核验（Linux、macOS）
  解压后进入解压目录，逐条执行（“密钥编号”见 seal.json 的 key_id）：
  1. 文件摘要
    sha256sum -c SHA256SUMS
  2. 单位签名（Ed25519；签名是 seal.json 中的 sig 一项）
    sed -n 's/.*"sig":"\\([^"]*\\)".*/\\1/p' seal.json | openssl base64 -d -A -out ../seal.sig
    openssl pkeyutl -verify -pubin -inkey 可信名录目录/keys/密钥编号.pem -rawin -in manifest.json -sigfile ../seal.sig
     国密 SM2 签名的，第二条命令末尾加：-digest sm3 -pkeyopt distid:1234567812345678
  3. 封装时间戳（有 seal.tsr 时）
    cat 可信名录目录/tsa/*.pem > ../roots.pem
    openssl ts -verify -data seal.json -in seal.tsr -CAfile ../roots.pem
  4. 网页归档（warcio 不能发现截断和缺少摘要；wacz 不核对签名；结论以第一种方法为准）
    warcio check archive/data.warc.gz
    wacz validate -f site.wacz

四、各文件的含义
  manifest.json 列出每个文件的大小、SHA-256、SM3；seal.json 是单位对 manifest.json 的签名，seal.tsr 是它的时间戳；
  capture.json 说明每次访问的网址、时间、服务器地址；archive/data.warc.gz 是访问所得的原始数据；site.wacz 供重放浏览；
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


class Named(NamedTuple):
    """A kind of paper: its file name without number and ending, and the title it prints."""

    file: str
    title: str


PAPERS = {
    "record": Named("电子数据提取笔录（草稿）", "电子数据提取笔录（草稿）"),
    "list": Named("电子数据清单", "电子数据清单"),
    "targets": Named("处置对象清单", "处置对象清单"),
    "feedback": Named("反馈单", "处置情况反馈单"),
    "handover": Named("移交单及回执", "移交单及回执"),
    "jurisdiction": Named("管辖和违法事实", "管辖和违法事实表"),
    "platform": Named("协助调取函（草稿）", "关于协助提供有关信息的函（草稿）"),
    "thresholds": Named("情节要素统计表", "情节要素统计表"),
    "helpers": Named("服务提供者及证据保全清单", "服务提供者及证据保全清单"),
    "report": Named("调查报告（草稿）", "调查报告（草稿）"),
    "goods": Named("涉案物品清单", "涉案物品清单"),
    "opinion": Named("提请认定函（草稿）", "关于提请出具认定意见的函（草稿）"),
    "others": Named("其他材料清单", "其他材料清单"),
}
NO_SUCH_PAPER = "agencies/*.toml 的 documents 里写了 {kind}，但没有这种文书"
NUMERALS = "一二三四五六七八九十"
BASICS, GROUNDS, REVIEWED, HARM, LAW, PROVES = (
    "基本情况", "识别依据", "人工复核", "危害", "法律依据", "材料的证明范围",
)  # fmt: skip
LETTER_ANNEXES = ("抓取情况和截图", "手工重新提取步骤")
ANNEX = "附件{number}"
DECIDED = "{at}，{actor}复核结论：{what}。{reason}"
SIGNING = "拟稿与签批"
SIGNERS = ("承办人一", "承办人二", "复核人", "批准人", "联系电话", "拟稿时间")
CHAIN, COPIES, NONE, PACKET, CASE, HEAD, EARLIER = (
    "报送链条", "抄送", "无", "证据包编号", "案件编号", "保管链末端", "此前移送和证据包",
)  # fmt: skip
OPENED = "{at} 立案（{by}）"
CUSTODY_HEAD = "第 {seq} 条 {hash}"
CUSTODY_LINE = "第 {seq} 条"
SEAL_HERE, DATE_BLANK = "{office}（印章）", "　　年　　月　　日"
MARKED, CAMPAIGN, FETCHED = "原文标注", "关联情况", "抓取情况"
MARKED_CAPTION = """网页图片（{capture} 第 {number} 张）：{url}，{at}。红框为程序识别出的文字所在处：“{quotes}”。\
红框系另行标注，归档内为原图。"""
SUSPECT_CAPTION = "涉嫌违法网页：{url}，{at}，清单第 {number} 项 {file}（仅示上部，全图见证据包）"
GENUINE_CAPTION = "官方网页：{name} {url}，{at}，{file}（仅示上部）"
FILE_TABLE_HEAD = ("序号", "名称、类别、格式、大小", "生成时间、来源网址", "SHA-256 / SM3")
RECORD_SUMS = "所提取的电子数据见《电子数据清单》，共 {count} 项，逐项列明 SHA-256 和 SM3 校验值。"
RECORD_SIGNERS = ("提取人一", "提取人二", "见证人（无则注明原因）", "持有人（无则注明原因）", "复核人", "单位（印章）")
LIST_HEAD = "证据包 {packet}，电子数据共 {count} 项。"
LIST_SIGNERS = ("提取人一", "提取人二", "见证人（无则注明原因）", "日期")
TARGET = "（{number}）{name}"
MEASURES, COLLATERAL = "商请措施", "附带影响"
MEASURE_HEAD = ("措施", "实施单位", "内容")
UNITS = {"url": "网址", "path": "域名下的路径", "host": "主机名", "domain": "域名"}
NEIGHBOURS = (
    "本系统在同一服务器地址上另见到不属于本件的主机 {count} 个：{hosts}。按服务器地址处置会波及它们，不宜采用。"
)
OR_MORE = " 以上"
NO_NEIGHBOURS = "本系统未在同一服务器地址上见到其他主机；不表示没有，按服务器地址处置前须由技术支撑单位核查。"
NARROWEST = (
    "处置范围以所列处置单位为限；共用地址、内容分发或托管平台的，请以网址、路径或主机名为单位，避免影响正常网站。"
)
MACHINE_LISTS = (
    "供机器读取的清单见证据包 lists 目录：targets.csv、targets.json、targets.rpz（DNS 响应策略区）、"
    "targets.stix.json（STIX 2.1）。"
)
DUE = "自移送之日起 {days} 个工作日内"
FEEDBACK_HEAD = ("序号", "处置对象", "商请措施", "实际措施及时间", "结果")
RESULTS = "结果选项：{results}"
FEEDBACK_SIGNERS = ("收件单位", "签收人、时间", "填报人", "联系电话", "填报时间", "单位（印章）")
REPROBE, REPROBE_HEAD = "来函单位复测（两个以上网络）", ("对象", "时间、网络一", "时间、网络二", "结果")
HANDOVER_HEAD = ("序号", "材料名称", "备注")
EVIDENCE_SUM = "电子数据（证据包）共 {count} 项"
HANDOVER_SIGNERS = ("移交人一", "移交人二", "接收人", "移交时间")
RECEIPT = "回执"
RECEIPT_TEXT = "{office}：你单位移送的证据包 {packet} 及所附材料收悉。"
RECEIPT_ROWS = ("签收人、签收时间", "受理情况", "处理结果", "联系人及电话")
JURISDICTION = (
    "平台内经营者由其实际经营地市场监督管理部门管辖，自建网站由其住所地管辖，平台经营者住所地先行发现的也可以管辖"
    "（《市场监督管理行政处罚程序规定》第十条，条文待核）。以下事实供确定管辖，未知的须查清。"
)
CONDUCT_HEAD = ("行为", "事实和原文", "可供适用的依据")
CONDUCT_NOTE = "依据由系统按行为类别列出，是否适用由办案人员决定。"
PLATFORM_TO = "{name}（平台经营者）"
PLATFORM_OPENING = "为查处网络售假行为，根据{law}等规定，请协助提供下列商品、服务和经营者的信息，并先行保全，避免灭失。"
PLATFORM_RECORDS = (
    "经营者的真实名称、统一社会信用代码或者身份信息、住所、联系方式、实名认证材料。",
    "店铺和所列商品的发布、修改、下架记录，历次页面快照。",
    "自上架以来的交易记录：时间、数量、金额、支付和收款账户、收货地、物流单号。",
    "与所列商品有关的站内聊天记录、评价、投诉和处置记录。",
    "登录日志：时间、地址、设备标识。",
)
PLATFORM_CLOSING = "请于收到之日起十个工作日内书面答复，加盖公章，并附电子数据及其校验值。"
THRESHOLDS = (
    "各项由人工核定；“不详”是允许的填法，不得推定。系统所计只是本系统见到的数量，是下限。"
    "条文和数额以现行有效文本为准，未经核对的标明待核。"
)
THRESHOLD_HEAD = ("要素", "标准", "现有情况", "依据")
NOT_KNOWN = "不详（可由{supplier}查明）"
NOTICE = "经监管部门告知后仍然提供帮助的，可作为认定明知的情形（{law}）。每次告知的凭证请随案移送。"
HELPER_HEAD = ("类别", "单位", "告知时间和凭证")
NOT_NOTICED = "未告知或无记录"
PRESERVE_HEAD = ("向谁调取", "调取内容", "保存期限", "依据")
PRESERVE = "以上期限届满后记录可能灭失，请尽快办理调取或者协助保全手续。"
FOUND_ELSEWHERE = "{at}，{office}核查{by}时发现线索并立案，编号 {case}。网页内容由程序固定，经人工复核属实。"
FOUND = "{at}，{office}在“{by}”夜间监测中发现线索并立案，编号 {case}。网页内容由程序抓取并固定，经人工复核属实。"
FACT_HEAD = ("时间（北京时间）", "事实", "证据")
FACT_SEEN = "访问 {url}，响应状态 {status}，网页标题“{title}”。"
PROPOSAL = "（由承办人员填写：是否移送、移送依据、对涉案网站的处置建议。）"
REPORT_SIGNERS = ("执法人员一", "执法人员二", "负责人", "日期")
NO_GOODS = "无实物；电子数据见附件"
SEE_LIST = "见《电子数据清单》"
GOODS_HEAD, GOODS_NOTE = ("序号", "名称", "数量", "备注"), "如后续查获证件、印章、设备等实物，另行登记补充。"
ISSUER = "发证机关"
OPINION_OPENING = (
    "{office}在监测中发现下列{kind}涉嫌{cls}。因办案需要，提请贵单位就下列问题出具书面认定意见，并加盖公章。"
)
OPINION_QUESTIONS = (
    "所列网站是否由贵单位主办、授权或者委托运行。",
    "所列网页展示或者可查询的证书是否由贵单位核发，编号规则是否相符。",
    "所列网页使用的名称、标识、印章图样是否经贵单位许可。",
)
OPINION_REPLY, OPINION_ROWS = "认定意见（由发证机关填写）", ("认定意见", "认定单位（印章）", "经办人、时间")
OTHERS_HEAD = ("序号", "材料", "说明")
OTHERS_NOTE = "平台答复、告知凭证等收到后逐件登记，其校验值记入保管链，并补充到本清单。"
THIS_PACKET, NOTICE_PROOF, ISSUER_REPLY = "证据包", "告知{label}的凭证", "发证机关认定意见"
BATCH, BATCH_ANNEXES = "移送批次", ("移送台账", "各案件证据包（目录 packets）", "回执")
CONTENT, QR_CAPTION = "移送内容摘要", "移送件编号和内容摘要"
BATCH_SUM = "本批共 {count} 件：{listed}。各件的事实、证据和识别依据见各证据包内的文书。"
BATCH_HEAD = ("序号", "案件编号", "对象", "涉嫌类别", "证据包编号")
BATCH_EACH = "每一处置对象适用的措施、最小处置范围和附带影响，以其证据包内的文书为准。"
BATCH_SEALED = ("序号", "证据包编号", "封装清单（manifest.json）SHA-256")
BATCH_RECEIPT = ("序号", "对象", "签收", "处理措施及时间", "结果")
BATCH_DUE = "请在 {receipt} 个工作日内签收，{feedback} 个工作日内逐件反馈；也可填写移送台账中的黄色栏后退回。"
CAMPAIGN_HEAD = "团伙 {label}，已知对象 {count} 个："
CAMPAIGN_CAPTION = "团伙 {label} 关系图：左为对象（标色者为本件），右为其共有的内容"
MEMBER_HEAD, TIE_HEAD = ("对象", "案件"), ("关联", "值", "对象", "同值对象数")
CAMPAIGN_NOTE = "同值对象数越少，关联越有力；关联由系统按公开页面上的相同内容得出，须由办案人员核实。"
NAME_LABELS = (
    "姓名", "持证人", "持证人姓名", "证书持有人", "持有人", "学员", "学员姓名", "考生", "考生姓名", "被查询人",
    "当事人", "收件人", "收货人", "申请人", "报名人", "投诉人", "举报人",
)  # fmt: skip
MASKING_RULES = (
    "本件为流转用遮盖本，由遮盖后的数据重新生成，不是在原件上覆盖；原件另行封存、加密移交。",
    "身份证件号码、证书编号保留前六位和后四位；手机号码保留前三位和后四位；姓名保留姓氏。",
    "经营者自己的联系方式是线索，不遮盖；其他人的联系方式遮盖。",
    "姓名按其前面的标签（姓名、持证人等）或前后用语（我叫、客户、女士等）识别，在全部文字中遮盖；其他写法的姓名可能未被识别。",
    "截图重新编码；逐行识别文字后遮盖含个人信息的行；不能识别文字的，整幅处理为不可辨认。",
    "本程序没有人脸识别功能：颜色和纹理与肤色相近的区域一律遮盖，可能多遮；黑白照片可能漏遮，须人工复核。",
    "网页归档、渲染后的网页、单文件网页和保管链不随本件流转。",
)
CHECK_SHEET = """遮盖本人工复核单（本单位留存，不随件流转）
遮盖本：{copy}（原件 {packet}）

程序不认人脸，也认不全姓名。发出之前，请两个人分别看过，逐项打勾。

一、逐张打开截图，看有没有漏遮的姓名、证件、头像
{pictures}

二、下列文字可能是姓名，程序没有遮盖；是姓名的，退回处理，不要发出
{names}

三、通读全部文书（{papers}），重点看摘录、判断理由和补填的事实

复核人：            日期：            复核人：            日期：
"""
CHECK_PICTURE = "□ {path}：遮盖文字 {text} 处、疑似人脸 {face} 处"
CHECK_WHOLE = "□ {path}：整幅处理为不可辨认（本机没有文字识别）"
CHECK_NAME = "□ {name}　　……{around}……"
CHECK_NONE = "（没有）"
CHECK_FILE = "{stem}-人工复核单.txt"
MASKED_PICTURE = "截图中的个人信息"
MASKED_VALUE = "文字中的个人信息"
LEAK = "遮盖本未生成：{path} 中仍可读出应遮盖的内容，请人工处理该项后再试"
LOCKED = """证据包原件（加密）
=================
原件：{packet}
加密后的文件：{locked}
原件 SHA-256：{plain}
原件中 manifest.json 的 SHA-256：{manifest}

如何打开
{how}
打开后先核对上面的原件 SHA-256，再按包内“03_如何核验”核验签名与时间戳。
"""
OPEN_BY_WORD = """  Windows：把本文件夹中的文件放在一起，双击“打开原件.cmd”，输入另行告知的口令。
  其他系统：openssl enc -d -aes-256-cbc -pbkdf2 -iter {iterations} -md sha256 -in 加密后的文件 -out 原件.zip
  口令不与本件一同传递。"""
OPEN_BY_CERTIFICATE = """  Windows：在装有本单位证书和私钥的电脑上，双击“打开原件.cmd”。
  其他系统：openssl cms -decrypt -inform DER -in 加密后的文件 -inkey 私钥.pem -out 原件.zip"""
NOT_ITS_ORIGINAL = "遮盖本未生成：{packet} 中没有 {path}，它不是由现存的这些材料生成的"
