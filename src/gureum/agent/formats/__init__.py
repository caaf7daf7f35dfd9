"""What a file of a tenant is."""

from pathlib import Path

from gureum.contracts.images import ImageFacts


def inspect_file(path: Path, declared: str) -> ImageFacts:
    return ImageFacts(format=declared, virtual_size=path.stat().st_size)
