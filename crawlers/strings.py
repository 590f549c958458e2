"""The sentences of this floor that people read: why a file handed in was not taken, or not all of it, and what to do.

Each stands in Chinese and in English: (cause, remedy, cause, remedy); `{…}` are filled in.
"""

from __future__ import annotations

Words = tuple[str, str, str, str]

PLACES: dict[str, tuple[str, str]] = {
    "line": ("第 {} 行", "line {}"),
    "row": ("第 {} 行", "row {}"),
    "byte": ("字节 {} 处", "byte {}"),
    "entry": ("内含文件 {}", "entry {}"),
    "path": ("{}", "{}"),
    "": ("", ""),
}
"""How a place in a file is called."""

ACCEPTED = (
    "WARC、WACZ、HAR、MHTML、网页（HTML）、闲鱼或淘宝的搜索应答（JSON）、CSV、XLSX、文本网址清单、"
    "照片（JPEG、PNG、WebP、GIF、BMP）"
)
ACCEPTED_EN = (
    "WARC, WACZ, HAR, MHTML, pages (HTML), replies of Xianyu or Taobao searches (JSON), CSV, XLSX, lists of links, "
    "photos (JPEG, PNG, WebP, GIF, BMP)"
)

_ASK_AGAIN = "请向提供者重新索取完整的文件"
_ASK_AGAIN_EN = "ask for a whole copy of the file"
_UNPACK = "请在自己的电脑上确认内容安全后解压，把里面的文件逐个导入"
_UNPACK_EN = "unpack it yourself once you trust it, and import what is in it one by one"
_RESAVE = "用表格软件打开后另存为“CSV UTF-8”或 .xlsx 再导入"
_RESAVE_EN = "open it in a spreadsheet, save it as CSV UTF-8 or .xlsx and import that"

DAMAGE = {
    "gzip": "压缩块已损坏，或超过允许的大小",
    "cut": "文件在一条记录中间断开",
    "record": "不是完好的 WARC 记录",
    "given_up": "读不出的地方太多，其余部分没有再读",
    "digest": "内容与记录自己写明的摘要不符",
    "no_digest": "记录没有写明摘要",
    "chunks": "正文在分块之间断开",
    "header": "记录缺少类型、时间、编号或网址",
    "http": "本应是 HTTP 应答的地方没有 HTTP 头",
    "revisit": "所引用的应答不在文件中，或内容不同",
}
"""What is wrong at a place of somebody else's WARC, by the code of `salvage.Damage`."""

