"""The door: every verb that users have, with policy, validation and quota inside."""
