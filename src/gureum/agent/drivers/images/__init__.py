"""Images on a host, and looking into what tenants sent."""
