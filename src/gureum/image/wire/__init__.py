"""Images on the wire."""
