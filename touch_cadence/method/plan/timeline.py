"""A cadence as its manager lays it out: when each touch falls, what it will be for, and what is wrong with the plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from . import history, rhythm, rotation
from .channels import BUILT_IN, Channels
from .facts import CLOSING, WARM, WARMING, Cadence

WRONG, NOTE = SEVERITIES = ("wrong", "note")
# touches that are laid out; a step may say it makes thousands
MAX_TIMELINE_TOUCHES = 200
# by one channel in a row from so many on it is said (R16)
IN_A_ROW = 3


class PlannedTouch(NamedTuple):
    """A touch of the plan. ``step``: its line in the cadence, from 0; ``work_day``: working days after the start; ``day``: calendar days, see
    :func:`calendar_day`; empty ``channel``: in turn; ``repeats``: the first touch of a step that goes on for as long as the cadence runs;
    ``asks``: it asks for what ``channel`` says, which takes place once the client agrees (a meeting)."""

    number: int
    step: int
    work_day: int
    day: int
    channel: str | None
    purpose: str
    repeats: bool = False
    asks: bool = False


class Finding(NamedTuple):
    """What a manager should know of the plan. ``wrong``: it will not run as its lines say; ``note``: worth knowing. ``code`` and ``values``
    become a sentence; ``steps``: the lines it is about, from 0."""

    severity: str
    code: str
    values: dict[str, Any]
    steps: tuple[int, ...] = ()


def calendar_day(work_day: int) -> int:
    """:return: about how many calendar days so many working days are: five are a week, whatever the weekday of the start and the holidays"""
    return work_day * 7 // 5


def lay_out(cadence: Cadence, channels: Channels = BUILT_IN) -> list[PlannedTouch]:
    """Lay a cadence out for a warm client whom every touch reaches: the purposes are those that :func:`rhythm.purpose` will give.

    Clients who turn hot or who are not reached get another course; the plan is what happens when nothing happens.

    :param channels: those there are
    :return: the touches in order, ``MAX_TIMELINE_TOUCHES`` at most; a step without end is the last of them
    """
    plan: list[PlannedTouch] = []
    past: list[history.PastTouch] = []
    work_day = 0
    for line, step in enumerate(rotation.as_planned(one, channels) for one in cadence.steps):
        asks = rotation.asks(step, channels)
        for _time in range(max(step.times, 1)):
            if len(plan) == MAX_TIMELINE_TOUCHES:
                return plan
            work_day += step.delay
            purpose = rhythm.purpose(step, WARM, history.read(past, rhythm=cadence.rhythm), cadence.rhythm)
            past.append(_made(purpose))
            number, day = len(plan) + 1, calendar_day(work_day)
            plan.append(PlannedTouch(number, line, work_day, day, step.channel, purpose, not step.times, asks and purpose == CLOSING))
        if not step.times:
            return plan
    return plan


def _made(purpose: str) -> history.PastTouch:
    return history.PastTouch(date.min, purpose, None, None, this_run=True, from_step=True, counts=True, skipped=False)


class Follower(NamedTuple):
    """A cadence that comes after another one. ``company``: the name of the one it belongs to, where that is another's; empty else."""

    name: str
    archived: bool = False
    empty: bool = False
    company: str = ""


def what_follows(followers: Iterable[Follower]) -> list[Finding]:
    """Next cadences in which no client can go on: the clients would be left."""
    found = []
    for one in followers:
        values = {"cadence": one.name}
        if one.archived:
            found.append(Finding(WRONG, "plan_follow_archived", values))
        elif one.empty:
            found.append(Finding(WRONG, "plan_follow_empty", values))
        elif one.company:
            found.append(Finding(WRONG, "plan_follow_foreign", {**values, "company": one.company}))
    return found


def findings(cadence: Cadence, plan: list[PlannedTouch], channels: Channels = BUILT_IN) -> list[Finding]:
    """What will not run as its lines say, then what is worth knowing.

    :param plan: the :func:`lay_out` of ``cadence``
    :param channels: those there are
    """
    if not cadence.steps:
        return [Finding(WRONG, "plan_empty", {})]
    asking = {line for line, step in enumerate(cadence.steps) if rotation.asks(step, channels)}
    cadence = replace(cadence, steps=tuple(rotation.as_planned(step, channels) for step in cadence.steps))
    found = [
        *_closing_too_near(cadence, plan, asking),
        *_never_reached(cadence),
        *_behind_the_end(cadence, plan),
        *_closing_missing(cadence, plan),
        *_few_touches(cadence, plan),
        *_one_channel(cadence, plan, asking),
    ]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


