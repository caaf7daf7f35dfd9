"""Where the test image is: built on a real host, a stand-in of the right format on a simulated one."""

import sys
from importlib.util import find_spec
from pathlib import Path

import click

from gureum.cli.place import Place

NAME = "gureum-test.qcow2"
_VIRTUAL_SIZE = 64 * 1024 * 1024
_CLUSTER_BITS = 16


def path(place: Place, simulated: bool) -> Path:
    """The image's path. A simulated cloud gets an empty disk, since nothing boots there. Raises ClickException."""
    if simulated:
        return _stand_in(place.state / "images" / "simulated.qcow2")
    for directory in (place.state / "images", Path("/var/lib/gureum/images")):
        if (directory / NAME).exists():
            return directory / NAME
    raise click.ClickException(
        f"the test image has not been built; build it: {sys.executable} -m gureum.testimage build "
        f"--output {place.state / 'images' / NAME}"
        if find_spec("gureum.testimage")
        else "the test image has not been built: ./install"
    )


def _stand_in(path: Path) -> Path:
    """An empty qcow2 disk of 64 MiB: header, refcounts and an empty first-level table (qcow2 specification, version 2)."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    cluster = 1 << _CLUSTER_BITS
    header = b"QFI\xfb" + b"".join(
        number.to_bytes(size, "big")
        for number, size in (
            (2, 4), (0, 8), (0, 4), (_CLUSTER_BITS, 4), (_VIRTUAL_SIZE, 8), (0, 4),
            (1, 4), (3 * cluster, 8), (cluster, 8), (1, 4), (0, 4), (0, 8),
        )
    )  # fmt: skip
    table = (2 * cluster).to_bytes(8, "big")
    counts = b"\0\1" * 4
    pages = (header, table, counts, b"")
    temporary = path.with_suffix(".new")
    temporary.write_bytes(b"".join(page.ljust(cluster, b"\0") for page in pages))
    temporary.replace(path)
    return path
