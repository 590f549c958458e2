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
    "packets": "移送",
}

VERDICT_TOLD = "  {axis}：{level} · {cls}{whom}（{score:.2f}）"
VERDICT_WHOM = "，冒用 {whom}"
ALIKE = "（另有 {count} 处同类）"
REASON_TOLD = "    · {reason}  {quotes}"
CAPTURES_TOLD = "取证 {labels}"
DECIDED = "{case}：{decision}"
NAMED = "{name}：{value}"
CONTACT_TOLD = "  {kind}：{value}（{quote}）"
REMARKED = "{name}（{remark}）"
QUOTED_CAUSE = "没有完成，原话如下：\n  {said}"
"""What a library, another program or a lower floor says in English is quoted below a Chinese line, never within it."""

ADVICE = {
    "failed": "{source} 一页也没有取到（{reason}）：检查网络、出口或该来源的地址。",
    "blocked": "{source} 有 {count}/{pages} 页被验证码或防火墙拦下，不能当作“没有发现”：改用 SearXNG 或由人工导入。",
    "login": "{source} 有 {count}/{pages} 页要求登录：请由分析员登录浏览后导入。",
    "undecodable": "{source} 有 {count}/{pages} 页无法解读：版式可能已改，运行 zhengshao source check。",
    "partial": "{source} 有 {count}/{pages} 页内容不全：结果可能有遗漏。",
    "errors": "{source} 有 {count} 次访问失败（{reason}）：结果可能有遗漏。",
    "no_rows": "{source} 的页面有结果却一条也没读出：版式可能已改，运行 zhengshao source check。",
    "coverage": "{source} 每页只读出 {now:.1f} 条，平时为 {before:.1f} 条：版式可能已改，运行 zhengshao source check。",
    "web": "网站抓取有 {count} 项没有完成（{reason}）：再运行一次同样的命令即可继续。",
    "web_silent": "{count} 次网站访问全部失败（{reason}）：不是网站都关了，先检查网络、域名解析和出口。",
    "no_browser": "{count} 项浏览器取证没有浏览器可用，这些页面没有截图：运行 zhengshao doctor 查看缺什么。",
}

DRIFT = {
    "no_rows": "{source} 有 {pages} 页显示有结果却一条也没读出，见 {capture}：版式可能已改，"
    "运行 zhengshao source check {source}。",
    "unknown_layout": "{source} 有 {pages} 页认不出版式，见 {capture}："
    "修改配置后用 zhengshao source check {source} 重放。",
    "other_layout": "{source} 有 {pages} 页改用版式“{what}”，见 {capture}：请核对读出的内容。",
    "field": "{source} 的“{what}”只有 {now:.0%} 的条目读出，近 14 天中位数为 {before:.0%}，见 {capture}："
    "运行 zhengshao source check {source}。",
}
"""By kind of finding (crawlers/drift.py)."""

DB_UPGRADED = "数据库已就绪：{data}"
DB_BACKED_UP = "已备份到 {directory}；所需归档卷 {volumes} 个，共 {bytes} 字节（archive/ 与 blobs/ 请另行复制）。"
DB_RESTORED = "已恢复到 {data}；请运行 zhengshao verify audit 核对。"
AUDIT_FINE = "存储、归档与保管链一致。"
AUDIT_PROBLEMS = "发现 {count} 处不一致。"
IMPORTED = "{file}：入库 {captures} 页，已有 {known} 页，线索 {tips} 条，问题 {damaged} 处"
IMPORT_ALREADY = "{file}：{at}（UTC）已导入过同一文件，没有变化"
IMPORT_DAMAGED = "  {reason}"
IMPORT_MORE = "  另有 {count} 处没有列出"
IMPORT_REFUSED = "未导入：{reason}"
IMPORT_PROVENANCE = "来源{words}"
PREVIEW_TITLE = "{file}（{format}）"
PREVIEW_COLUMN = "  第 {number} 列 {header} → {field}（{how}）  例：{samples}"
PREVIEW_FIELDS = {
    "url": "网址",
    "title": "标题",
    "platform": "平台",
    "seller": "卖家",
    "price": "价格",
    "place": "地点",
    "text": "内容",
    "channel": "渠道",
    "reference": "编号",
    "reported_at": "时间",
    "personal": "举报人信息，不读取",
    "ignored": "不读取",
    "": "不读取",
}
PREVIEW_HOW = {"header": "按表头", "map": "按 --map", "content": "按内容", "": "认不出"}
PREVIEW_COUNTS = "  网页 {pages} 个，网址 {links} 条{more}"
PREVIEW_MORE = "（只看了开头）"
PREVIEW_NOTHING_WRITTEN = "  预览，什么都没有写入；列不对时用 --map 列名=项目 改正"

