"""Guests on a host."""
