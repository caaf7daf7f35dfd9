"""Tags on the wire."""

from jsonschema import Draft202012Validator

from gureum.compute.wire.schemas import TAG
from gureum.kernel.faults import Invalid

_validator = Draft202012Validator(TAG)


def checked(tag: str) -> str:
    """A tag that came in a path. Raises Invalid."""
    for error in _validator.iter_errors(tag):
        raise Invalid(
            f"Tag '{tag}' is invalid. It must be a non empty string without characters '/' and ','. "
            f"Validation error message: {error.message}"
        )
    return tag