DEMO_ACTOR = "演示分析员"
DEMO_CONFIRM = "与练习网的真实情况一致"
DEMO_EXCLUDE = "练习网的真实情况表明并无违法"
CHILD_DIED = "{name} 异常结束（{how}）：证据已收好，没做完的任务留在计划里；详情见 {log}"
CHANGES = {"opened": "新立", "refreshed": "更新", "reopened": "重开", "unchanged": "无变化"}
OUTCOMES = {"found": "查获", "missed": "漏掉", "accused": "冤枉"}
VERIFIED = {"valid": "有效", "invalid": "无效", "unknown": "无法判断"}
DEMO_NEXT = """证据包在 {data}/packets，核验所需的公钥和时间戳根证书在 {data}/trust。接下来可以试试：
  zhengshao packet verify {packet} --trust {data}/trust
  zhengshao case list --data {data}
  zhengshao case show A-000001 --data {data}
  zhengshao serve --data {data}          审核台，账号 {username}，口令 {password}
案件已按真实情况逐件决定，“待办”是空的。要试办一件，先重新打开它：
  zhengshao case decide A-000001 reopen --reason 练习 --data {data}"""
DEMO_PERSON = "演示人员"
SOURCES_WAIT = "有来源要求稍后再来，等 {seconds:.0f} 秒"
FOLLOWING = "追查 {count} 条线索（二维码、短链接、内页）"
PACKETS_BUILT = "{count} 个证据包已生成并核验"
NETWORK_PAUSED = "{name} 期间网络中断，共等待 {count} 次后继续，任务没有丢失：请检查网络、域名解析和出口"
CHILD_DIED_SHORT = "抓取程序 {name} 没有正常结束"
SOURCE_WRONG = "来源 {source} 判为{said}，实际应为{true}"
PACKET_WRONG = "证据包 {packet} 核验结果：{said}"
NEVER_SEEN = "没有抓到"
SEEN_AS = "抓到了，判为{level}"
ALL_EMPTY = "{source} 的 {pages} 页全说没有结果，而别的来源有：可能被限制，请人工看一眼。"
FOREIGN_PACKET = "{path} 不是本程序生成的证据包（{error}）：请移出该目录"
NOT_CONFIRMED = "{case} 的状态是“{state}”：只有人工复核属实的案件才能移送，先运行 zhengshao case decide {case} confirm"
NOT_READ = "读不到 {path}（{cause}）"
PARSED = "{source}：{state}，结果 {count} 条"
DEVICE_SIGNS = "[sign] command 由设备签名：请在 [sign] public_key_file 写上设备的新公钥，生成下一个证据包时登记。"
KEY_USES = {"seal": "签封", "approve": "审批"}
KEY_LISTED = "{key}  {alg}  {use}  {begins} – {ends}  {who}{revoked}"
KEY_REVOKED = "  已吊销 {at} {reason}"
KEY_REVOKED_NOW = "密钥 {key} 已吊销：请运行 zhengshao trust export DIR，把新的可信名录交给核验方。"
TOO_FEW_ROWS = "学习材料不够：至少要两个来源（family），既有售假的也有正常的；请给出带 is_selling 的 JSON Lines。"
TOO_FEW_CLASSES = "学习材料不够：售假的行至少要有两个来源（family）、两个类别；请给出带 class 的 JSON Lines。"
NO_NAMES_FILE = "读不到 {path}（{error}）：请给出一个文本文件，一行一个域名，或用 - 从标准输入读"
BROKEN_LIST = "名单文件损坏（{error}）：损坏处以前的域名已经识别，请重新下载后再试"
NO_HOST_NAME = "这一行不是域名"
BAD_CHECKPOINT = "{path} 第 {line} 行无法解读：检查点文件被改动"
UNJUDGED = "状态 {state}：这一页没能读到内容，不作结论"
NOTHING_TO_VIEW = "{case} 没有可以标注的网页：证据是商品列表或图片，见 zhengshao case show {case}"
VIEWED = "{out}：{capture} {url}，标出 {count} 处"
VIEW_FACTS = "取证 {label} · {url} · {at} · SHA-256 {sha256} · 标注版，仅供查看，原件见归档"

