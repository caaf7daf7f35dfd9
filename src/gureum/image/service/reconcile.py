"""What a start puts right: uploads that ended with the process, and files that belong to nothing."""

from pathlib import Path

from gureum.image.store import files, images
from gureum.kernel import clock, log
from gureum.kernel.store.database import Database
from gureum.kernel.store.tx import Tx

_INTERRUPTED = "The upload was cut off: the service stopped."
_logger = log.get("image")


def reconcile(database: Database) -> None:
    """Put interrupted uploads back to queued and remove their bytes. To be called before uploads can begin; it blocks."""
    whole = database.write(_requeue)
    for path in files.strangers(whole):
        database.write(lambda tx, path=path: _remove(tx, path))
    for image_id in sorted(whole):
        if not files.path_of(image_id).is_file():
            _logger.error("image without bytes", image=image_id)


def _remove(tx: Tx, path: Path) -> None:
    """Remove a file, unless another process has just made an image of it."""
    tx.lock("image", path.name)
    if path.name not in images.with_bytes(tx):
        _logger.info("removed", file=path.name)
        path.unlink(missing_ok=True)


def _requeue(tx: Tx) -> set[str]:
    now = clock.now()
    for image_id, upload_id in images.unfinished(tx).items():
        if upload_id is None or files.cut_off(upload_id):
            images.change(tx, image_id, status="queued", upload_id=None, failure=_INTERRUPTED, updated_at=now)
    return images.with_bytes(tx)
