"""When a run must stop: everything fails for one cause, and each further failure would only do harm."""

from __future__ import annotations

import re
from collections import Counter

# so many failures of one cause, and more of them than successes: it is no longer about single records
ALIKE = 10


def cause(error: BaseException) -> str:
    """:return: the failure without numbers, which differ from record to record"""
    return re.sub(r"\d+", "#", f"{type(error).__name__}: {error}")[:300]


class Breaker:
    """Counts, over a run of any number of batches, how many records succeeded and which causes made others fail.

    It is fair only where records are tried in an order that has nothing to do with the cause: a batch that fails is therefore split by
    turns, every second record to the one half.
    """

    def __init__(self) -> None:
        self.succeeded = 0
        self.failed: Counter[str] = Counter()

    def success(self, count: int) -> None:
        self.succeeded += count

    def failure(self, error: BaseException) -> bool:
        """:return: whether the run must stop"""
        kind = cause(error)
        self.failed[kind] += 1
        return self.failed[kind] >= ALIKE and self.failed[kind] > self.succeeded
