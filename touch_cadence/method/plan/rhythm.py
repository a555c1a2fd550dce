"""Warming and closing in turn (R8, R10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from .facts import CLOSING, HOT, WARM, WARMING, Facts, History, Step
from .history import CLOSINGS_MOST, FAILURES
from .workdays import Workdays

Pauses = Iterable[tuple[date, date]]
# working days until the next touch, at most, after one that brought progress
SOON = 5
# and after one at which the client was interested in what was asked
AT_ONCE = 2


def purpose(step: Step, temperature: str, history: History, rhythm: int, ready: bool = False) -> str:
    """What the next touch is for.

    * After three closing touches in a row without a yes, and after two agreed steps that were missed, comes warming, hot or not (R8).
    * A hot client is closed, no warming first (R8).
    * A warm client who is ``ready`` is asked for the next step, whatever the step says (R34): the first time at once, and then after the
      warming touches of the rhythm. Only hot clients and those who asked to buy are exempt from these.
    * Between two closing touches lie at least ``rhythm`` warming ones, whatever the step says (R10, invariant 4).
    * A step that names its purpose gets it within that bound; the others follow the rhythm.
    * Who kept what was agreed is asked for the next step, unless the cadence's step says warming: one goes on from a yes (R45).

    :param ready: need, wish, money and authority are all there
    """
    if history.closings_in_row >= CLOSINGS_MOST and history.warming_in_row < rhythm:
        return WARMING
    if temperature == HOT:
        return CLOSING
    asking = ready and temperature == WARM
    if step.purpose == WARMING and not asking:
        return WARMING
    if history.kept:
        return CLOSING
    warmed = history.warming >= rhythm
    if step.purpose == CLOSING or asking:
        return CLOSING if warmed or not history.closed_before else WARMING
    return CLOSING if warmed else WARMING


def purpose_for(facts: Facts, step: Step) -> str:
    """:param step: as it is made
    :return: the :func:`purpose` of the client's next touch"""
    return purpose(step, temperature(facts), facts.history, facts.cadence.rhythm, facts.is_ready)


def wait(step: Step, temperature: str, history: History, retry: int = 1) -> int:
    """Working days between the touch before and this one.

    * The step says it, but for hot clients: a client who turned hot is closed today, not when the step is due (R8).
    * Who came nearer at the last touch is touched again within a week, also where the step says a month; who was interested in what
      was asked, within two days.
    * A closing touch that was made gets its time, unless the client said yes to it: who agreed is asked on on the next working day, who is ready to
      buy at once.
    * Who did not come is spoken to on the next working day (R45).
    * A try that failed is repeated as the channel says, whoever the client is (:mod:`retry`).

    :param retry: working days until a try that failed is repeated
    :return: working days, 0 for at once
    """
    if history.just_missed:
        return 1
    if is_retry(history):
        return retry
    if temperature != HOT:
        return min(step.delay, AT_ONCE if history.interest else SOON) if history.last_warmed else step.delay
    if history.closings_in_row >= CLOSINGS_MOST:  # he is warmed for a while, and asked again after it
        return max(step.delay, 1)
    if history.last_day is None:
        return 0
    if not history.last_counted:
        return 1
    just_closed = history.closed_before and not history.warming
    if not just_closed:
        return 0
    if history.last_warmed:
        is_new = history.ready and not (history.agreed or history.interest or history.closings_heard)
        return 0 if is_new else 1
    return max(step.delay, 1)


def is_retry(history: History) -> bool:
    """:return: whether the next touch repeats one that did not get through; after :data:`FAILURES` of them it is given up"""
    return bool(history.failures % FAILURES)


def window_is_over(facts: Facts) -> bool:
    """:return: whether the decision window is behind (R14)"""
    days = facts.cadence.window_days
    waits = (*facts.history.waited, *([(facts.not_now.said, facts.not_now.day)] if facts.not_now else ()))
    return bool(days) and facts.today > window_end(facts.started, days, (*facts.pauses, *_beside(facts.pauses, waits, facts.started)))


def _beside(pauses: Pauses, waits: Pauses, started: date) -> Pauses:
    """:return: what the client asked us to wait for (R46), without what lies before the run, or was a pause already"""
    found: list[tuple[date, date]] = []
    for first, until in waits:
        for begun, ended in sorted(pauses):
            if begun <= first < ended:
                first = ended
            elif first < begun < until:
                found.append((first, begun))
                first = ended
        found.append((first, until))
    return tuple((max(first, started), until) for first, until in found if max(first, started) < until)


def tries_are_used_up(facts: Facts) -> bool:
    """:return: whether it was tried as often as the strategy says (R33)"""
    return bool(facts.cadence.stop_after) and facts.history.tries >= facts.cadence.stop_after


def is_paused(facts: Facts) -> bool:
    """:return: whether the run would be over, and goes on because somebody said himself that the client is hot (R8, R9)"""
    return facts.temperature == HOT and facts.set_by_hand and (window_is_over(facts) or tries_are_used_up(facts))


def temperature(facts: Facts) -> str:
    """:return: the temperature by which the client is touched: who is hot by hand alone is warmed when the window is over"""
    return WARM if is_paused(facts) else facts.temperature


def after_pauses(workdays: Workdays, since: date, delay: int, pauses: Pauses) -> date | None:
    """The day on which a wait is over; the working days on which the run was paused do not count, so a pause moves the day by its length.

    :param since: the day from which the wait counts; pauses before it were waited for already
    :param delay: working days
    :param pauses: each from its first day to the day on which the run went on
    :return: a working day, or None when it lies beyond what is known
    """
    paused = sum(workdays.between(max(first, since + timedelta(days=1)), until) for first, until in pauses)
    return workdays.after(since, delay + paused)


def window_end(started: date, window_days: int, pauses: Pauses) -> date:
    """:return: the last day of the decision window (R14); a pause takes nothing of it"""
    return started + timedelta(days=window_days) + sum((until - first for first, until in pauses), timedelta())


def spread(window_days: int, touches: int) -> list[int]:
    """Lay touches out over a decision window with gaps that widen (R14): clients forget more slowly the more often they hear of us.

    :param window_days: days of the window, weekends included
    :param touches: how many touches it holds
    :return: working days before each touch, the first on day one; never a narrower gap after a wider one, and as much of the window
        as whole days allow
    """
    gaps = touches - 1
    if gaps < 1:
        return [0] * touches
    working = window_days * 5 // 7
    weight = gaps * (gaps + 1) // 2
    # half of the room evenly, half in equal steps from gap to gap
    days = [int(working / 2 * (1 / gaps + number / weight)) for number in range(1, gaps + 1)]
    for number in reversed(range(gaps)):  # the last gaps take what rounding left over
        if sum(days) < working:
            days[number] += 1
    return [0, *sorted(days)]
