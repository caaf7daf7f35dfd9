"""Receiving bytes: an image is active with all of them, or back at queued with a message and none."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from gureum.image.image import Image
from gureum.image.service import access, inspection
from gureum.image.settings import settings
from gureum.image.store import files, images
from gureum.kernel import clock, log
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Fault, Gone, Invalid, TooLarge
from gureum.kernel.store.database import Database
from gureum.kernel.store.tx import Tx

T = TypeVar("T")

_AT_ONCE = 1024 * 1024
"""So many bytes are gathered before a thread hashes and writes them: what an upload holds in memory."""
_logger = log.get("image")


@dataclass
class Upload:
    """One upload, from its first byte to its end."""

    database: Database
    caller: Caller
    image_id: str
    content_type: str = "application/octet-stream"
    id: str = field(default_factory=files.new_upload_id)
    begun: bool = False
    granted: bool = False
    """Whoever sends the bytes was permitted when the image was made: nobody is asked again."""

    async def receive(self, stream: AsyncIterator[bytes], announced: int | None = None) -> None:
        """Take the bytes and make the image active. `announced` is how many there will be, where it is known.

        Raises NotFound, Forbidden, Invalid without formats, Conflict unless the image is queued, TooLarge, BadMediaType for
        bytes that are not what was declared, Gone when the image was deleted meanwhile.
        """
        part = files.Part(self.image_id, self.id)
        try:
            image = await self._write(self._begin)
            _check_size(announced or 0)
            await _blocking(part.open)
            await _fill(part, stream)
            if announced is not None and part.size != announced:
                raise Invalid(f"{announced} bytes were announced, and {part.size} came.")
            await _blocking(part.seal)
            facts = await inspection.inspect(part.path, image, self.content_type)
            virtual_size = facts.virtual_size if facts else None
            await self._write(lambda tx: self._finish(tx, part, virtual_size))
        except BaseException as error:
            if isinstance(error, Fault) and not self.begun:
                raise
            fault = _as_fault(error)
            await asyncio.shield(self._give_up(part, fault))
            if isinstance(error, Exception):
                raise fault from error
            raise

    async def _write(self, job: Callable[[Tx], T]) -> T:
        return await _to_its_end(asyncio.wrap_future(self.database.submit(job, self.caller)))

    def _begin(self, tx: Tx) -> Image:
        tx.lock("image", self.image_id)
        image = self._permitted(tx)
        missing = [name for name in ("disk_format", "container_format") if getattr(image, name) is None]
        if missing:
            raise Invalid(f"Properties {', '.join(missing)} must be set prior to saving data.")
        image.must_become("saving")
        images.change(tx, image.id, status="saving", upload_id=self.id, failure=None, updated_at=clock.now())
        self.begun = True
        return image

    def _permitted(self, tx: Tx) -> Image:
        if self.granted:
            image = images.find(tx, self.image_id)
            if image is None:
                raise Gone(f"Image {self.image_id} was deleted.")
            return image
        image = access.get(tx, self.caller, self.image_id)
        access.demand("upload_image", self.caller, image)
        return image

    def _finish(self, tx: Tx, part: files.Part, virtual_size: int | None) -> None:
        tx.lock("image", self.image_id)
        whole = {"size": part.size, "virtual_size": virtual_size, "checksum": part.md5, "hash_value": part.sha512}
        if not images.change_upload(
            tx, self.image_id, self.id, status="active", upload_id=None, updated_at=clock.now(), **whole
        ):
            raise Gone(f"Image {self.image_id} could not be found after upload. It was deleted during the upload.")
        # in here, so that nobody else's bytes can ever lie under this id; it is one rename
        part.publish()

    async def _give_up(self, part: files.Part, fault: Fault) -> None:
        """Leave no bytes, and the image as it was before, with a message."""
        _logger.info("upload failed", image=self.image_id, reason=fault.message, cause=fault.cause)
        await asyncio.to_thread(part.discard)
        await self._write(
            lambda tx: images.change_upload(
                tx,
                self.image_id,
                self.id,
                status="queued",
                upload_id=None,
                failure=fault.message,
                updated_at=clock.now(),
            )
        )


async def _fill(part: files.Part, stream: AsyncIterator[bytes]) -> None:
    gathered: list[bytes] = []
    size = 0
    async for piece in stream:
        gathered.append(piece)
        size += len(piece)
        if size >= _AT_ONCE:
            await _flush(part, gathered, size)
            gathered, size = [], 0
    await _flush(part, gathered, size)


async def _flush(part: files.Part, gathered: list[bytes], size: int) -> None:
    _check_size(part.size + size)
    await _blocking(lambda: part.write(b"".join(gathered)))


async def _blocking(job: Callable[[], None]) -> None:
    await _to_its_end(asyncio.ensure_future(asyncio.to_thread(job)))


async def _to_its_end(running: "asyncio.Future[T]") -> T:
    """Await what runs in another thread, and stay until it has ended even when cancelled: what it makes must be there to be
    undone."""
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _check_size(size: int) -> None:
    if size > settings.most_bytes:
        raise TooLarge(f"The incoming image is too large: at most {settings.most_bytes} bytes are taken.")


def _as_fault(error: BaseException) -> Fault:
    """What the image's owner is told."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, ConnectionError):
        return Invalid("The upload was cut off before its end.", cause=repr(error))
    if isinstance(error, OSError):
        return TooLarge("The image store is full or cannot be written.", cause=repr(error))
    return Fault("The upload failed.", cause=repr(error))
