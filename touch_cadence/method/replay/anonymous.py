"""Facts of real clients, without what says whose they are.

* Keys of clients, people, reasons, steps and cadences are numbered anew, each the same number in the whole recording.
* A birthdate goes, but where the decision rests on it: then its day stays, and its year goes.
* Texts go: names of holidays become numbers. What stays are the method's own words (a channel, a state), never a sentence.
* Of a rule of another addon its code stays, and not what its sentence names.
* Days and moments stay as they are: weekdays, ends of years and clocks decide. Whoever knows on which days somebody was called could find
  that client in a recording.

A field that is named neither in :data:`KEYS` nor in :data:`KEPT` ends in an error, so that a new one is thought about before it is recorded.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass, replace
from datetime import tzinfo
from typing import Any

from ..plan.decide import decide
from ..plan.facts import Facts, Reason
from ..plan.occasions import NO_YEAR, is_named
from ..plan.workdays import Workdays
from .plain import each_of, kinds, shape

CLIENT, USER, CADENCE, STEP, REASON, NEXT_STEP, AGREED = "client", "user", "cadence", "step", "reason", "next_step", "agreed"
OBSTACLE, ITEM = "obstacle", "item"
# Whose keys stand where. Of a mapping these are its keys, and "[]" behind the name means its values.
KEYS: Mapping[str, str] = {
    "Facts.client": CLIENT,
    "Facts.rep": USER,
    "Facts.stand_in": USER,
    "Facts.successors": USER,
    "Facts.closers": USER,
    "Facts.expert": USER,
    "Facts.only_reason": REASON,
    "Cadence.id": CADENCE,
    "Step.id": STEP,
    "Step.reason": REASON,
    "Reason.id": REASON,
    "Reason.clients": CLIENT,
    "History.touches_by_step": STEP,
    "History.reasons": REASON,
    "History.offered": REASON,
    "History.unheard": REASON,
    "OpenTouch.reason": REASON,
    "OpenTouch.expert": USER,
    "OpenTouch.user": USER,
    "OpenTouch.about": AGREED,
    "AgreedStep.key": AGREED,
    "AgreedStep.step": NEXT_STEP,
    "Reason.next_step": NEXT_STEP,
    "Cadence.ladder": NEXT_STEP,
    "History.agreed": NEXT_STEP,
    "History.interest": REASON,
    "NotNow.obstacle": OBSTACLE,
    "Reason.obstacles": OBSTACLE,
    "Reason.items": ITEM,
    "History.waiting": ITEM,
}
# What stays as it is: counts, days, moments, and the method's own words.
KEPT = frozenset(
    {
        *(
            f"Facts.{name}"
            for name in (
                "state",
                "temperature",
                "potential",
                "open_channels",
                "channel_order",
                "horizon",
                "min_gap",
                "hours",
                "agreed_days",
            )
        ),
        *(f"Facts.{name}" for name in ("now", "today", "started", "not_before", "pauses", "earliest", "last_mail")),
        *(f"Facts.{name}" for name in ("birthdate", "holidays", "holidays[]")),  # see below what is left of them
        *(f"Channel.{name}" for name in ("code", "needs", "sense", "retry_hours", "retry_days")),
        *(f"Failed.{name}" for name in ("channel", "at")),
        "Facts.channels",
        "Facts.readiness",
        *(f"Hold.{name}" for name in ("first", "last", "why", "why[]")),  # a code and no values: see below
        *(f"Cadence.{name}" for name in ("rhythm", "target", "stop_after", "window_days", "reply_days", "hand_over_after")),
        *(f"Step.{name}" for name in ("delay", "channel", "purpose", "times")),
        *(
            f"Reason.{name}"
            for name in (
                "purpose",
                "temperatures",
                "channels",
                "valid_from",
                "valid_to",
                "occasion",
                "holiday",
                "missing",
                "kind",
                "moment",
            )
        ),
        *(f"NotNow.{name}" for name in ("said", "day")),
        *(f"History.{name}" for name in ("waited", "waiting[]")),
        *(f"AgreedStep.{name}" for name in ("day", "made", "asked", "kind", "tried")),
        "Facts.bought",
        *(f"History.{name}" for name in ("closings_failed", "met_on", "last_made", "since_wishes", "unheard[]")),
        *(f"History.{name}" for name in ("failures", "warming_in_row", "missed", "closings_in_row", "closings_in_vain", "closings_heard")),
        *(
            f"History.{name}"
            for name in (
                "number",
                "tries",
                "step_touches",
                "warming",
                "touches_without_progress",
                "last_day",
                "last_contact",
                "last_reply",
                "last_own",
            )
        ),
        *(
            f"History.{name}"
            for name in ("touches_by_step[]", "channels", "channels[]", "recent_channels", "channel_tries", "reasons[]", "offered[]")
        ),
        *(f"Tries.{name}" for name in ("tries", "answers", "unanswered")),
        *(f"OpenTouch.{name}" for name in ("purpose", "channel", "day", "when", "planned_on")),
    }
)
# types of which no value says who somebody is
NAMELESS = frozenset({bool, tzinfo, Workdays})
# what the method calls something: a channel, a state, a purpose
WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")
NO_WORD = "other"
# holidays by number, as they stand in place of their names
HOLIDAYS = re.compile(r"<\d+>(,<\d+>)*")


def anonymous(known: Iterable[Facts], made_up: bool = False) -> list[Facts]:
    """:param known: facts as they were read, of one and the same database
    :param made_up: the clients are nobody: their birthdates may stay
    :return: the same without what says whose they are; what is decided of each stays the same but for the numbers"""
    known = [_only_own(facts) for facts in known]
    numbers = Numbers()
    # of two occasions on one day the one with the lower number comes first
    for key in sorted({reason.id for facts in known for reason in facts.reasons}):
        numbers.of(REASON, key)
    holidays = sorted({name for facts in known for name in facts.holidays.values()})
    known = [_without_holidays(facts, holidays) for facts in known]
    known = [replace(facts, holds=tuple(replace(hold, why=(hold.why[0], {})) for hold in facts.holds)) for facts in known]
    return [numbers.renumber(facts if made_up else _without_birthdate(facts), Facts) for facts in known]


class Numbers:
    """Gives each key a number of its own, from 1 on, as it is met."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[int | str, int]] = defaultdict(dict)

    def of(self, kind: str, key: int | str) -> int:
        return self._numbers[kind].setdefault(key, len(self._numbers[kind]) + 1)

    def renumber(self, value: Any, kind: Any, place: str = "") -> Any:
        """:param kind: the declared type of ``value``
        :param place: class and field where it stands
        :return: a copy with other keys
        :raise TypeError: for a field of which nobody said whether it may be recorded"""
        kind, leaf, _shared, origin, args = shape(kind)
        if value is None or kind in NAMELESS:
            return value
        if leaf:
            if place in KEYS:
                number = self.of(KEYS[place], value)
                # of the key of an agreed step the kind stays, before its number
                return f"{value.partition(':')[0]}:{number}" if isinstance(value, str) else number
            if place not in KEPT:
                raise TypeError(f"{place} is not recorded yet: say in {__name__} whether it is a key (KEYS), or may stay as it is (KEPT).")
            return _without_text(value)
        if is_dataclass(kind):
            cls: Any = type(value)
            changed = {name: self.renumber(getattr(value, name), its, f"{cls.__name__}.{name}") for name, its in kinds(cls).items()}
            return replace(value, **changed)
        if origin is frozenset:
            return frozenset(self.renumber(each, args[0], place) for each in value)
        if origin is tuple:
            return tuple(self.renumber(each, its, place) for each, its in zip(value, each_of(args, len(value))))
        if origin is Mapping:
            return {self.renumber(one, args[0], place): self.renumber(other, args[1], f"{place}[]") for one, other in value.items()}
        raise TypeError(f"{place} is of type {kind}: say in {__name__} what of it says whose it is.")


