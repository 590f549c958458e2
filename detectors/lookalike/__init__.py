"""Look-alike host names: what a name is made of, whom it imitates, which of a million are worth a look."""
