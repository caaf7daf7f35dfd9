"""Tables and queries of the network service, a module a resource."""
