"""A volume type: a name that stands for properties of volumes."""

from dataclasses import dataclass, field

from gureum.kernel.clock import Micros

DEFAULT = "__DEFAULT__"


@dataclass(frozen=True, slots=True)
class VolumeType:
    """A type. One that is not public is seen by the projects that were given access."""

    id: str
    name: str
    description: str | None
    is_public: bool
    created_at: Micros
    updated_at: Micros | None = None
    extra_specs: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def multiattach(self) -> bool:
        """Whether volumes of this type may be attached more than once."""
        return self.extra_specs.get("multiattach") == "<is> True"