AUDIT_MISSING = "操作记录缺少第 {seq} 条"
AUDIT_CHANGED = "操作记录第 {seq} 条被改动"
CHECKPOINT_OFF = "{path} 中 {at} 的记录与{chain}第 {seq} 条不符：结尾被截断，或换回了旧数据库"
CHAINS = {"custody": "保管链", "audit": "操作记录"}
DOCTOR_MARKS = {True: "好", False: "缺"}
DOCTOR_NONE = "没有"
DOCTOR = {
    "browser": ("浏览器", "安装 chromium，或在 settings.toml 的 [browser] executable 写明路径；没有它，固证时没有截图"),
    "fonts": ("中文字体", "安装 fonts-noto-cjk；没有它，公文会缺字"),
    "openssl": ("openssl", "安装 openssl；收件方可用它单独核验时间戳"),
    "disk": ("磁盘", "在 {place} 腾出空间，或另选 --data 目录"),
    "store": ("数据库", "zhengshao db upgrade"),
    "unstamped": ("封装时间戳", "先逐个补盖（换密钥、吊销之后再补就是无效）：{commands}"),
    "expiry": ("允许名单", "逐条复核后在 policy.toml 更新 expires"),
}
"""What is looked at, and what to do when it is not fine."""
DISK_FREE = "{gib:.0f} GiB 可用"
STORE_LATER = "还没有，第一次运行时建立"
STORE_FITS = "版本相符"
UNSTAMPED = "{count} 个包还没有时间戳"
UNSTAMPED_MORE = " 等 {count} 个"
STAMP_COMMAND = "zhengshao packet stamp {path}"
STAMP_FIRST = (
    "密钥 {key} 封装的 {count} 个包还没有时间戳。换密钥之后再补盖，核验就是“无效”（KEY_EXPIRED）。"
    "请先补盖：\n{commands}\n不再需要这些包的，加 --leave-unstamped。"
)
UNSTAMPED_REVOKED = (
    "密钥 {key} 封装的 {count} 个包没有时间戳，吊销之后不能再补盖，"
    "请用新密钥重新生成（zhengshao packet build）：\n{paths}"
)
KEY_ENDED_BEFORE_STAMP = (
    "{path}：封装它的密钥 {key} 已于 {ended} 停用，现在补盖的时间戳会使它无效（KEY_EXPIRED、KEY_REVOKED）。"
    "请用现在的密钥重新生成：zhengshao packet build CASE --to RECIPIENT"
)
EXPIRED_ENTRIES = "{count} 条已过期"
JUDGED = "已识别 {judged} 份，预警 {flagged} 份，出错 {errors} 处；案件 {cases}"
JUDGED_LATER = "{reason} 已入库的页面由该夜间任务识别。"
VISIT_OUTCOMES = {"captured": "已取证", "refused": "出口拒绝访问", "failed": "没有取到", "": "没有完成"}
NOT_RECOVERED = "证据不完整：{problem}（请从备份恢复，再运行 zhengshao verify audit）"

