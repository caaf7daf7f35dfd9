"""Placement: what hosts have, and who holds how much of it."""
