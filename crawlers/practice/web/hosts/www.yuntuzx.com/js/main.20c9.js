(function () {
  var page = {
    title: "云途在线 - 安全生产网络学习平台",
    lead: "特种作业人员线上理论学习：电工作业、焊接与热切割作业、高处作业、制冷与空调作业",
    notes: [
      "学习过程全程人脸识别，每十五分钟随机抓拍一次，代刷、挂机学时作废并上报主管部门。",
      "完成学时后请回到所报培训机构参加实操训练，考试由应急管理部门组织，本人持身份证参加。",
      "证书查询请访问应急管理部查询平台 cx.mem.gov.cn，本平台不核发、不查询证书。"
    ],
    foot: "云途在线教育科技有限公司　湘ICP备00995588号-2"
  };
  document.title = page.title;
  var root = document.getElementById("root");
  function add(tag, text) { var n = document.createElement(tag); n.textContent = text; root.appendChild(n); return n; }
  add("h1", page.title);
  add("p", page.lead);
  var form = add("form", "学员登录 ");
  ["身份证号", "密码"].forEach(function (p) { var i = document.createElement("input"); i.placeholder = p; form.appendChild(i); });
  page.notes.forEach(function (t) { add("p", t); });
  add("footer", page.foot);
})();
