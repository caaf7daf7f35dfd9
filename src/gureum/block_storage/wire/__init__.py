"""What goes over the wire: request schemas, how each resource is shown, and what its microversions changed."""
