"""Logs: what is named like a secret does not get in."""

import json
import subprocess
import sys

_PROGRAM = """
from gureum.kernel import log
log.setup()
log.get("test").info("made", user="u", adminPass="pLanTed", body={"server": [{"user_data": "pLanTed", "name": "n"}]})
"""


def test_secrets_are_cut_out_however_deep_they_are_named() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    line = json.loads(done.stderr)
    assert line["user"] == "u"
    assert line["adminPass"] == "***"
    assert line["body"] == {"server": [{"user_data": "***", "name": "n"}]}
    assert "pLanTed" not in done.stderr
