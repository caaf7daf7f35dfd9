"""Looking into tenants' files: in a process of its own without any privilege, bounded in memory, time and what it writes."""

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from gureum.agent.drivers.protocols import DriverFault
from gureum.contracts.images import ImageFacts, InspectImage

SECONDS = 20.0
MOST_OUTPUT = 64 * 1024
UNREADABLE = "The image could not be read."


class BoundedInspector:
    """The `Inspector` driver."""

    def inspect(self, question: InspectImage) -> ImageFacts:
        """What the file is. DriverFault when it is not there or looking into it broke its bounds."""
        try:
            descriptor = os.open(question.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as missing:
            raise DriverFault(UNREADABLE, str(missing)) from missing
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise DriverFault(UNREADABLE, "it is no regular file")
            argv = [sys.executable, "-m", "gureum.agent.drivers.images.look", question.declared]
            done = subprocess.run(argv, stdin=descriptor, capture_output=True, timeout=SECONDS, cwd="/")
            if done.returncode != 0:
                raise DriverFault(UNREADABLE, done.stderr.decode(errors="replace")[-500:])
            return msgspec.json.decode(done.stdout[:MOST_OUTPUT], type=ImageFacts)
        except subprocess.TimeoutExpired as late:
            raise DriverFault(UNREADABLE, f"looking into it took more than {SECONDS:.0f} s") from late
        except (OSError, msgspec.MsgspecError) as failed:
            raise DriverFault(UNREADABLE, str(failed)) from failed
        finally:
            os.close(descriptor)


def open(state: Path, settings: Mapping[str, Any]) -> BoundedInspector:
    """For the registry."""
    return BoundedInspector()
