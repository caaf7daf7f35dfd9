"""Bodies of actions on a volume."""

from gureum.block_storage.wire import schemas
from gureum.block_storage.wire.schemas import ACTION, BOOLEAN, METADATA, TEXT, always, closed, wrapped

EXTEND = always(wrapped("os-extend", closed({"new_size": schemas.size(nullable=False)}, "new_size")))
SET_BOOTABLE = always(wrapped("os-set_bootable", closed({"bootable": BOOLEAN}, "bootable")))
SET_READONLY = always(wrapped("os-update_readonly_flag", closed({"readonly": BOOLEAN}, "readonly")))
FORCE_DELETE = always(wrapped("os-force_delete", ACTION))
SHOW_IMAGE_METADATA = always(wrapped("os-show_image_metadata", ACTION))
SET_IMAGE_METADATA = always(wrapped("os-set_image_metadata", closed({"metadata": METADATA}, "metadata")))
UNSET_IMAGE_METADATA = always(wrapped("os-unset_image_metadata", closed({"key": schemas.NAME_255}, "key")))
RESET_STATUS = always(
    wrapped("os-reset_status", closed({"status": TEXT, "attach_status": TEXT, "migration_status": TEXT}))
)
