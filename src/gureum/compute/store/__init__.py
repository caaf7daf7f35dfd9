"""Tables and queries, a module a resource."""