NO_LABELLED_FILES = "{folder} 里没有 .jsonl 文件：给出标注文件，或放有标注文件的目录。"
NO_TRUTH = "{id} 没有标注真相：{keys} 至少要有一个是 true 或 false。"
ROWS_UNREADABLE = "{count} 行读不出或没有标注，未计入。"
ROWS_FAILED = "{id}：识别出错，结论不完整：{error}"
GOAL_FORM = "目标“{written}”写法不对：应为 recall=0.95、precision=0.98 或 fpr=0.01，可加 @分组，如 fpr@training=0。"
GOAL_MISSED = "未达目标 {goal}={bound:g}（{axis}）：实际 {value:.4f}（{part}/{whole}）。"
GOAL_NOTHING = "未达目标 {goal}：没有可以计算的行。"
GOALS_REACHED = "目标全部达到。"
NEARLY_LACKS = "规则 {rule}（{named}）：有“{quote}”，缺 {lacks}"
NEARLY_UNTIED = "规则 {rule}（{named}）：有“{quote}”，其余各项也在附近，但不属于同一句承诺"
NEARLY_HEARD = "听到：{heard}"
EVALUATION_TITLE = "总体（%，括号内为 95% 置信区间）"
EVALUATION_COLUMNS = ("名称", "行数", "级别", "查全率", "误报率", "精确率")
EVALUATION_GROUP_COLUMNS = ("名称", "行数", "查全率", "观察+", "误报率", "误报观察+")
EVALUATION_NUMBERS = {"行数", "观察+", "误报观察+", "一致"}
EVALUATION_FAULTLESS = "（另 {count} 组全对）"
EVALUATION_GROUPS = {"label": "按标签", "difficulty": "按难度", "family": "按来源"}
EVALUATION_LEVELS = {"flag": "立案", "watch": "观察+"}
EVALUATION_OUTCOMES = {"missed": ("漏掉", "yellow"), "accused": ("冤枉", "red")}
EVALUATION_CLASSES_TITLE = "类别与标注一致 {share}"
EVALUATION_CLASSES_COLUMNS = ("标注类别", "一致", "其余判为")
EVALUATION_LINES = {
    "excerpt": "原文：{told}",
    "reason": "说了：{told}",
    "nearly": "差点：{told}",
    "misnamed": "认错 {id}：应为 {imitates}，说成 {named}",
}
EVALUATION_MORE = "\n另有 {count} 条判错未列出：加 --limit，或用 --json 看全部。"

TRY_LEVELS = {"flag": "预警", "watch": "观察", "clear": "正常"}
TRY_ONE = "请给出一个词（PHRASE，可加 --as 概念），或用 --rule 给出一个 TOML 文件，二者取一"
TRY_SHORT = "“{phrase}”太短：至少 {least} 个字，否则什么都会命中"
TRY_NO_LIST = "wording.toml 的 [lists] 里没有 {{{name}}}：可用的有 {known}"
TRY_NO_CONCEPT = "wording.toml 里没有概念 {name}：--as 后写概念的 id，如 {near}"
TRY_SUM = "看了 {looked} 页，命中 {hit} 页；什么都没有保存。"
TRY_CHANGE = "  {change}：{pages} 页，{subjects} 个对象"
TRY_UNREADABLE = "{count} 页无法读取，没有计入"

# learning the manner of offers and their classes
UNKNOWN_CLASS = "行 {id} 的类别“{cls}”不在 law.toml 的类别之内，请改为其中之一：{known}"
CLASSES_LEARNT = "学习材料：{about}；字串 {strings} 个，写入 {out}\n交叉验证（整族留出）：类别与标注一致 {share:.1%}"
CLASSES_LEARNT_OF = "  {cls} {part}/{whole}"
LEARNT = (
    "学习材料：{about}；权重 {features} 项，写入 {out}\n"
    "交叉验证（整族留出）：标记线上查全 {recall_flag:.1%}、误报 {false_positive_rate_flag:.1%}；"
    "观察线上查全 {recall_watch:.1%}、误报 {false_positive_rate_watch:.1%}"
)

