"""Resident memory of every process of a running cloud."""

import json
import sys
from pathlib import Path


def resident(pid: int) -> tuple[str, int]:
    """(name, KiB) of a process."""
    values = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    return values["Name"].strip(), int(values["VmRSS"].split()[0])


def below(state: Path) -> list[int]:
    """Pids of the supervisor, its children, and the daemons that have the state directory on their command line."""
    states = json.loads((state / "run" / "processes.json").read_text())
    pids = {states["pid"], *(one["pid"] for one in states["children"])}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(state) in line or line.startswith(("libvirtd", "virtlogd")):
                pids.add(int(entry.name))
    return sorted(pids)


def main() -> None:
    """Print a line a process, and the sum."""
    total = 0
    for pid in below(Path(sys.argv[1])):
        name, size = resident(pid)
        total += size
        print(f"{name:20} {size / 1024:7.1f} MB")
    print(f"{'together':20} {total / 1024:7.1f} MB")


if __name__ == "__main__":
    main()
