"""The door of the network service, a module a noun."""
