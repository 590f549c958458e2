"""Every Chinese sentence and label of this floor that is not in a configuration file."""

from __future__ import annotations

# classes of verdicts
CLEAR = "未见异常"
UNREADABLE = "页面无法判断"
OWNER_OPEN = "归属待核"
FAKE_SITE = "仿冒政府网站"
FAKE_QUERY = "仿冒查询页"
FAKE_OTHER = "照搬学校或媒体网页"
LOOKALIKE_NAME = "仿冒域名"
INTRUDED = "被入侵页面"
PLANTED = "学校医院网页被植入"
CLOAKED = "对搜索用户另给内容"
EVASION = "规避审查的写法"
OFFICIAL_HOST = "官方网站"
STATE_HOST = "国家机关域名"
OFFICIAL_COPY = "官方网页的存档"

# wording
EVASION_REASON = "把关键字写成异形、拆字或插入符号，是为了躲过平台审查"
SPOKEN = "出现“{named}”的说法，但{reason}（“{words}”）"
WITH_BOOSTS = "{reason}；同时出现{extras}"
PITCH = "整段话的说法与招揽办证的文字相近"
PITCH_LIKE = PITCH + "，尤其是{words}"
PITCH_CLASSED = "；归入“{named}”，主要依据是“{grounds}”"
DOUBTED = "{reason}；但整段话不是招揽的口吻（已减轻）"
PARTICULARS = ("；", "，尤其是")
"""Where a sentence goes on to the particulars of one passage: what stands before is said of every one alike."""
BOOSTS = {
    "contact": "个人联系方式",
    "reach": "招揽联系的话",
    "speed": "出证时限",
    "price": "价格",
    "verify": "“可查”的承诺",
    "nationwide": "“全国通用”一类的招揽",
    "paylater": "后付款的承诺",
    "database": "“入库”的承诺",
    "exempt": "免考的承诺",
    "pass": "包过的承诺",
    "cash": "货到付款或定金尾款的约定",
    "lawful": "正规培训的用语（已减轻）",
}

