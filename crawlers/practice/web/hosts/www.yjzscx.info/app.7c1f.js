(function () {
  var root = document.getElementById("app");
  function el(tag, text, attrs) {
    var node = document.createElement(tag);
    if (text) { node.textContent = text; }
    for (var key in attrs || {}) { node.setAttribute(key, attrs[key]); }
    return node;
  }
  document.title = "\u5e94\u6025\u7ba1\u7406\u90e8\u7279\u79cd\u4f5c\u4e1a\u64cd\u4f5c\u8bc1\u67e5\u8be2\u5e73\u53f0";
  var head = el("header");
  head.appendChild(el("p", "\u4e2d\u534e\u4eba\u6c11\u5171\u548c\u56fd\u5e94\u6025\u7ba1\u7406\u90e8"));
  head.appendChild(el("h1", "\u7279\u79cd\u4f5c\u4e1a\u64cd\u4f5c\u8bc1\u67e5\u8be2\u5e73\u53f0"));
  root.appendChild(head);
  var form = el("form", "", { action: "/v1/q", method: "post" });
  var rows = [["\u8bc1\u4ef6\u53f7\u7801", "certnum"], ["\u59d3\u540d", "stu_name"], ["\u9a8c\u8bc1\u7801", "passcode"]];
  rows.forEach(function (row) {
    var label = el("label", row[0]);
    label.appendChild(el("input", "", { name: row[1], placeholder: "\u8bf7\u8f93\u5165" + row[0] }));
    form.appendChild(label);
  });
  form.appendChild(el("button", "\u67e5\u8be2"));
  root.appendChild(form);
  root.appendChild(el("p", "\u672c\u5e73\u53f0\u63d0\u4f9b\u5168\u56fd\u7279\u79cd\u4f5c\u4e1a\u4eba\u5458\u8bc1\u4e66\u4fe1\u606f\u67e5\u8be2\uff0c\u67e5\u8be2\u7ed3\u679c\u5305\u62ec\u4f5c\u4e1a\u7c7b\u522b\u3001\u51c6\u64cd\u9879\u76ee\u3001\u521d\u9886\u65e5\u671f\u548c\u6709\u6548\u671f\u9650\u3002"));
  var foot = el("footer");
  foot.appendChild(el("p", "\u4e3b\u529e\u5355\u4f4d\uff1a\u5e94\u6025\u7ba1\u7406\u90e8\u3000\u4eacICP\u590700990101\u53f7-3\u3000\u7f51\u7ad9\u6807\u8bc6\u7801\uff1abm99000001"));
  root.appendChild(foot);
})();
