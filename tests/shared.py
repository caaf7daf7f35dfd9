"""Where the public contract is kept as data: beside the checkout."""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent


def is_here() -> bool:
    """Whether there is a contract beside the checkout."""
    return _ROOT.parent.joinpath("shared", "api").is_dir()


def api(*parts: str) -> Path:
    """A file or folder of the contract. Without the contract the test is skipped, in CI it fails."""
    found = _ROOT.parent.joinpath("shared", "api", *parts)
    if not found.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{found} is not there")
        pytest.skip(f"{found} is not there")
    return found
