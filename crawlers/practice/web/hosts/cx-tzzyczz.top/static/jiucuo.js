var jiucuo="";
