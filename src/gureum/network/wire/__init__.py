"""Network resources on the wire: which attributes they take, and how they are shown."""
