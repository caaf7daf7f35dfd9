"""Images for guests, built from Debian's packages: a small one for tests and labs, and one with real cloud-init."""

from __future__ import annotations

from gureum.testimage.host import DEBIAN_HOST_PACKAGES, HOST_PACKAGES, TEST_PACKAGES, BuildError
from gureum.testimage.small import build

__all__ = ["DEBIAN_HOST_PACKAGES", "HOST_PACKAGES", "TEST_PACKAGES", "BuildError", "build"]
