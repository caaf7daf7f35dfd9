"""Scenarios of flows, a module a service: whatever is in `SCENARIOS` is put through every kind of trouble."""
