document.getElementById("_ideConac")||document.write("<span id=\"_ideConac\"></span>");
