"""The state directory: what lies where, and whose it is.

settings.yaml        the operator's
admin.password       0600, the administrator's first password
control/             0700, the control plane's user: database, images, sockets
agent/               root's (0711: QEMU must pass through): guests, volumes, cached images, daemons
run/                 pids and process states; log/ a file a process
"""

import os
import pwd
import secrets
from dataclasses import dataclass
from pathlib import Path

from gureum.settings import Settings


@dataclass(frozen=True)
class Account:
    """The user that control runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """Paths below one state directory."""

    state: Path

    @property
    def control(self) -> Path:
        return self.state / "control"

    @property
    def agent(self) -> Path:
        return self.state / "agent"

    @property
    def run(self) -> Path:
        return self.state / "run"

    @property
    def log(self) -> Path:
        return self.state / "log"

    @property
    def password_file(self) -> Path:
        return self.state / "admin.password"

    @property
    def good_settings(self) -> Path:
        """The settings with which the cloud last came up."""
        return self.run / "settings.last.yaml"

    @property
    def socket(self) -> Path:
        """Where agents dial."""
        return self.control / "agents.sock"

    def password(self) -> str:
        """The administrator's first password. Raises FileNotFoundError before the first start."""
        return self.password_file.read_text().strip()


def account(settings: Settings) -> Account:
    """Who control runs as. Raises KeyError when root starts the cloud and the user does not exist."""
    own = pwd.getpwnam(settings.user) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return Account(own.pw_name, own.pw_uid, own.pw_gid)


def prepare(place: Place, who: Account) -> None:
    """Make the directories with their owners and modes, and the first password. Run again, it changes nothing."""
    root = os.geteuid() == 0
    for path, mode, mine in (
        (place.state, 0o755, True),
        (place.control, 0o700, False),
        (place.agent, 0o711, True),
        (place.run, 0o755, True),
        (place.log, 0o750, True),
    ):
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        path.chmod(mode)
        if root and not mine:
            os.chown(path, who.uid, who.gid)
    if not place.password_file.exists():
        descriptor = os.open(place.password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(12) + "\n")
