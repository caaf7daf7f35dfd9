"""What compute begins with: the five flavors that everybody knows, and its own services."""

import sqlalchemy as sa

from gureum.compute.flavor import Flavor
from gureum.compute.service import compute_services
from gureum.compute.store import flavors
from gureum.kernel import clock
from gureum.kernel.store.tx import Tx

_SIZES = (
    ("m1.tiny", 1, 512, 1),
    ("m1.small", 1, 2048, 20),
    ("m1.medium", 2, 4096, 40),
    ("m1.large", 4, 8192, 80),
    ("m1.xlarge", 8, 16384, 160),
)


def bootstrap(tx: Tx) -> None:
    """Make the default flavors on a cloud that has none; tell that this control plane is there."""
    compute_services.announce(tx)
    if tx.one(sa.select(flavors.flavors.c.id).limit(1)) is not None:
        return
    for number, (name, vcpus, ram, disk) in enumerate(_SIZES, 1):
        flavors.add(tx, Flavor(str(number), name, vcpus, ram, disk, created_at=clock.now()))
