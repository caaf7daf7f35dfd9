"""The door of the image service: every verb a user sees is a function here."""
