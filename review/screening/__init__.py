"""`zhengshao screen`: lists of names in whatever form they come, judged in parts, by one process or several."""
