"""The doors: every verb of compute as one function."""
