"""qemu-img within its bounds: as often as it is called, it has room for its threads."""

import os
from pathlib import Path

import pytest

from gureum.agent.drivers.images.tool import directory_for_guest, empty_for_guest, qemu_img

pytestmark = pytest.mark.real
TIMES = 20


def test_every_conversion_succeeds(tmp_path: Path) -> None:
    image = Path(os.environ["GUREUM_TEST_IMAGE"])
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o011)
    home = directory_for_guest(tmp_path / "volumes")
    for number in range(TIMES):
        target = empty_for_guest(home / f"{number}.qcow2")
        qemu_img(("convert", "-f", "qcow2", "-O", "qcow2", image, target), "The image could not be converted.")
        assert target.stat().st_size > 1024 * 1024
        target.unlink()