START_NAMES = {
    "case": "案件",
    "site": "网站",
    "listing": "商品",
    "contact": "联系方式",
    "certificate": "证书编号",
    "qr": "二维码",
}
BAD_START = "“{start}”不是可以追查的起点：应形如 {starts}"
NOT_WATCHED = "{subject} 不在观察名单上：见 zhengshao watch list。"
NOTHING_KEPT = "{subject} 的取证已按保存期限移除，没有材料可以立案：先重新取证（zhengshao capture 网址），或暂不处理。"
ONLY_TIED = "与属实案件同一联系方式"
ONLY_TIED_REASON = "内容本身未见异常，但出现了属实案件的联系方式"
SET_ASIDE_UNEXPLAINED = "{subject}：暂不处理需要写明理由（--reason）。"
NOT_SET_ASIDE = "{subject} 未曾设为暂不处理。"
WATCH_COUNT = "观察名单 {waiting} 个，其中 {tied} 个与案件有共同特征"
WATCH_TIED = "    与案件 {case}（{state}）共用{kind} {shown}"
WATCH_OPENED = "{subject} 已立案：{case}，待审"
WATCH_ASIDE = "{subject}：暂不处理"
WATCH_BACK = "{subject}：重新观察"
NOT_TIED = "{start} 没有在任何已识别的页面或商品上出现过"
NO_CAMPAIGN = "没有编号为 {label} 的团伙（用 zhengshao campaign list 查看）。"
TIE_TOLD = "{name} {value} · 分量 {weight:.2f} · 见于 {seen}；另有 {others} 个对象也出现"
CAMPAIGN_COLUMNS = ("团伙", "对象", "案件", "关联", "值", "分量", "取证", "同值对象数")
RETENTION_PREVIEW = (
    "{before} 以前：可移除取证 {captures} 份（{bytes} 字节）、域名查询 {lookups} 份、日志 {logs} 份；"
    "另有 {needed} 份为案件或保留的取证所需，保留。加 --apply 移除。"
)
RETENTION_DONE = (
    "已移除取证 {captures} 份（{bytes} 字节）、域名查询 {lookups} 份、日志 {logs} 份，哈希和流转记录保留；"
    "{before} 以前另有 {needed} 份为案件或保留的取证所需，保留。"
)
NAMES_ASKED = "{count} 个主机的解析、注册和网络归属已查询"
CAMPAIGNS_BUILT = "{count} 个团伙"
SETTLED = "{campaigns} 个团伙，{watched} 个对象待观察"
CAMPAIGN_LISTED = "{label}  {count} 个对象  {subjects}"
CAMPAIGN_MEMBER = "  {subject}  {case}"
CAMPAIGN_OF_CASE = "团伙 {label}：同伙 {others}"
CAMPAIGN_NONE = "{start} 见于 {subjects}，不属于任何团伙。"
CAMPAIGN_START = "{start} 见于 {subjects}"
CAMPAIGN_TABLE = "{count} 行已写入 {out}"

REFERENCE_FOREIGN = "{url} 的主机不在官方网站名单中（official_sites.toml）：只能收集名单内现行官方网站的页面。"
REFERENCE_NO_URL = "{file} 不知道网址：用 --url 写明它在官方网站上的地址，或给出带网址的 WARC 文件。"
REFERENCE_NO_PAGE = "{file} 里没有新的网页：没有收集。给出保存的网页（.html、.mhtml、.warc、.wacz）。"
REFERENCE_OTHER_URL = "{file} 里是 {known} 的页面，不是 --url 写的 {url}：没有收集。去掉 --url，或给出另一个文件。"
REFERENCE_NOT_READ = "{url} 没有取到可用的页面（{reason}）：没有收集。"
REFERENCE_THIN = "{url} 的页面没有足够的结构或身份文字可以比对：没有收集（脚本页面需要浏览器，见 zhengshao doctor）。"
REFERENCE_ADDED = "{url}：“{name}”第 {version} 版，取证 {captures}"
REFERENCE_UNKNOWN = "没有收集过 {url}（用 zhengshao reference list 查看）。"
REFERENCE_REMOVED = "{url} 不再用于比对；已取的证据不动。"
REFERENCE_LISTED = "{url}  第 {version} 版  {name}  取证 C-{capture:08d}  {at}"

