"""`python -m gureum.testimage`: builds guest images."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from gureum.testimage import debian, small
from gureum.testimage.host import BuildError

BUILDERS = {
    "build": (small.build, "the small test image"),
    "debian": (debian.build, "a Debian image with cloud-init (as root)"),
}


def default_work() -> Path:
    """Return the folder that keeps downloaded packages between builds."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "gureum" / "testimage"


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    made = argparse.ArgumentParser(prog="python -m gureum.testimage", description=__doc__)
    verbs = made.add_subparsers(dest="verb", required=True)
    for verb, (_, about) in BUILDERS.items():
        one = verbs.add_parser(verb, help=about)
        one.add_argument("--output", type=Path, required=True, help="the qcow2 file to make")
        one.add_argument("--work", type=Path, default=default_work(), help="where downloads are kept (%(default)s)")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Build what the command line asks for; return the exit status."""
    asked = parser().parse_args(arguments)
    try:
        asked.work.mkdir(parents=True, exist_ok=True)
        builder, _ = BUILDERS[asked.verb]
        print(builder(asked.output, asked.work))
    except (BuildError, OSError) as error:
        print(f"test image: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
