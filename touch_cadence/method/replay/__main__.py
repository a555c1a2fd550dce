"""python3 -m method.replay FILE: decide a recording again and list what differs; see docs/replay.md."""

from __future__ import annotations

import argparse
import sys

from .compare import listed, replay
from .plain import Unreadable
from .recording import decided, load, save


def main(arguments: list[str] | None = None) -> int:
    """:return: 0 where every decision is what it was, or was accepted; 1 where some differ; 2 where the recording cannot be read"""
    parser = argparse.ArgumentParser(
        prog="python3 -m method.replay", description="Decide recorded facts again, and list what differs by rule."
    )
    parser.add_argument("file", help="a recording")
    parser.add_argument("--accept", action="store_true", help="write what is decided now into the recording")
    said = parser.parse_args(arguments)
    try:
        records = load(said.file)
    except Unreadable as error:
        sys.stderr.write(f"{error}\n")
        return 2
    differences = replay(records)
    sys.stdout.write(f"{listed(differences, len(records))}\n")
    if said.accept:
        save(said.file, decided(record.facts for record in records))
        return 0
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
