"""Upstream's names and sentences for what is refused."""

from collections.abc import Iterable

from gureum.kernel.faults import Conflict, Forbidden, Invalid, NotFound


def invalid_input(sentence: str) -> Invalid:
    """A value that cannot be what it should be."""
    return Invalid(f"Invalid input for operation: {sentence}.", name="InvalidInput")


def bad_request(resource: str, sentence: str) -> Invalid:
    """A request that makes no sense for the resource."""
    return Invalid(f"Bad {resource} request: {sentence}.", name="BadRequest")


def network_not_found(id: str) -> NotFound:
    return NotFound(f"Network {id} could not be found.", name="NetworkNotFound")


def subnet_not_found(id: str) -> NotFound:
    return NotFound(f"Subnet {id} could not be found.", name="SubnetNotFound")


def port_not_found(id: str) -> NotFound:
    return NotFound(f"Port {id} could not be found.", name="PortNotFound")


def router_not_found(id: str) -> NotFound:
    return NotFound(f"Router {id} could not be found", name="RouterNotFound")


def floating_ip_not_found(id: str) -> NotFound:
    return NotFound(f"Floating IP {id} could not be found", name="FloatingIPNotFound")


def group_not_found(id: str) -> NotFound:
    return NotFound(f"Security group {id} does not exist", name="SecurityGroupNotFound")


def rule_not_found(id: str) -> NotFound:
    return NotFound(f"Security group rule {id} does not exist", name="SecurityGroupRuleNotFound")


def agent_not_found(id: str) -> NotFound:
    return NotFound(f"Agent {id} could not be found.", name="AgentNotFound")


def network_in_use(id: str, ports: Iterable[str]) -> Conflict:
    """A network with ports that somebody else must take away first."""
    return Conflict(
        f"Unable to complete operation on network {id}. There are one or more ports still in use on the network, "
        f"id for these ports is: {','.join(ports)}.",
        name="NetworkInUse",
    )


def subnet_in_use(id: str, reason: str = "One or more ports have an IP allocation from this subnet") -> Conflict:
    return Conflict(f"Unable to complete operation on subnet {id}: {reason}.", name="SubnetInUse")


def port_in_use(port_id: str, network_id: str, device_id: str) -> Conflict:
    return Conflict(
        f"Unable to complete operation on port {port_id} for network {network_id}. "
        f"Port already has an attached device {device_id}.",
        name="PortInUse",
    )


def service_port_in_use(port_id: str, reason: str) -> Conflict:
    return Conflict(f"Port {port_id} cannot be deleted directly via the port API: {reason}.", name="ServicePortInUse")


def router_in_use(id: str, reason: str) -> Conflict:
    return Conflict(f"Router {id} {reason}", name="RouterInUse")


def address_taken(address: str, subnet_id: str) -> Conflict:
    return Conflict(f"IP address {address} already allocated in subnet {subnet_id}", name="IpAddressAlreadyAllocated")


def no_address_left(network_id: str) -> Conflict:
    return Conflict(f"No more IP addresses available on network {network_id}.", name="IpAddressGenerationFailure")


def address_outside_network(address: str) -> Invalid:
    return Invalid(
        f"IP address {address} is not a valid IP for any of the subnets on the specified network.",
        name="InvalidIpForNetwork",
    )


def address_outside_subnet(address: str) -> Invalid:
    return Invalid(
        f"IP address {address} is not a valid IP for the specified subnet.",
        name="InvalidIpForSubnet",
    )


def disallowed(expression: str) -> Forbidden:
    """What a rule, or several of them together, forbids."""
    return Forbidden(f"{expression} is disallowed by policy", name="PolicyNotAuthorized")


def gateway_in_use(address: str, port_id: str) -> Conflict:
    return Conflict(
        f"Current gateway ip {address} already in use by port {port_id}. Unable to update.", name="GatewayIpInUse"
    )