def _without_text(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(map(_without_text, value))
    is_text = isinstance(value, str) and value and not WORD.fullmatch(value) and not HOLIDAYS.fullmatch(value)
    return NO_WORD if is_text else value


def _only_own(facts: Facts) -> Facts:
    """Of the clients whom a reason's filter lets through, only the one in question: the others are no matter of this decision."""
    reasons = (one if one.clients is None else replace(one, clients=one.clients & {facts.client}) for one in facts.reasons)
    return replace(facts, reasons=tuple(reasons))


def _without_birthdate(facts: Facts) -> Facts:
    without = replace(facts, birthdate=None)
    if facts.birthdate is None or decide(without) == decide(facts):
        return without
    return replace(facts, birthdate=facts.birthdate.replace(year=NO_YEAR))


def _without_holidays(facts: Facts, names: list[str]) -> Facts:
    """:param names: of all holidays in the recording"""
    marks = {name: f"<{number}>" for number, name in enumerate(names, 1)}

    def reason(one: Reason) -> Reason:
        if not one.holiday:
            return one
        asked = [marks[name] for name in names if is_named(name, one.holiday)]
        return replace(one, holiday=",".join(asked) or "<0>")

    return replace(facts, holidays={day: marks[name] for day, name in facts.holidays.items()}, reasons=tuple(map(reason, facts.reasons)))
