(function () {
  var me = document.getElementById("_jiucuo_");
  var box = document.getElementById("_span_jiucuo");
  if (me && box) { box.setAttribute("data-code", me.getAttribute("sitecode")); }
})();