def _closing_too_near(cadence: Cadence, plan: list[PlannedTouch], asking: Collection[int]) -> list[Finding]:
    """Lines that say closing, or name a meeting, and will warm, because too few warming touches come after the closing one before (R10)."""
    found: dict[int, Finding] = {}
    closing, warming = None, 0
    for touch in plan:
        if touch.purpose == CLOSING:
            closing, warming = touch, 0
            continue
        if cadence.steps[touch.step].purpose == CLOSING and closing and touch.step not in found:
            both = cadence.steps[closing.step].purpose == CLOSING and closing.step != touch.step
            values = {"first": closing.number, "second": touch.number, "warming": warming, "rhythm": cadence.rhythm}
            code = "plan_asking_early" if touch.step in asking else "plan_closing_near" if both else "plan_closing_turns"
            found[touch.step] = Finding(WRONG, code, values, tuple(dict.fromkeys((closing.step, touch.step))))
        warming += 1
    return list(found.values())


def _never_reached(cadence: Cadence) -> list[Finding]:
    endless = next((line for line, step in enumerate(cadence.steps) if not step.times), len(cadence.steps))
    behind = tuple(range(endless + 1, len(cadence.steps)))
    return [Finding(WRONG, "plan_never_reached", {"step": endless + 1, "count": len(behind)}, (endless, *behind))] if behind else []


def _behind_the_end(cadence: Cadence, plan: list[PlannedTouch]) -> list[Finding]:
    """Touches that are not made because the run is over before: by its tries (R33), or by the decision window (R14). A step without end
    ends there, as it should."""
    found = []
    tries, window = cadence.stop_after, cadence.window_days
    late = [touch for touch in plan if 0 < tries < touch.number and not touch.repeats]
    if late:
        values = {"tries": tries, "touches": late[-1].number, "number": late[0].number}
        found.append(Finding(WRONG, "plan_stops_before", values, _lines(late)))
    late = [touch for touch in plan if 0 < window < touch.day]
    if late and not (late[0].repeats and late[0].number > 1):
        values = {"number": late[0].number, "day": late[0].day, "days": window}
        found.append(Finding(WRONG, "plan_behind_window", values, _lines(late)))
    return found


def _closing_missing(cadence: Cadence, plan: list[PlannedTouch]) -> list[Finding]:
    if any(touch.purpose == CLOSING for touch in plan):
        return []
    last = plan[-1]
    if last.repeats and cadence.steps[last.step].purpose != WARMING:
        return []  # one day the step without end closes
    return [Finding(NOTE, "plan_no_closing", {})]


def _few_touches(cadence: Cadence, plan: list[PlannedTouch]) -> list[Finding]:
    if plan[-1].repeats or len(plan) >= min(cadence.target, MAX_TIMELINE_TOUCHES):
        return []
    return [Finding(NOTE, "plan_few_touches", {"touches": len(plan), "target": cadence.target})]


def _one_channel(cadence: Cadence, plan: list[PlannedTouch], asking: Collection[int]) -> list[Finding]:
    """Touches that the lines give to one channel in a row (R16): another one is taken where one is open. Touches in turn are no row, nor are
    those that ask for a meeting, by whatever channel."""
    rows: list[list[PlannedTouch]] = []
    for touch in plan:
        if rows and rows[-1][-1].channel == touch.channel:
            rows[-1].append(touch)
        else:
            rows.append([touch])
    found = []
    for row in rows:
        first, last = row[0], row[-1]
        if first.channel and first.step not in asking and (len(row) >= IN_A_ROW or last.repeats):
            values = {"channel": first.channel, "first": first.number, "last": last.number}
            found.append(Finding(NOTE, "plan_channel_stays" if last.repeats else "plan_channel_row", values, _lines(row)))
    return found


def _lines(touches: list[PlannedTouch]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(touch.step for touch in touches))
