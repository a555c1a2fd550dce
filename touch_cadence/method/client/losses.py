"""Deals that are given up before the client could know us (R3, R47)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

# how a run ends by a clear no of the client, or of a colleague of his: a good outcome (R12), and never too early
SAID_NO = ("refused", "refused_by_colleague")


class Run(NamedTuple):
    """A run of the deal. ``started``: the day on which it begins, ahead of us for a rest; ``reason``: why it ended."""

    id: int
    started: date
    ended: date | None = None
    reason: str | None = None


def last_run(runs: Iterable[Run], today: date) -> Run | None:
    """:param runs: of the deal
    :return: the last that has begun: a rest that was still going on when the deal was lost was no approach"""
    begun = [run for run in runs if run.started <= min(run.ended or today, today)]
    return max(begun, key=lambda run: run.id, default=None)


def is_early(made: int, target: int, reason: str | None) -> bool:
    """Whether a deal was given up early: fewer touches count in its approach (:func:`history.approach`) than its cadence aims at. Never where the client
    said a clear no.

    :param reason: why the last run ended
    """
    return made < target and reason not in SAID_NO
