"""The papers of a packet: one file a kind, found by name; each is composed once and set as PDF, DOCX and JSON."""
