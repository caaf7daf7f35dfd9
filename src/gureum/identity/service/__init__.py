"""The door of identity: every verb a user can ask for, with its policy and its rules, in one function."""
