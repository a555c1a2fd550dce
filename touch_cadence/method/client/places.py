"""Who holds a client's place, who gives way, and who comes next (invariant 1).

A client is worked by one run at a time. Others of the same client *wait*: deals that were opened meanwhile, and what gave way to them.
Nobody is left out in silence: a run that waits is a record that people see, and it takes the place over when that is free.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..plan.facts import HIGH

# a higher one goes first: care and win-back of a contact, the nurture of a deal, a deal that is sold, a large deal (R37)
CONTACT, NURTURE, DEAL, LARGE = RANKS = range(4)
# who enrols: a person, a cadence's rule or the potential, what a cadence says comes after a purchase or after another end, a deal that
# was over and is open again
HAND, RULE, WON, FOLLOWS, REOPENED = BY = ("hand", "rule", "won", "follows", "reopened")
TAKES, WAITS, LEFT_OUT = VERDICTS = ("takes", "waits", "left_out")


@dataclass(frozen=True, slots=True)
class Run:
    """An enrolment of the client. ``record``: what it works, the same number for the same deal or contact; ``since``: its age among the
    client's runs, for a rest when the no was said; any numbers that grow with time."""

    id: int
    record: int
    rank: int
    state: str
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A deal or contact that is to be enrolled. ``opened``: when it came to be, on the scale of ``Run.since``."""

    record: int
    rank: int
    by: str = HAND
    opened: float = 0.0


def rank(*, deal: bool, follows: bool, strategy: str | None) -> int:
    """:param deal: a deal is worked, not a contact
    :param follows: the cadence comes after others (nurture), it does not sell by itself
    :param strategy: the potential that the cadence is for"""
    if not deal:
        return CONTACT
    if strategy == HIGH:
        return LARGE
    return NURTURE if follows else DEAL


def verdict(new: Newcomer, runs: Iterable[Run]) -> tuple[str, str]:
    """Whether a newcomer is worked now.

    * Nothing is enrolled twice: a deal or contact that is under way is left out. A deal that is open again ends its own rest.
    * Selling a deal goes before nurture, care and win-back, a large deal before the others. Of equals the first keeps the place.
    * A run that a person paused stays, unless a person enrols a deal.
    * A rest after a no gives way to a deal that was opened after it, and to a client who bought. Nothing else wakes a client who said no.
    * Deals, and what a cadence says comes next, wait where they cannot have the place. Contacts do not wait by hand or rule: the preview
      says so, and the rule finds them again.

    :param runs: the client's runs that are under way
    :return: the verdict, and the code of the sentence that says why; empty for the one that takes the place
    """
    runs = tuple(runs)
    for run in runs:
        if run.record == new.record and not (run.state == "resting" and new.by in (WON, REOPENED)):
            return LEFT_OUT, {"resting": "resting", "waiting": "waits_already"}.get(run.state, "enrolled_already")
    patient = new.rank > CONTACT or new.by in (WON, FOLLOWS)
    if held := holder(runs):
        if new.rank > CONTACT and (new.by == HAND if held.state == "paused" else new.rank > held.rank):
            return TAKES, ""
        return (WAITS, "comes_next") if patient else (LEFT_OUT, "enrolled_already")
    rests = [run for run in runs if run.state == "resting"]
    if rests and new.by not in (WON, REOPENED) and not (new.rank > CONTACT and all(new.opened >= run.since for run in rests)):
        return (WAITS, "comes_after_rest") if new.by == FOLLOWS else (LEFT_OUT, "resting")
    return TAKES, ""


def holder(runs: Iterable[Run]) -> Run | None:
    """:return: the run that holds the place: the database allows one"""
    return next((run for run in runs if run.state in ("running", "paused", "blocked")), None)


def ends(new: Newcomer, runs: Iterable[Run]) -> tuple[Run, ...]:
    """:return: the rests that are over when ``new`` takes the place: its own, and those of contacts. The rest of another deal goes on,
    and waits when its day has come"""
    return tuple(run for run in runs if run.state == "resting" and (run.rank == CONTACT or run.record == new.record))


def next_up(runs: Iterable[Run]) -> Run | None:
    """The waiting run that takes the place now: the deal before care, the large before the others, then the first.

    :return: None while the place is not free for it: it is held by one that goes before it, or the client rests after a no
    """
    runs = tuple(runs)
    waiting = sorted((run for run in runs if run.state == "waiting"), key=lambda run: (-run.rank, run.id))
    if not waiting:
        return None
    if held := holder(runs):
        return waiting[0] if held.state == "running" and waiting[0].rank > held.rank else None
    return None if any(run.state == "resting" for run in runs) else waiting[0]
