"""Tags on the wire."""

from gureum.compute.wire.schemas import TAG
from gureum.kernel.faults import Invalid
from gureum.kernel.http.validator import Strict

_validator = Strict(TAG)


def checked(tag: str) -> str:
    """A tag that came in a path. Raises Invalid."""
    for error in _validator.iter_errors(tag):
        raise Invalid(
            f"Tag '{tag}' is invalid. It must be a non empty string without characters '/' and ','. "
            f"Validation error message: {error.message}"
        )
    return tag
