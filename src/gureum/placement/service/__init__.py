"""The doors of placement."""
