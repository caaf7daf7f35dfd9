"""Placement over the wire."""
