"""Networks, their addresses, routers and filters. Speaks Neutron's API."""
