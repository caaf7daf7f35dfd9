"""Images in the database, and their bytes on disk."""
