"""How well judgements agree with labelled rows: reading, judging, counting, goals, and the table for people."""