# identity
NO_ADDRESS = "页面自称“{name}”，但不知道网址，无法核对归属"
RESULT_PAGE = "页面以查询结果的样子展示证件信息，写明发证机关是“{name}”，而 {host} 不是该机关的网站"
RESULT_UNSIGNED = "页面以查询结果的样子展示证件信息，这种证件由“{name}”系统核发，而 {host} 不是发证机关的网站"
QUERY_NAMELESS = "页面自称“{name}”，要求填写证件号码来查询，却不写明是谁的网站（{host}）"
MIRRORED = "网址路径里写着 {claimed}，页面又以“{name}”自称，像是把该网站的网页搬到了 {host}"
BARE = "页面除了标题几乎没有内容，由脚本生成或转向别处，而 {host} 不是标题所写机关的网站"
SOLE_NAME = "整个标题就是“{quote}”，页面上没有别的名称，是以该机关网站的名义出现"
QUERY_FORM = "页面要求填写{fields}来查询，而 {host} 不是任何发证机关的网站"
IDENTITY_FORM = "页面在该名义下要求填写身份证件号码或密码，而 {host} 不是该机关的网站"
RECORD_PAGE = "页面直接展示证件信息（{fields}），而 {host} 不是发证机关的网站"
THAT_IS = "；这是“{name}”的名称"
CLAIM_REASONS = {
    "site_name": "页面信息（SiteName）中自称“{name}”，但 {host} 不属于该机关",
    "site_domain": "页面标明的网站域名是 {claimed}，实际却放在 {host}",
    "site_code": "页面带有政府网站标识码 {code}，但 {host} 不是该网站",
    "footer": "页脚写明主办单位是“{name}”，但 {host} 不属于该单位",
    "signature": "页脚既写主办又署版权，署名是“{name}”，但 {host} 不属于该单位",
    "title": "标题或刊头自称“{name}”，但 {host} 不属于该机关",
    "masthead": "刊头或主标题就是“{name}”的名称，但 {host} 不属于该机关",
    "supervisor": "页脚写明主管单位是“{name}”，而 {host} 不属于该单位",
    "icp": "页面的备案号 {number} 属于“{name}”，与 {host} 不符",
    "jiucuo": "页面装有“政府网站找错”标识，但 {host} 不是政府网站",
    "conac": "页面使用党政机关或事业单位网站标识，但 {host} 不是该单位的网站",
    "saved_from": "页面源码写明是从 {claimed} 另存下来的",
    "canonical": "页面声明的正式网址是 {claimed}，实际却放在 {host}",
    "path": "网址路径里写着官方域名 {claimed}，真正的主机是 {host}",
    "assets": "页面大量直接调用 {claimed} 的图片和程序，像是照搬该网站",
    "platform": "标题自称“{code}”，像是全国性官方查询平台，而 {host} 未在官方网站名单中",
    "statement": "页面写着“{code}”，但 {host} 不属于“{name}”",
    "description": "页面简介自称“{name}”的网站，但 {host} 不属于该机关",
    "logo": "页面的第一张图片直接取自 {claimed}，自己却放在 {host}",
    "code": "页面的样式和程序大多直接取自 {claimed}，像是照搬该网站",
    "links": "页面的栏目链接大多指向 {claimed}，像是照搬该网站",
    "columns": "页面的栏目链接几乎都指向 {claimed}，像是照搬该网站",
    "frame": "页面用框架直接显示 {claimed} 的内容，自己却放在 {host}",
    "door": "页面自己没有内容，只是用框架把 {claimed} 的网页搬到 {host} 这个地址下",
    "form": "页面的表单提交给 {claimed}，自己却放在 {host}",
    "emblem": "页面使用国徽、警徽一类的徽记（{code}），而 {host} 不是国家机关的网站",
    "template": "页面源码带有政府网站专用的栏目标签（{code}）",
    "defunct": "页面仍用 2018 年机构改革时撤并的名称“{code}”",
    "labelled": "页脚带有政府网站专用的标识码一栏（{code}）",
    "filed": "页脚把机关名称与备案号（{code}）写在一起，是整个网站的落款",
}
INTENT_REASONS = {
    "app": "页面以机关名义提供应用下载（{quote}），而 {host} 不是该机关的网站",
    "follow": "页面以机关名义让人关注或扫描别的账号（“{quote}”），而 {host} 不是该机关的网站",
    "pay": "页面以机关名义收费（“{quote}”），而 {host} 不是该机关的网站",
    "outcome": "页面以机关名义给出查验结果（“{quote}”），而 {host} 不是该机关的网站",
    "card": "页面以机关名义索要银行卡（“{quote}”），而 {host} 不是该机关的网站",
}
HOST_OFFICIAL = "{host} 是官方网站名单中的“{name}”"
HOST_STATE = "{host} 使用只有国家机关才能注册的后缀"
COPY_OF = "{host} 是网页存档、快照或翻译，显示的是 {origin} 的页面"
HOST_FORMER = "{host} 曾是“{name}”的域名，现已停用，任何人都可能重新注册"
INTRUDED_REASON = "售假内容出现在官方网站 {host} 上，可能是网站被入侵后植入"
PLANTED_REASON = (
    "售假内容出现在学校、科研或医疗机构的网站 {host} 上，多是网站被入侵或借用后由他人植入，不表示该机构参与"
)
FIELD_NAMES = {"name": "姓名", "id": "证件号码", "captcha": "验证码", "ticket": "证书或准考证编号"}

# names
NAME_REASONS = {
    "misleading_subdomain": "主机名里嵌有官方域名 {official}，真正的注册域名是 {registrable}",
    "gov_separator": "用连字符或拼接仿造 gov.cn 域名 {official}",
    "suffix_swap": "与官方域名 {official} 只差后缀",
    "homoglyph": "用形近字符仿造 {official}",
    "typo": "与官方域名 {official} 只差一两个字母",
    "combosquat": "在 {official} 的名称上加了“{words}”一类的字眼",
    "chinese_name": "中文域名“{unicode}”含有证件查询或机关名称的字样",
    "initials": "由机关拼音缩写和查询、证件一类的字眼拼成",
    "path_host": "网址的路径或用户名里写有官方域名 {official}",
    "place_function": "由地名和机关的拼音“{official}”拼成，像是地方机关的网站",
    "former_host": "{official} 曾是官方域名，现已停用，任何人都可能重新注册",
}
ONLY_WORDS = "由“{words}”一类证件查询的字眼拼成"
OR = "或"
NAME_CLASSES = {
    "misleading_subdomain": "误导性子域名",
    "gov_separator": "仿造政府域名",
    "suffix_swap": "替换后缀",
    "homoglyph": "形近字符",
    "typo": "错拼域名",
    "combosquat": "组合域名",
    "chinese_name": "中文仿冒域名",
    "initials": "拼音缩写组合",
    "path_host": "路径冒用官方域名",
    "place_function": "地名机关组合",
    "former_host": "停用的官方域名",
}

