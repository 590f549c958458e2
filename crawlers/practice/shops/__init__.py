"""The marketplaces and forums of a practice web, each in the format it really speaks."""