REFERRAL_STATES = {
    "draft": "草拟",
    "review": "复核",
    "approval": "审批",
    "sent": "已移送",
    "received": "已签收",
    "answered": "已反馈",
    "closed": "办结",
    "withdrawn": "撤回",
}
REFERRAL_ACTIONS = {
    "draft": "草拟",
    "attach": "附上证据包",
    "bundle": "生成移送批次",
    "submit": "提交复核",
    "review": "复核",
    "approve": "审批",
    "return": "退回",
    "send": "登记移送",
    "receive": "登记签收",
    "answer": "登记反馈",
    "remind": "催办",
    "close": "办结",
    "withdraw": "撤回",
    "file": "登记回执",
}
REFERRAL_PAPER_KINDS = {"receipt": "回执", "feedback": "反馈", "other": "其他来件"}
REFERRAL_UNKNOWN = "没有移送件 {label}（用 zhengshao referral list 查看）。"
REFERRAL_NO_AGENCY = "没有名为“{agency}”的收件方；可用：{known}"
REFERRAL_NO_CASES = "移送件里至少要有一个案件。"
REFERRAL_CASE_STATE = "{case} 的状态是“{state}”：只有人工复核属实的案件才能移送。"
REFERRAL_DUPLICATE = "{case} 已在未办结的移送件 {other} 中移送给{agency}：请先办结或撤回，不重复移送。"
REFERRAL_ONE_EACH = "{agency}每个案件各不相同：请一案一件，分别移送。"
REFERRAL_OTHER_PACKET = "{packet} 不是 {label} 中任何案件给该收件方的证据包。"
REFERRAL_NO_PACKET = "{label}：{case} 还没有证据包，先运行 zhengshao bundle build {label}。"
REFERRAL_READY = "（已批准）"
REFERRAL_NOT_NOW = "{label} 现在是“{state}”，不能{action}。"
REFERRAL_CHANGED = "{label} 的证据包与提交复核时不同：请退回草拟后重新提交。"
REFERRAL_LACKS = "缺少办理人（{what}）：移送的每一步都要记名。"
REFERRAL_INCOMPLETE = {
    "return": "退回需要写明理由。",
    "withdraw": "撤回需要写明理由。",
    "send": "登记移送需要写明方式，如“专人送达”“公文交换”。",
    "receive": "登记签收需要写明签收人。",
    "remind": "催办需要写明方式，如“电话”“函”。",
}
REFERRAL_SAME_PERSON = "{actor} 参与了 {label} 的草拟，不能再复核或审批：请由另一人办理。"
REFERRAL_TIME = "时间“{text}”不对：应形如 2026-11-23T10:30+08:00，不早于上一步，也不在将来。"
REFERRAL_STALE = (
    "{case} 最近一次看到它是 {at}：移送前 {hours} 小时内须复查仍可访问（zhengshao capture，或登记 recheck_at）。"
)
REFERRAL_GONE = "{case} 在 {at} 复查时已无法访问：请撤回，或复查后再移送。"
REFERRAL_RESULTS = "没有反馈结果“{result}”；该收件方可用：{known}"
REFERRAL_PAPER_TYPE = "{name} 不是可以登记的来件：种类为 receipt、feedback、other；文件为 PDF、OFD、DOCX 或扫描图片。"
REFERRAL_PAPER_KNOWN = "{name} 已登记在 {label} 中。"
REFERRAL_LISTED = "{label}  {state}  {agency} {recipient}  {cases}  {due}"
REFERRAL_DUE = "应于 {due} 前{what}"
REFERRAL_OVERDUE = "已超期（应于 {due} 前{what}）"
REFERRAL_HOLIDAYS = "反馈期限 {due} 所在年份的节假日没有录入 workdays.toml，只排除了周末：录入后请核对。"
REFERRAL_WAITS = {"sent": "签收", "received": "反馈"}
FACT_FIELD = "没有名为 {field} 的事项；文书用到的有：{known}"
FACT_NO_SOURCE = "“{field}”需要写明来源（--source），如“平台复函”“现场核查”。"
FACT_CHOICES = "“{field}”只能是：{choices}"
NOTICE, OWN = "告知{label}的时间和凭证", "本单位承办人员"
FACT_TIME = "时间“{text}”不对：应形如 2026-11-23T10:30+08:00，不在将来。"
NO_CAPTURE_NUMBER = "“{text}”不是取证编号：应形如 C-00000012。"
RETURNED_OTHER = "第 {number} 行（{case}）不属于 {label}：请核对是哪一批的台账，没有登记任何内容。"
RETURNED_RESULT = "第 {number} 行的处理结果“{result}”不在选项内：{known}"
RETURNED = "{label}：{state}；签收 {received} 件，反馈 {answered} 件"
BUNDLE_NO_PACKET_FILE = "{path} 不在：证据包被移走或移送件同时被改动，请重新生成移送批次。"
BUNDLE_OLD_PACKET = "{path} 是旧版本生成的证据包，没有文书数据：不要加 --keep，重新生成。"
BUNDLE_TOO_BIG = "轻量副本放不下 {name}（{bytes} 字节，上限 {limit} 字节）：请调高 packets.light_copy_bytes。"
BUNDLE_NEEDED = "{label} 有 {count} 个案件：先运行 zhengshao bundle build {label}，再提交复核。"
BEING_BUILT = "{label} 的证据包正在生成（进程 {holder}）：等它结束，再看结果或重试。"
BUNDLE_BUILT = "{bundle}：{count} 个证据包，清单 SHA-256 {sha256}；轻量副本 {light} 份"
REFERRAL_STEP = "{label}：{state}"
REFERRAL_EVENTS = {**REFERRAL_ACTIONS, "bundle": "生成移送批次"}
FACT_SET = "{case} {label}：{value}"
FACT_TAKEN_BACK = "{case} {label}：已撤销"
FACT_LISTED = "{field}  {label}  {value}  来源：{source}  {actor} {at}"
# the review desk
NO_CASE = "没有编号为 {case} 的案件（用 zhengshao case list 查看）。"
CASE_HELD = "{case} 正由 {who} 处理：请换一件，或等对方完成。"
CASE_REFERRED = "{case} 已列入移送 {label}：请先在移送页撤回并写明理由，再改变决定。"
CASE_MOVED = "冲突：{case} 在您查看之后已有变动。您的决定没有写入，请看最新情况后再定。"
BULK_NOTHING = "没有选中任何案件：请先勾选，或选择“全部符合条件的”。"
BULK_CAPPED = "选中了 {count} 件，一次最多处理 {limit} 件：请缩小筛选范围。"
UNDO_NOTHING = "没有可以撤销的决定：您最近的决定之后，案件已由他人处理或已并案。"
UNDO_REASON = "撤销“{decision}”"
TOO_MANY_FILTERS = "筛选条件太多：一次最多 {limit} 项。"
BAD_FILTER_KEY = "没有名为“{key}”的筛选项；可用的有：{known}"
BAD_FILTER_VALUE = "筛选项 {key} 不能是“{value}”"
SAVED_NAME = "筛选名称应为 1 到 {limit} 个字。"
SAVED_TAKEN = "您已有名为“{name}”的筛选。"
SAVED_MANY = "最多保存 {limit} 个筛选：请先删去不用的。"
NO_ACCOUNT = "没有名为“{username}”的账号（用 zhengshao user list 查看）。"
ACCOUNT_TAKEN = "账号“{username}”已经存在，账号不得重复使用。"
ACCOUNT_NAME = "账号名应为 2 到 32 个小写字母、数字、点、连字符或下划线，以字母开头：“{username}”"
ACCOUNT_ROLELESS = "至少要有一个角色：{known}"
ACCOUNT_DUTIES = "{one} 与 {other} 不能由同一账号担任（职责分离）。"
ACCOUNT_AGENCY = "收件方账号要写明所属单位（config/agencies/ 里的名字）：{known}"
ACCOUNT_OFFICE = "{username} 不能在收件方与本单位职责之间改换：收件方账号属于另一单位，请另建账号。"
LAST_ADMIN = "不能停用最后一个安全管理员：请先另设一个。"
ROLES = {
    "analyst": "分析员",
    "reviewer": "复核员",
    "leader": "负责人",
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
    "audit_admin": "审计管理员",
    "recipient": "收件方",
}
STORE_MISSING = "{data} 里没有数据库：请核对 --data；第一次使用请先运行 zhengshao db upgrade --data {data}"
SERVE_AT = "证哨审核台：{url}（Ctrl+C 停止）"
SERVE_NOBODY = "还没有任何账号：先运行 zhengshao user add 账号 --role security_admin，再为办案人员逐一建立账号。"
USER_MADE = "账号 {username} 的口令如下，只显示这一次，首次登录时必须修改："
USER_DONE = "账号 {username}：已更新，原有登录全部失效。"
USER_LISTED = "{username}  {name}  {roles}"
API_SCOPES = "令牌要写明对方单位和可读取的内容：{known}"
API_UNKNOWN = "没有编号为 {token} 的有效令牌。"
