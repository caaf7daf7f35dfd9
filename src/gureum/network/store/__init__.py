"""Tables and queries, a module a resource. All of them are known as soon as one is: their rows refer to each other."""

from gureum.network.store import floating_ips, networks, ports, routers, security_groups, subnets

__all__ = ["floating_ips", "networks", "ports", "routers", "security_groups", "subnets"]
