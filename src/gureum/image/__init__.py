"""Image: what guests and volumes are made from (upstream: Glance)."""
