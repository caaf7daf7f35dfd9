"""What bytes really are: asked of an agent in the role `fetch`, which is an unprivileged process. `app` says how it is asked."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from gureum.contracts.images import ImageFacts, InspectImage
from gureum.image.image import PLAIN_CONTAINERS, Image
from gureum.image.settings import settings
from gureum.kernel.faults import BadMediaType, Fault, TimedOut, Unavailable

Inspector = Callable[[InspectImage, float], Awaitable[ImageFacts]]
"""Asks the question, waiting at most so many seconds. Raises Unavailable while no agent is connected, TimedOut, Fault."""

_AGAIN = 0.25
_NOBODY = "No agent that can look into images is connected. Upload the image again later."
_inspectors: list[Inspector] = []


def set_inspector(inspector: Inspector) -> None:
    """Have images looked into by `inspector` from now on."""
    _inspectors[:] = [inspector]


async def inspect(path: Path, image: Image, content_type: str) -> ImageFacts | None:
    """What the file is; None for archives, which nobody looks into.

    Raises BadMediaType for a file that must not be used as what it was declared to be, Unavailable when nobody can look.
    """
    if image.container_format not in PLAIN_CONTAINERS:
        return None
    facts = await _ask(InspectImage(path=str(path), declared=image.disk_format or ""))
    if facts.fault:
        raise BadMediaType(_sentence(facts, image.disk_format or ""), content_type=content_type)
    return facts


async def _ask(question: InspectImage) -> ImageFacts:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + settings.fetch_seconds
    while True:
        try:
            if not _inspectors:
                raise Unavailable(_NOBODY)
            return await _inspectors[0](question, settings.inspection_seconds)
        except Unavailable:
            if loop.time() >= deadline:
                raise Unavailable(_NOBODY) from None
        except TimedOut:
            raise Unavailable("Looking into the image took too long. Upload it again later.") from None
        except Fault as fault:
            raise Unavailable(f"The image could not be looked into: {fault.message}", cause=fault.cause) from None
        await asyncio.sleep(_AGAIN)


def _sentence(facts: ImageFacts, declared: str) -> str:
    if facts.format != declared and "does not match" in facts.fault:
        return f"Image disk_format {declared} does not match stream data {facts.format}"
    return facts.fault
