"""Storage pools."""
