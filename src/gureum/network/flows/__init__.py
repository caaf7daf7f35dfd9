"""Long operations of the network service."""
