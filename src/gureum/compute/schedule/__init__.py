"""Choosing a host: pure functions over what the rows say."""
