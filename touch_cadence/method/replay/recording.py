"""A recording: facts, each with the decision that was made of them, as text that stays the same while they do.

One JSON a line. The first line says the form and the defaults of that day, so that a default that changes later changes nothing that was
recorded. Then come values that many facts share (``{"workdays": …}``), before the first facts that need them, and the facts.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..plan.decide import decide
from ..plan.decision import Decision
from ..plan.facts import Facts
from .plain import Decoder, Encoder, Unreadable, as_text

FORM = 1


class Record(NamedTuple):
    """``decision``: what was decided of ``facts`` when they were recorded."""

    facts: Facts
    decision: Decision


def decided(known: Iterable[Facts]) -> list[Record]:
    """:return: facts with what is decided of them now"""
    return [Record(facts, decide(facts)) for facts in known]


def write(records: Iterable[Record]) -> list[str]:
    """:return: the lines of a recording"""
    encoder = Encoder()
    written = dict.fromkeys(encoder.shared, 0)
    lines = []
    for facts, decision in records:
        plain = {"facts": encoder.encode(facts, Facts), "decision": encoder.encode(decision, Decision)}
        for name, numbers in encoder.shared.items():
            new = list(numbers)[written[name] :]
            lines += [f'{{"{name}":{text}}}' for text in new]
            written[name] += len(new)
        lines.append(as_text(plain))
    return [as_text({"recording": FORM, "defaults": encoder.defaults}), *lines]


def read(lines: Iterable[str]) -> Iterator[Record]:
    """:raise Unreadable: for what is no recording, or one that this version cannot read"""
    decoder: Decoder | None = None
    for number, line in enumerate(lines, 1):
        try:
            plain: dict[str, Any] = json.loads(line)
            if decoder is None:
                if plain["recording"] != FORM:
                    raise Unreadable(f"the form is {plain['recording']}, and this version reads form {FORM}")
                decoder = Decoder(plain["defaults"])
            elif "facts" in plain:
                yield Record(decoder.decode(plain["facts"], Facts), decoder.decode(plain["decision"], Decision))
            else:
                for name, value in plain.items():
                    decoder.share(name, value)
        except Unreadable as error:
            raise Unreadable(f"Line {number}: {error}") from error
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise Unreadable(f"Line {number} is none of a recording ({type(error).__name__}: {error}).") from error
    if decoder is None:
        raise Unreadable("It is empty: a recording begins with a line that says its form.")


def save(path: str | Path, records: Iterable[Record]) -> None:
    """Write a recording into a file, packed; the same facts give the same file."""
    text = "".join(f"{line}\n" for line in write(records))
    Path(path).write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def load(path: str | Path) -> list[Record]:
    """:raise Unreadable: for a file that is none"""
    try:
        text = gzip.decompress(Path(path).read_bytes()).decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read: {error}.") from error
    return list(read(text.rstrip("\n").split("\n")))
