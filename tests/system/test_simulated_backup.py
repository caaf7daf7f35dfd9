"""A cloud saved while it runs, changed, ended, and brought back: by the command, seen by the stock client."""

from pathlib import Path

from tests.system.started import Started


def test_what_was_saved_comes_back_and_what_came_later_is_gone(simulated: Started, tmp_path: Path) -> None:
    file = str(tmp_path / "cloud.tar")
    kept = simulated.openstack("project", "create", "kept", "-f", "json")["id"]
    assert "saved" in simulated.gureum("backup", file).stdout
    simulated.openstack("project", "delete", kept)
    refused = simulated.gureum("restore", file, check=False)
    assert refused.returncode == 1
    assert "gureum down" in refused.stderr
    simulated.gureum("down")
    refused = simulated.gureum("restore", file, check=False)
    assert "--replace" in refused.stderr
    assert "restored" in simulated.gureum("restore", file, "--replace").stdout
    simulated.gureum("up", "--sim")
    assert kept in {one["ID"] for one in simulated.openstack("project", "list", "-f", "json")}
    assert "nothing wrong" in simulated.gureum("doctor").stdout
