"""Settings of the image service, filled in from the settings file at start."""

from dataclasses import dataclass
from pathlib import Path

GIB = 1024**3


@dataclass
class ImageSettings:
    """What an operator may choose. Numbers of things are per image; -1 is no limit."""

    state: Path = Path("/var/lib/gureum")
    """Bytes lie in `<state>/images/<id>`."""
    process: int = 1
    processes: int = 1
    """Which of how many control processes this is: uploads belong to the one that receives them."""
    most_bytes: int = 1024 * GIB
    """The largest image that is taken."""
    properties: int = 128
    tags: int = 128
    members: int = 128
    page: int = 25
    """Images of a list when the client asks for no number."""
    most_page: int = 1000
    inspection_seconds: float = 60.0
    """How long looking into an image may take."""
    fetch_seconds: float = 10.0
    """How long an upload waits for an agent that can look into it."""

    @property
    def folder(self) -> Path:
        """Where bytes lie."""
        return self.state / "images"


settings = ImageSettings()
