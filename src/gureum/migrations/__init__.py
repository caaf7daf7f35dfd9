"""The database's history, one linear line: each file brings it from one revision to the next."""

HEAD = "0016"
"""The revision that this version of gureum works with."""
