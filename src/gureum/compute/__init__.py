"""Compute: servers on hosts, and what they need: flavors and key pairs."""
