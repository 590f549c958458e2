"""Evidence packets: what leaves the house for an authority, and how anyone can check it."""