IMPORT: dict[str, Words] = {
    "unreadable": (
        "文件读不出来（{detail}）",
        "检查路径和权限",
        "cannot be read ({detail})",
        "check path and permissions",
    ),
    "no_file": (
        "不是普通文件（目录、管道或设备）",
        "先存成文件，再给出这个文件",
        "is no regular file (a directory, a pipe or a device)",
        "save it as a file first, and name that",
    ),
    "empty": ("文件是空的", _ASK_AGAIN, "the file is empty", _ASK_AGAIN_EN),
    "too_large": (
        "文件有 {size} 字节，超过上限 {limit}",
        "分成几份再导入，或调大 [imports] {setting}",
        "the file has {size} bytes, the limit is {limit}",
        "split it, or raise [imports] {setting}",
    ),
    "unknown_format": (
        "认不出文件格式（开头是 {start}）",
        f"可导入的有：{ACCEPTED}",
        "unknown format (it begins with {start})",
        f"what can be imported: {ACCEPTED_EN}",
    ),
    "no_record": (
        "没有一条记录能读出，文件从头就是坏的",
        _ASK_AGAIN,
        "no record in it can be read, it is damaged from its beginning",
        _ASK_AGAIN_EN,
    ),
    "damaged": (
        "这一处读不出（{detail}）",
        f"读得出的已入库；{_ASK_AGAIN}",
        "cannot be read here ({detail})",
        f"what could be read was kept; {_ASK_AGAIN_EN}",
    ),
    "nothing": (
        "里面没有可以入库的网页或网址",
        "确认保存时页面已经打开完毕，或换一种方式保存（如 WACZ）",
        "holds no page and no link that could be kept",
        "make sure the page had loaded when it was saved, or save it another way (for example as WACZ)",
    ),
    # zip: WACZ and XLSX
    "zip_broken": ("压缩包损坏（{detail}）", _ASK_AGAIN, "the zip is damaged ({detail})", _ASK_AGAIN_EN),
    "zip_name": (
        "压缩包里的文件名会写到包外（{name}）",
        "正常工具不会产生这种文件名，请勿打开，报告提供者",
        "a name in the zip leads outside of it ({name})",
        "no honest tool writes such a name: do not open it, tell who sent it",
    ),
    "zip_symlink": (
        "压缩包里有符号链接（{name}）",
        _UNPACK,
        "the zip holds a symbolic link ({name})",
        _UNPACK_EN,
    ),
    "zip_encrypted": (
        "压缩包有密码（{name}）",
        "先解除密码再导入",
        "the zip is encrypted ({name})",
        "remove the password first",
    ),
    "zip_duplicate": (
        "压缩包里有两个同名文件（{name}）",
        _ASK_AGAIN,
        "the zip names one file twice ({name})",
        _ASK_AGAIN_EN,
    ),
    "zip_overlap": (
        "压缩包里的文件互相重叠（{name}），是压缩炸弹的特征",
        "请勿打开，报告提供者",
        "files in the zip overlap ({name}): the shape of a zip bomb",
        "do not open it, tell who sent it",
    ),
    "zip_entries": (
        "压缩包里有 {count} 个文件，超过上限 {limit}",
        "分成几份，或调大 [imports] max_entries",
        "the zip holds {count} files, the limit is {limit}",
        "split it, or raise [imports] max_entries",
    ),
    "zip_size": (
        "压缩包解开后超过 {limit} 字节（{name}）",
        "若确实需要，调大 [imports] {setting}",
        "the zip unpacks to more than {limit} bytes ({name})",
        "if it is wanted, raise [imports] {setting}",
    ),
    "zip_lie": (
        "压缩包所记的大小与内容不符（{name}）",
        _ASK_AGAIN,
        "the zip does not hold what it says it holds ({name})",
        _ASK_AGAIN_EN,
    ),
    "zip_method": (
        "压缩包用了不支持的压缩方式（{name}）",
        "用普通 zip（deflate）重新打包",
        "the zip uses an unknown compression ({name})",
        "pack it again as a plain zip (deflate)",
    ),
    # WACZ
    "wacz_no_warc": (
        "不是 WACZ：里面没有 archive/*.warc.gz",
        "用 ArchiveWeb.page 重新导出",
        "no WACZ: there is no archive/*.warc.gz in it",
        "export it again from ArchiveWeb.page",
    ),
    "wacz_manifest": (
        "WACZ 没有可读的清单 datapackage.json（{detail}），来源标为“未核验”",
        "页面已入库；需要核验来源时请重新导出",
        "the WACZ has no readable datapackage.json ({detail}): its provenance is not verified",
        "the pages were kept; export it again if provenance matters",
    ),
    "wacz_digest": (
        "{name} 与 WACZ 清单所记的哈希不符，来源标为“未核验”",
        "页面已入库；文件在保存之后被改动过，请追问来历",
        "{name} differs from the hash in the WACZ's manifest: its provenance is not verified",
        "the pages were kept; the file was changed after it was saved: ask where it has been",
    ),
    "wacz_unlisted": (
        "{name} 不在 WACZ 清单里，来源标为“未核验”",
        "页面已入库；文件是后来加进去的，请追问来历",
        "{name} is not in the WACZ's manifest: its provenance is not verified",
        "the pages were kept; the file was added later: ask where it comes from",
    ),
    # HAR and JSON
    "json_broken": (
        "不是完整的 JSON（{detail}）",
        "重新导出；不要用文本编辑器改过再存",
        "no whole JSON ({detail})",
        "export it again, and do not edit it",
    ),
    "har_shape": ("缺少 {field}", "这一条没有入库，其余不受影响", "{field} is missing", "left out; the rest was taken"),
    "har_base64": (
        "正文声明为 base64，实际不是",
        "这一条没有入库，其余不受影响",
        "the body says it is base64, but it is not",
        "left out; the rest was taken",
    ),
    "har_url": (
        "不是网址：{url}",
        "这一条没有入库，其余不受影响",
        "no web address: {url}",
        "left out; the rest was taken",
    ),
    "har_body": (
        "正文超过 {limit} 字节",
        "这一条没有入库；需要时调大 [imports] max_body_bytes",
        "the body is over {limit} bytes",
        "left out; raise [imports] max_body_bytes if it is wanted",
    ),
    "har_no_entries": (
        "JSON 里没有 log.entries，不是 HAR",
        "在浏览器开发者工具的“网络”页选“导出为 HAR（含内容）”",
        "the JSON has no log.entries: it is no HAR",
        "use “save all as HAR with content” in the browser's network panel",
    ),
    "json_source": (
        "不是任何已知来源的搜索应答",
        "已知的有：{known}；或用 --url 写明它的网址",
        "no known source's search reply",
        "known are: {known}; or give its address with --url",
    ),
    # single pages
    "needs_url": (
        "文件里没有写它的网址",
        "用 --url 写明保存时地址栏里的网址",
        "the file does not say where it was saved from",
        "give the address that stood in the address bar with --url",
    ),
    "bad_url": (
        "不是网址：{url}",
        "写完整的网址，如 https://www.example.com/page",
        "no web address: {url}",
        "write it in full, such as https://www.example.com/page",
    ),
    "mhtml_no_page": (
        "MHTML 里没有网页部分",
        "用浏览器“另存为 → 网页，单个文件”重新保存",
        "the MHTML holds no page",
        "save it again with the browser as “webpage, single file”",
    ),
    "mhtml_nested": (
        "MHTML 里嵌套超过 {limit} 层，正常浏览器不会这样保存",
        "用浏览器“另存为 → 网页，单个文件”重新保存",
        "the MHTML nests more than {limit} parts, as no browser does",
        "save it again with the browser as “webpage, single file”",
    ),
    # tables
    "table_encoding": (
        "既不是 UTF-8、UTF-16 也不是 GBK/GB18030 编码",
        _RESAVE,
        "neither UTF-8, UTF-16 nor GBK/GB18030",
        _RESAVE_EN,
    ),
    "table_nul": (
        "有空字符（NUL），文件损坏或不是表格",
        _RESAVE,
        "holds NUL characters: damaged or no table",
        _RESAVE_EN,
    ),
    "table_quote": (
        "从这一行起引号没有配对（{detail}）",
        "补上缺少的引号，或用表格软件另存一次",
        "a quote that opens here is never closed ({detail})",
        "close it, or save the table again in a spreadsheet",
    ),
    "table_cell": (
        "有一格超过 {limit} 个字符",
        "检查这一行的引号；确实需要时调大 [imports] max_cell_chars",
        "a cell is over {limit} characters",
        "check the quotes of this line, or raise [imports] max_cell_chars",
    ),
    "table_columns": (
        "有 {count} 列，超过上限 {limit}",
        "删去无关的列再导入",
        "there are {count} columns, the limit is {limit}",
        "take out columns that are not needed",
    ),
    "table_rows": (
        "超过 {limit} 行",
        "分成几份，或调大 [imports] max_rows",
        "more than {limit} rows",
        "split it, or raise [imports] max_rows",
    ),
    "table_no_link": (
        "认不出哪一列是网址（各列：{columns}）",
        "先用 --preview 看各列，再用 --map 指明，如 --map 网址列=url",
        "no column holds links (columns: {columns})",
        "look at the columns with --preview, then name one, as in --map COLUMN=url",
    ),
    "table_mapping": (
        "--map 写的“{column}”不是表里的列（各列：{columns}）",
        "照表头原样写列名，或写列号，如 3=url",
        "--map names “{column}”, which is no column (columns: {columns})",
        "write the header as it stands, or the column's number, as in 3=url",
    ),
    "table_field": (
        "--map 写的“{field}”不是可用的项目",
        "可用的有：{known}",
        "--map names “{field}”, which is no field",
        "use one of: {known}",
    ),
    "row_no_link": (
        "没有网址：“{shown}”",
        "没有文字的行不入库；有文字的留作线索，由人查看",
        "no link: “{shown}”",
        "kept for a person to read when it holds words, else left out",
    ),
    "xlsx_broken": (
        "不是完好的 .xlsx 工作簿（{detail}）",
        _RESAVE,
        "no sound .xlsx workbook ({detail})",
        _RESAVE_EN,
    ),
    "xlsx_xml": (
        "工作簿的 XML 带有实体或外部引用（{detail}），是攻击的特征",
        "请勿打开，报告提供者",
        "the workbook's XML declares entities or outside references ({detail}): the shape of an attack",
        "do not open it, tell who sent it",
    ),
    "xls_old": (
        "是旧格式 .xls",
        _RESAVE,
        "it is an old .xls",
        _RESAVE_EN,
    ),
    # photos
    "photo_broken": (
        "图片读不出（{detail}）",
        "重新拍照或导出为 JPEG",
        "the picture cannot be read ({detail})",
        "take it again or export it as JPEG",
    ),
    "photo_pixels": (
        "图片有 {pixels} 像素，超过上限 {limit}",
        "缩小后再导入",
        "the picture has {pixels} pixels, the limit is {limit}",
        "make it smaller",
    ),
    "photo_kind": (
        "不支持 {kind} 图片",
        "导出为 JPEG 或 PNG 再导入",
        "{kind} pictures are not supported",
        "export it as JPEG or PNG",
    ),
    "photo_no_reader": (
        "没有安装识别二维码的组件，二维码没有读",
        "照片已入库；安装 zhengshao[ocr] 后重新识别",
        "codes in pictures are not read, the extra “ocr” is not installed",
        "the photo was kept; install zhengshao[ocr] and judge it again",
    ),
    "photo_no_code": (
        "照片里没有认出二维码",
        "照片已入库；凑近、摆正、避开反光再拍一张",
        "no code was found in the photo",
        "the photo was kept; take it closer, straight and without glare",
    ),
    "photo_code_text": (
        "二维码里不是网址：“{shown}”",
        "照片已入库；文字只作记录，不访问",
        "the code holds no web address: “{shown}”",
        "the photo was kept; the text is noted and not visited",
    ),
}
"""By code."""

FORMATS: dict[str, tuple[str, str]] = {
    "warc": ("WARC 归档", "WARC archive"),
    "wacz": ("WACZ 归档", "WACZ archive"),
    "har": ("HAR 网络记录", "HAR"),
    "mhtml": ("MHTML 网页", "MHTML page"),
    "html": ("保存的网页", "saved page"),
    "reply": ("搜索接口应答", "search reply"),
    "csv": ("CSV 表格", "CSV table"),
    "xlsx": ("XLSX 表格", "XLSX table"),
    "photo": ("照片", "photo"),
}
PROVENANCE: dict[str, tuple[str, str]] = {
    "verified": (
        "已核验：与归档自带的清单哈希一致（只说明保存之后未改动）",
        "verified: agrees with the archive's own manifest (it was not changed after it was saved, no more)",
    ),
    "unverified": (
        "未核验：只有提供者的说法，需另行取证",
        "not verified: nothing but the word of who handed it in; capture it again",
    ),
}
