"""The search engines of a practice web, each in the format it really speaks."""