# cloaking
CLOAKED_REASON = "同一网址，电脑直接打开与手机从搜索引擎点进去，看到的内容不同：后者另有{what}"
CLOAKED_OFFER = "售假内容"
CLOAKED_QUERY = "查询表单"
CLOAKED_CLAIM = "“{name}”的名义"
CLOAKED_TO = "，并被转到 {phone}（电脑停在 {desktop}）"
CLOAKED_MOVED = "同一网址，手机从搜索引擎点进去被转到 {phone}，电脑停在 {desktop}，两处内容不同"
CLOAKED_SCRIPT = "页面里的程序查看访客是否从搜索引擎来，是则转到 {target}"

# images
IN_PICTURE = "第 {number} 张图片里的文字：{reason}"
QR_FOUND = "图片中的二维码指向 {url}"

# certificate numbers and records; numbers in them are masked
LICENCE_NUMBER = "证号不合规则"
LICENCE_DATES = "证书日期矛盾"
LICENCE_REASONS = {
    "checksum": "证号 {number} 的最后一位校验码不对：证号是“T”加本人 18 位身份证号，真证不会算错（GB 11643—1999）",
    "malformed": "证号 {number} 里的地区或出生日期不存在：证号应是“T”加本人 18 位身份证号",
    "length": "证号 {number} 的位数不对：应是“T”加 18 位身份证号，这里是 {count} 位",
    "span_long": "有效期从 {first} 到 {last}，超过 {years} 年：操作证有效期 6 年（总局令第30号，条序待核）",
    "span_short": "有效期从 {first} 到 {last}，不到 {years} 年：操作证有效期 6 年（总局令第30号，条序待核）",
    "span_back": "有效期的结束日期 {last} 不在开始日期 {first} 之后",
    "review_late": "应复审日期 {last} 比开始日期 {first} 晚 {years} 年多，又非期满：每 3 年复审（总局令第30号第21条）",
    "review_after_end": "应复审日期 {last} 在有效期结束日期 {first} 之后：期满前 60 日内申请（总局令第30号第22条）",
    "review_before_start": "应复审日期 {last} 早于有效期的开始日期 {first}",
    "issued_after_start": "初领日期 {first} 晚于有效期的开始日期 {last}",
    "issued_after_end": "发证日期 {first} 晚于有效期的结束日期 {last}",
    "unborn": "证号里的出生日期晚于发证日期 {first}",
    "minor": "按证号里的出生日期，{first} 发证时持证人不满 {years} 周岁（总局令第30号第4条）",
    "too_early": "日期 {first} 早于这种操作证的启用年份",
}

# clones
CLONE = (
    "页面照搬“{name}”官网 {url}（第 {version} 版，取证 {capture}）："
    "结构 {structure:.0%}、刊头和底部等身份文字 {identity:.0%}、"
    "正文 {text:.0%} 相同，而 {host} 不是官方网站"
)
CLONE_PART = (
    "页面有一部分照搬“{name}”官网 {url}（第 {version} 版，取证 {capture}）："
    "结构 {structure:.0%}、身份文字 {identity:.0%}、"
    "正文 {text:.0%} 相同，而 {host} 不是官方网站"
)

# make of a page, and what ties subjects
SAME_KIT = "页面与已属实的案件 {case} 是同一套模板：{kinds}相同，占该套独有特征的 {share:.0%}"
KIT_CLASSES = "{count} 个样式名：{first} …"
TIE_NAMES = {
    "phone": "电话",
    "wechat": "微信号",
    "qq": "QQ 号",
    "email": "邮箱",
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "shop": "店铺",
    "payment": "收款账户",
    "other": "联系方式",
    "account": "公众号",
    "dingtalk": "钉钉",
    "wecom": "企业微信",
    "certificate": "证号",
    "seller": "卖家",
    "qr": "二维码",
    "points_to": "二维码或短链接指向",
    "link": "链接指向",
    "analytics": "统计账号",
    "icp": "备案号",
    "address": "地址",
    "image": "图片",
    "favicon": "网站图标",
    "structure": "页面结构",
    "classes": "模板样式名",
    "fields": "表单字段名",
    "action": "表单提交路径",
    "asset": "文件路径",
    "admin": "后台路径",
    "snippet": "程序片段",
    "comment": "源码注释",
}

# human output
LEVELS = {"flag": "【预警】", "watch": "【关注】", "clear": "【正常】"}
AXES = {"impersonation": "仿冒网站", "selling": "网上售假"}

# weights that an office has learnt
WEIGHTS_BROKEN = "学习得到的权重读不出来（{reason}）"
WEIGHTS_FIX = "用 zhengshao rules learn 或 rules learn-classes 重新生成，或删去这个文件，改用自带的权重"
