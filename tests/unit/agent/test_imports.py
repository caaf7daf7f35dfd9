"""The agent needs little: no database library, no service, no library of a real driver."""

import subprocess
import sys

ALIEN = ("sqlalchemy", "starlette", "uvicorn", "psycopg", "libvirt", "ovsdbapp", "pyroute2", "cryptography", "jinja2")
OURS = ("gureum.agent", "gureum.contracts")


def test_what_the_agent_imports() -> None:
    code = "import sys, gureum.agent.main; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not [name for name in out if name.partition(".")[0] in ALIEN]
    assert not [name for name in out if name.startswith("gureum.") and not name.startswith(OURS)]
