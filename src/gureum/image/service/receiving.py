"""Bytes of an image that an agent sends under a grant: the grant is the permission."""

import asyncio
from collections.abc import AsyncIterator

from gureum.image.service.uploads import Upload
from gureum.image.store import images
from gureum.kernel import log
from gureum.kernel.caller import SYSTEM
from gureum.kernel.faults import Conflict, Fault, Invalid, Unavailable
from gureum.kernel.store.database import Database

_CHUNK = 256 * 1024
_LONGEST = 20
_logger = log.get("image")


async def receive(
    database: Database, image_id: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Take a line with the size in bytes, then the bytes; say in a line `ok`, or `no` or `again` and why."""
    try:
        upload = Upload(database, SYSTEM, image_id, granted=True)
        line = (await reader.readline()).decode("ascii", "replace").strip()
        if not line.isdigit() or len(line) > _LONGEST:
            raise Invalid("The size of the image was not told.")
        try:
            await upload.receive(_bytes(reader, int(line)), int(line))
            answer = "ok"
        except Conflict:
            # the answer of an earlier time was lost, or an earlier connection is not known to be dead yet
            found = await database.reading(lambda tx: images.find(tx, image_id))
            answer = "ok" if found is not None and found.status == "active" else "again The image is being written."
    except Fault as fault:
        answer = f"{'again' if isinstance(fault, Unavailable) else 'no'} {fault.message}"
    except (OSError, asyncio.IncompleteReadError) as error:
        _logger.info("a copy was cut off", image=image_id, reason=repr(error))
        return
    writer.write(answer.replace("\n", " ").encode() + b"\n")
    await writer.drain()


async def _bytes(reader: asyncio.StreamReader, size: int) -> AsyncIterator[bytes]:
    left = size
    while left and (piece := await reader.read(min(left, _CHUNK))):
        left -= len(piece)
        yield piece
    if left:
        raise ConnectionError("the agent hung up")
