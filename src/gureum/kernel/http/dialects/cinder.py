"""Block storage: compute's shape, with words of its own."""

from gureum.kernel.faults import Fault
from gureum.kernel.http.dialects.nova import Nova

_UNKNOWN_ACTION = "There is no such action: "


class Cinder(Nova):
    """Faults of the block storage API: quotas are 413."""

    def __init__(self) -> None:
        super().__init__(quota_status=413)

    def _sentence(self, fault: Fault) -> str:
        text = super()._sentence(fault)
        if text.startswith(_UNKNOWN_ACTION):
            return f"{text}. Verify the request body and Content-Type header and try again."
        return text
