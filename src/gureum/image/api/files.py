"""The bytes of images, in and out."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import BinaryIO

from gureum.image.service import downloads
from gureum.image.service.uploads import Upload
from gureum.image.wire.images import STORE
from gureum.kernel.faults import BadMediaType, Invalid, OutOfRange
from gureum.kernel.http import Answer, Call, Routes, TxKind, no_content
from gureum.kernel.numbers import natural

routes = Routes()

_OCTETS = "application/octet-stream"
_AT_ONCE = 256 * 1024
_RANGE = re.compile(r"bytes=([0-9]{0,999})-([0-9]{0,999})\Z")


@routes.put("/v2/images/{image_id}/file", "upload_image", tx=TxKind.STREAM)
async def upload(call: Call, image_id: str) -> Answer:
    """Take the bytes of an image as they come."""
    kind = call.headers.get("content-type", "")
    if kind.partition(";")[0].strip() != _OCTETS:
        raise BadMediaType(f"Invalid content type {kind}", content_type=kind)
    store = call.headers.get("x-image-meta-store", STORE)
    if store != STORE:
        raise Invalid(f"The selected store {store} is not available on this node.")
    assert call.stream is not None
    length = call.headers.get("x-openstack-image-size") or call.headers.get("content-length", "")
    receiving = Upload(call.database, call.caller, image_id, kind)
    await receiving.receive(call.stream, natural(length))
    return no_content()


@routes.get("/v2/images/{image_id}/file", "download_image")
def download(call: Call, image_id: str) -> Answer:
    """Give the bytes of an image, or a range of them."""
    image, file = downloads.open_bytes(call.tx, call.caller, image_id)
    if file is None or image.size is None:
        return no_content()
    asked = call.headers.get("range")
    headers = [("Content-MD5", image.checksum or "")]
    first, last = 0, image.size - 1
    if asked is not None:
        try:
            first, last = byte_range(asked, image.size)
        except OutOfRange:
            file.close()
            raise
        headers.insert(0, ("Content-Range", f"bytes {first}-{last}/{image.size}"))
    headers.append(("Content-Length", str(last - first + 1)))
    stream = _pieces(file, first, last - first + 1)
    return Answer(200 if asked is None else 206, None, headers, stream=stream, content_type=_OCTETS)


def byte_range(text: str, size: int) -> tuple[int, int]:
    """The first and last byte that a Range header asks for. Raises OutOfRange."""
    if "," in text:
        raise OutOfRange(
            "Requests with multiple ranges are not supported in Glance. Please try again with only one range.",
            standing=True,
        )
    found = _RANGE.match(text.strip())
    if found is None or found.groups() == ("", ""):
        raise OutOfRange("Invalid Range header.", standing=True)
    start, end = found.groups()
    if not start:
        return max(0, size - int(end)), size - 1
    first, last = int(start), int(end) if end else size - 1
    if first >= size:
        raise OutOfRange(
            f"Invalid start position in Range header. Start position MUST be in the inclusive range [0, {size - 1}].",
            standing=True,
        )
    if last < first:
        raise OutOfRange("Invalid Range header.", standing=True)
    return first, min(last, size - 1)


async def _pieces(file: BinaryIO, first: int, length: int) -> AsyncIterator[bytes]:
    try:
        await asyncio.to_thread(file.seek, first)
        while length > 0:
            piece = await asyncio.to_thread(file.read, min(_AT_ONCE, length))
            if not piece:
                raise ConnectionError("the file is shorter than its image")
            length -= len(piece)
            yield piece
    finally:
        file.close()
