"""The simulated cache of images: checksums are real, copies are not."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.sim.world import World, key
from gureum.contracts import hypervisor as hv

_CHUNK = 1024 * 1024


class SimImages:
    """The cache of one simulated host. It reads an image's file once, where delivery named one."""

    def __init__(self, world: World, host: str) -> None:
        self._world = world
        self._host = host
        self._began = time.monotonic()
        self._asked: dict[str, float] = {}

    def ensure(self, image: hv.ImageSource, progress: Callable[[int], None]) -> Path:
        name = key(self._host, image.image_id)
        with self._world.lock:
            self._asked[name] = time.monotonic()
            kept = self._world.cached.get(name)
            verified = self._world.verified.get(image.image_id) == image.sha512
        if kept is not None:
            return Path(kept)
        if image.path and not verified:
            _verify(image, progress)
        with self._world.lock:
            self._world.verified[image.image_id] = image.sha512
            path = f"/sim/{self._host}/images/{image.image_id}"
            self._world.cached.put(name, path)
        return Path(path)

    def prune(self, unused_seconds: float) -> None:
        with self._world.lock:
            used = {guest.base for guest in self._world.guests_on(self._host)}
            for name, path in list(self._world.cached.items()):
                idle = time.monotonic() - self._asked.get(name, self._began)
                if name.startswith(f"{self._host}/") and path not in used and idle >= unused_seconds:
                    self._world.cached.drop(name)


def _verify(image: hv.ImageSource, progress: Callable[[int], None]) -> None:
    digest = hashlib.sha512()
    try:
        with Path(image.path).open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                progress(min(99, file.tell() * 100 // max(1, image.size)))
    except OSError as error:
        raise DriverFault("The image's bytes cannot be read.", str(error), again=True) from error
    if digest.hexdigest() != image.sha512:
        raise DriverFault("The image's bytes are not what was uploaded.", f"sha512 of {image.image_id} differs")
