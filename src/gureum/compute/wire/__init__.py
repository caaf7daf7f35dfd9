"""What goes over the wire: request types, and how each resource is shown in each microversion."""
