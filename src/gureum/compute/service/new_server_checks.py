"""What is checked before a server is made, in upstream's words."""

import base64
from collections.abc import Mapping, Sequence

from gureum.compute.flavor import Flavor
from gureum.compute.host import DEFAULT_ZONE
from gureum.compute.keypair import KeyPair
from gureum.compute.service.quotas import QUOTAS
from gureum.compute.store import flavors, hosts, keypairs
from gureum.compute.store import servers as store
from gureum.image.image import Image
from gureum.image.service import for_compute as images
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden, Invalid, NotFound, OverQuota
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx
from gureum.network.service import for_compute as network
from gureum.network.service.for_compute import NetworkRequest

_GIB = 1024**3


def destination(tx: Tx, caller: Caller, zone: str | None, host: str | None) -> tuple[str | None, str | None]:
    """The zone and the host that were asked for. Raises Forbidden, Invalid."""
    if host is not None:
        policy.demand("compute", "compute:servers:create:requested_destination", caller)
    if zone is not None and ":" in zone:
        policy.demand("compute", "os_compute_api:servers:create:forced_host", caller)
        zone, _, rest = zone.partition(":")
        host = rest.strip(":").partition(":")[0] or host
    if host is not None and hosts.find(tx, host) is None:
        raise Invalid(f"Compute host {host} could not be found.", name="ComputeHostNotFound")
    zone = zone or None
    if zone is not None and zone != DEFAULT_ZONE and not hosts.zone_exists(tx, zone):
        raise Invalid("The requested availability zone is not available", name="InvalidRequest")
    return zone, host


def flavor(tx: Tx, caller: Caller, id: str, *, from_volume: bool = False) -> Flavor:
    """The flavor. Raises Invalid; Forbidden for one without a disk, unless the server boots `from_volume`."""
    found = flavors.find_usable(tx, id, None if caller.is_admin else caller.project_id)
    if found is None or found.disabled:
        raise Invalid(f"Flavor {id} could not be found.", name="FlavorNotFound")
    if (
        found.disk == 0
        and not from_volume
        and not policy.allows("compute", "os_compute_api:servers:create:zero_disk_flavor", caller)
    ):
        raise Forbidden("Only volume-backed servers are allowed for flavors with zero disk.")
    return found


def image(tx: Tx, caller: Caller, id: str, flavor: Flavor) -> Image:
    """The image, which the flavor must be large enough for. Raises Invalid."""
    if not id:
        raise Invalid("Missing imageRef attribute")
    try:
        found = images.get(tx, caller, id)
    except NotFound:
        raise Invalid("Can not find requested image", name="ImageNotFound") from None
    fits(found, flavor.ram, flavor.disk)
    return found


def fits(image: Image, ram: int, disk: int) -> None:
    """Raise Invalid where `ram` MiB or a root disk of `disk` GiB (0: as large as the image) are too small for an image."""
    if ram < image.min_ram:
        raise Invalid(
            f"Flavor's memory is too small for requested image. Flavor memory is {ram} MB, "
            f"image needs {image.min_ram} MB.",
            name="FlavorMemoryTooSmall",
        )
    if disk:
        _check_disk(image, disk)


def _check_disk(image: Image, disk: int) -> None:
    size = max(image.virtual_size or 0, image.size or 0 if image.disk_format == "raw" else 0)
    if size > disk * _GIB:
        raise Invalid(
            f"Flavor's disk is too small for requested image. Flavor disk is {disk * _GIB} bytes, image is {size} bytes.",
            name="FlavorDiskSmallerThanImage",
        )
    if image.min_disk > disk:
        raise Invalid(
            "Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is "
            f"{disk * _GIB} bytes, minimum size is {image.min_disk * _GIB} bytes.",
            name="FlavorDiskSmallerThanMinDisk",
        )


def key(tx: Tx, caller: Caller, name: str | None) -> KeyPair | None:
    """The caller's key pair. Raises Invalid."""
    if name is None:
        return None
    found = keypairs.find(tx, caller.user_id, name)
    if found is None:
        raise Invalid("Invalid key_name provided.", name="KeypairNotFound")
    return found


def personality(tx: Tx, caller: Caller, files: Mapping[str, str]) -> None:
    """Raise OverQuota for too many, too long names, too much content."""
    limits = QUOTAS.of(tx, caller.project_id or "")
    most = limits["injected_files"]
    if 0 <= most < len(files):
        raise OverQuota("Personality file limit exceeded", over=[], resource="injected_files")
    for path, content in files.items():
        if 0 <= limits["injected_file_path_bytes"] < len(path.encode()):
            raise OverQuota("Personality file path exceeds maximum length", over=[], resource="injected_files")
        if 0 <= limits["injected_file_content_bytes"] < len(base64.b64decode(content)):
            raise OverQuota("Personality file content exceeds maximum length", over=[], resource="injected_files")


def security_groups(tx: Tx, caller: Caller, names: Sequence[str]) -> None:
    """Raise Invalid for a group that is none, Conflict for a name that several have."""
    for name in dict.fromkeys(names):
        try:
            network.check_security_groups(tx, caller, [name])
        except Invalid:
            raise Invalid(f"Unable to find security_group with name or id '{name}'") from None


def networks(tx: Tx, caller: Caller, asked: Sequence[NetworkRequest] | str) -> list[NetworkRequest]:
    """The NICs that a server shall have. Raises Conflict where several networks would do and none is named."""
    if not isinstance(asked, str):
        if asked:
            return list(asked)
        asked = "if-any"
    if asked == "none":
        return []
    found = network.available_networks(tx, caller)
    if len(found) > 1:
        raise Conflict(
            "Multiple possible networks found, use a Network ID to be more specific.", name="NetworkAmbiguous"
        )
    if not found and asked == "auto":
        raise Invalid(
            f"Unable to automatically allocate a network for project {caller.project_id}",
            name="UnableToAutoAllocateNetwork",
        )
    return [NetworkRequest(network_id=one.id) for one in found]


def quota(tx: Tx, project_id: str, flavor: Flavor, least: int, most: int) -> int:
    """How many servers the project may have more, of those that were asked for. Raises OverQuota for fewer than `least`."""
    QUOTAS.hold(tx, project_id)
    used = store.usage(tx, project_id)

    def wanted(count: int) -> dict[str, int]:
        return {"instances": count, "cores": flavor.vcpus * count, "ram": flavor.ram * count}

    try:
        QUOTAS.check(tx, project_id, wanted(most), used.__getitem__)
    except OverQuota as fault:
        possible = min(max(one["limit"] - one["used"], 0) * most // one["requested"] for one in fault.about["over"])
        if possible >= least:
            return possible
        raise _words(fault) from None
    return most


def _words(fault: OverQuota) -> OverQuota:
    over = sorted(fault.about["over"], key=lambda one: one["resource"])
    names = ", ".join(one["resource"] for one in over)
    requested, used, limits = (", ".join(str(one[part]) for one in over) for part in ("requested", "used", "limit"))
    return OverQuota(
        f"Quota exceeded for {names}: Requested {requested}, but already used {used} of {limits} {names}",
        **{name: value for name, value in fault.about.items()},
    )
