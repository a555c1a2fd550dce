"""Counting what really happened (R1, R10): one reading of a client's touches for every rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from ..client.outcomes import KEPT, MISSED, READY, YES
from .channels import BUILT_IN, Channels, of
from .facts import BY_THE_DAY, CLOSING, OF_AGREED_STEP, WARMING, Failed, History, NotNow, Tries


class PastTouch(NamedTuple):
    """A touch that is over. ``this_run``: it belongs to the enrolment in question; ``before``: to an earlier one of the same approach;
    ``from_step``: the cadence planned it;
    ``counts``: it was made (an unanswered call was not): it goes into number, rhythm and reason; ``skipped``: the rep left it out;
    ``incoming``: the client came to us; ``reached``: somebody was spoken to, met, or answered; ``warmed``: there was progress;
    ``user``: who made it;
    ``step``: the step that planned it; ``step_effect``: what its outcome says of the next step (R45), ``next_step``: which one; ``ends``: it
    ended an approach, by a purchase or a clear no; ``agreed_day``: the day of the step that it agreed; ``about``: the key of the agreed step
    that it belongs to; ``back``: the day to come back that it was told (R46), ``obstacle``: what stands in the way, ``item``: what the client
    waits for since then (R57); ``unsure``: a meeting of the calendar, of which nobody has said yet that it took place; ``step_kind``: what
    ``next_step`` is; ``wishes``: it was for a birthday or a holiday; ``at``: the moment at which it was made, None where that is not known."""

    day: date
    purpose: str | None
    channel: str | None
    reason: int | None
    this_run: bool
    from_step: bool
    counts: bool
    skipped: bool
    incoming: bool = False
    reached: bool = False
    warmed: bool = False
    user: int | None = None
    step: int | None = None
    before: bool = False
    step_effect: str = ""
    next_step: int | None = None
    ends: bool = False
    id: int = 0
    agreed_day: date | None = None
    about: str | None = None
    back: date | None = None
    obstacle: int | None = None
    item: int | None = None
    unsure: bool = False
    step_kind: str = ""
    wishes: bool = False
    at: datetime | None = None


# why a run, and with it the approach, ended: what comes later begins anew. A deal that was given up, and is open again, goes on
APPROACH_ENDS = ("refused", "refused_by_colleague", "lapsed")
# why the run of a client ended who was merged with another one that is worked
MERGED = "merged"


class PastRun(NamedTuple):
    """An enrolment of the client. ``ended``: the day on which it did, None while it is under way; ``deal``: which one it is about."""

    id: int
    started: date
    ended: date | None
    state: str
    reason: str | None = None
    deal: int | None = None


def approach(runs: Iterable[PastRun], this: PastRun) -> frozenset[int]:
    """One approach to a client, by which tries are counted (R20, R33): the runs that follow each other without a day between them, such as selling
    and its nurture. A new one begins after a purchase, after a no and its rest, where a buyer stopped buying, whenever somebody begins anew
    later, and with each deal. What was merged into it while it was under way belongs to it, too: it was the same client all along.

    :param runs: of the client, in any order
    :param this: the run in question, be it among ``runs`` or not
    :return: ids of the earlier runs that belong to its approach
    """
    others = [run for run in runs if run.ended and run.id != this.id]
    found, since = {run.id for run in others if run.reason == MERGED and run.ended and run.ended >= this.started}, this.started
    its = [run for run in others if run.deal == this.deal and run.id not in found and (not this.id or run.id < this.id)]
    earlier = ((run.ended, run.id, run) for run in its if run.ended)
    for ended, _id, run in sorted(earlier, reverse=True):
        if run.state == "won" or run.reason in APPROACH_ENDS or since > ended + timedelta(days=1):
            break
        found.add(run.id)
        since = min(since, run.started)
    return frozenset(found)


NOTHING = History()
# of the last touches their channels are kept, one by one: enough to see two turns of each sense
RECENT = 12
NEVER = Tries()
# tries of one touch that may fail in a row, before the next step's turn comes
FAILURES = 3
# closing touches in a row without a yes, before it is warmed again (R8); and agreed steps that the client missed, one after the other
CLOSINGS_MOST = 3
MISSED_MOST = 2


@dataclass(slots=True)
class _Ladder:
    """What is counted of the ladder (R8, R10, R11), touch by touch, over all runs. A purchase and a clear no begin it anew; so does another
    approach, but for the warming touches that must lie behind a closing one."""

    warming: int = 0
    closed_before: bool = False
    warming_in_row: int = 0
    closings_in_row: int = 0
    closings_in_vain: int = 0
    closings_heard: int = 0
    closings_failed: int = 0
    missed: int = 0
    just_missed: bool = False
    agreed: frozenset[int] = frozenset()
    ready: bool = False
    met: bool = False
    kept: bool = False
    interest: int | None = None

    @classmethod
    def of(cls, known: History) -> _Ladder:
        return cls(
            known.warming,
            known.closed_before,
            known.warming_in_row,
            known.closings_in_row,
            known.closings_in_vain,
            known.closings_heard,
            known.closings_failed,
            known.missed,
            known.just_missed,
            known.agreed,
            known.ready,
            known.met,
            known.kept,
            known.interest,
        )

    def add(self, touch: PastTouch, met: bool, rhythm: int) -> None:
        """:param met: the touch was a meeting that took place, for which clients agree first
        :param rhythm: warming touches after which closing ones in vain are forgotten"""
        if touch.purpose == CLOSING and not touch.incoming:
            self._closes(touch.counts, rhythm)
        if touch.counts and touch.purpose == CLOSING:
            self.warming, self.closed_before = 0, True
            # who was only written to has not heard it yet; who is interested in what was asked is asked on
            self.kept = (self.kept and not touch.reached) or (touch.warmed and not touch.step_effect)
            self.closings_heard += touch.reached
            if touch.warmed and not touch.step_effect:
                self.interest = touch.reason
            elif touch.reached:
                self.interest = None
        elif touch.counts and touch.purpose == WARMING:
            self.warming += 1
            self.warming_in_row += 1
        if touch.counts and not touch.incoming:
            self.just_missed = False
        self.met |= met
        self.kept |= met or touch.step_effect == KEPT
        if touch.step_effect in YES or met:
            self.closings_in_row = self.closings_in_vain = self.closings_heard = self.missed = 0
            self.interest = None
            self.agreed |= {touch.next_step} if touch.next_step else frozenset()
            self.ready |= touch.step_effect == READY
        elif touch.step_effect == MISSED:
            self.missed += 1
            self.just_missed = self.missed < MISSED_MOST
            if self.missed >= MISSED_MOST:  # warming again, as after three closing touches in vain
                self.closings_in_row, self.warming_in_row = CLOSINGS_MOST, 0

    def rest(self) -> None:
        """Nobody remembers what was asked before a long silence."""
        self.warming = self.warming_in_row = self.closings_in_row = self.closings_in_vain = 0
        self.closings_heard = self.closings_failed = 0
        self.kept, self.just_missed, self.interest = False, False, None

    def _closes(self, counts: bool, rhythm: int) -> None:
        """A closing touch is one, however often it is dialled until somebody picks up, or until it is given up. A single warming one in between,
        made by chance, does not make those before it forgotten."""
        self.closings_failed = 0 if counts else (self.closings_failed + 1) % FAILURES
        if not self.closings_failed:
            self.closings_in_row = 1 if self.warming_in_row >= rhythm else self.closings_in_row + 1
            self.closings_in_vain += 1
            self.warming_in_row = 0


@dataclass(slots=True)
class _Waits:
    """When the client wants to hear of us again (R46), touch by touch of this approach."""

    not_now: NotNow | None
    waited: tuple[tuple[date, date], ...]

    def add(self, touch: PastTouch, wrote: bool) -> None:
        """:param wrote: the client came to us"""
        yes = touch.ends or touch.step_effect in YES
        # the touch for which one came back was made or left out, be it before its day
        came = not touch.incoming and (touch.counts or touch.skipped) and (touch.from_step or self.is_due(touch.day))
        if yes or wrote or came or touch.back:
            self.end(touch.day)
        if touch.back and not yes and not touch.skipped:
            self.not_now = NotNow(touch.day, touch.back, touch.obstacle)

    def is_due(self, day: date) -> bool:
        return self.not_now is not None and day >= self.not_now.day

    def end(self, day: date) -> None:
        if self.not_now:
            self.waited = (*self.waited, (self.not_now.said, min(day, self.not_now.day)))
            self.not_now = None


@dataclass(slots=True)
class _Run:
    """What is counted of the run in question, touch by touch; the names are those of :class:`History`."""

    number: int
    tries: int
    step_touches: int
    touches_by_step: dict[int, int]
    touches_without_progress: int
    failures: int
    failed: Failed | None
    last_day: date | None
    last_counted: bool
    last_warmed: bool
    since_wishes: date | None

    @classmethod
    def of(cls, known: History) -> _Run:
        return cls(
            known.number,
            known.tries,
            known.step_touches,
            dict(known.touches_by_step),
            known.touches_without_progress,
            known.failures,
            known.failed,
            known.last_day,
            known.last_counted,
            known.last_warmed,
            known.since_wishes,
        )

    def try_once(self, touch: PastTouch) -> None:
        """Count a try of the approach. One that brought progress had success: the tries count anew after it."""
        tried = not touch.skipped and not touch.incoming and touch.purpose not in OF_AGREED_STEP
        self.tries = 0 if touch.warmed else self.tries + tried

    def add(self, touch: PastTouch, rep: int | None) -> None:
        if touch.purpose in OF_AGREED_STEP:  # these belong to the step, and count for nothing else
            self.last_day, self.last_counted, self.last_warmed = touch.day, True, touch.warmed
            self.touches_without_progress = 0 if touch.warmed else self.touches_without_progress
            if touch.step_effect == KEPT:  # who was spoken to is not called as if nobody had been there
                self.failures, self.failed = 0, None
            return
        if touch.wishes:
            self._wish(touch)
            return
        self.since_wishes = None
        tried = not touch.skipped and not touch.incoming
        self.try_once(touch)
        self.number += touch.counts and not touch.skipped
        failed = tried and not touch.counts
        self.failures = self.failures + 1 if failed else 0
        self.failed = Failed(touch.channel or "", touch.at) if failed else None
        # a failed try is repeated, and uses its step up only when it failed often enough
        if touch.from_step and not self.failures % FAILURES:
            self.step_touches += 1
            if touch.step:
                self.touches_by_step[touch.step] = self.touches_by_step.get(touch.step, 0) + 1
        self.touches_without_progress = 0 if touch.warmed else self.touches_without_progress + (touch.user == rep and tried)
        self.last_day, self.last_counted, self.last_warmed = touch.day, touch.counts and not touch.skipped, touch.warmed

    def _wish(self, touch: PastTouch) -> None:
        """Wishes ask for nothing: they are no try, and stand beside the steps (R29, R30)."""
        if touch.skipped or not touch.counts:
            return
        self.number += 1
        self.since_wishes = None if touch.warmed else self.since_wishes or self.last_day
        self.last_day, self.last_counted, self.last_warmed = touch.day, True, touch.warmed


def after_rest(runs: Iterable[PastRun], this: PastRun, its: frozenset[int]) -> bool:
    """:param its: the :func:`approach` of ``this``
    :return: whether the client was left alone for a while before that approach, though nothing had ended the one before"""
    known = [run for run in runs if run.deal == this.deal and run.ended and run.id != this.id and (not this.id or run.id < this.id)]
    last = max((run for run in known if run.id not in its), key=lambda run: (run.ended or run.started, run.id), default=None)
    return last is not None and last.state != "won" and last.reason not in APPROACH_ENDS


def read(
    touches: Iterable[PastTouch],
    rep: int | None = None,
    before: History = NOTHING,
    kinds: Channels = BUILT_IN,
    bought: date | None = None,
    rested: bool = False,
    rhythm: int = 5,
) -> History:
    """Boil a client's past touches down to what the rules ask for.

    * A touch that does not count is a try (R33): it uses up neither its reason nor the rhythm, and its step only when it failed often.
    * A skipped touch uses up its step only.
    * Rhythm, channels and reasons look at all runs, tries at those of this approach, numbers and steps at this one.
    * What the client does unasked is no try of ours: it uses up neither tries nor a channel.

    :param touches: all of the client's touches that are over, oldest first
    :param rep: the rep who works the client at present
    :param before: what was read before; the touches go on from there
    :param kinds: the channels there are
    :param bought: day of the last purchase, after which an approach begins anew
    :param rested: this approach began after a rest: what was asked in vain before it is forgotten, and warming begins anew
    :param rhythm: of the cadence: warming touches between closing ones
    """
    run = _Run.of(before)
    ladder = _Ladder.of(before)
    waits, waiting = _Waits(before.not_now, before.waited), dict(before.waiting)
    last_contact, last_reply, last_own = before.last_contact, before.last_reply, before.last_own
    channels, tried, recent = dict(before.channels), dict(before.channel_tries), list(before.recent_channels)
    reasons, offered, unheard = dict(before.reasons), dict(before.offered), dict(before.unheard)
    met_on, last_made, anew = before.met_on, before.last_made, before.anew
    for touch in touches:
        if touch.reason:
            offered[touch.reason] = touch.day
            unheard.pop(touch.reason, None)
            if not touch.counts and not touch.skipped and not touch.incoming:
                unheard[touch.reason] = touch.day
        if rested and (touch.this_run or touch.before):
            ladder.rest()
            rested = False
        if touch.this_run:
            run.add(touch, rep)
        elif touch.before:
            run.try_once(touch)
        if bought and touch.day > bought:
            ladder, bought = _Ladder(), None
            waits.end(touch.day)
        wrote = touch.incoming and touch.counts and (not touch.channel or of(touch.channel, kinds).message)
        if touch.this_run or touch.before:
            waits.add(touch, wrote)
        elif wrote:
            waits.end(touch.day)
        if touch.skipped:
            continue
        if touch.item:
            waiting[touch.item] = touch.day
        ladder.add(touch, took_place := met(touch, kinds), rhythm)
        if took_place or (touch.step_effect == KEPT and touch.step_kind not in BY_THE_DAY):
            met_on = touch.day
        if touch.ends:
            ladder = _Ladder()
        # a call that confirms what was agreed is no turn of its channel (R45)
        if touch.channel and not touch.incoming and touch.purpose not in OF_AGREED_STEP:
            channels[touch.channel] = touch.day
            recent.append(touch.channel)
        if touch.channel:
            tried[touch.channel] = _tried(tried.get(touch.channel, NEVER), touch)
        if not touch.counts:
            continue
        last_contact = touch.day
        if not touch.incoming and touch.purpose not in OF_AGREED_STEP and not touch.wishes:
            anew = not (touch.this_run or touch.before) and (anew or last_made is None)
            last_made = touch.day
        if wrote:
            last_reply = touch.day
        if not (touch.incoming or touch.from_step or touch.purpose in OF_AGREED_STEP):
            last_own = touch.day
        if touch.reason:
            reasons[touch.reason] = touch.day
    if bought:
        ladder = _Ladder()
        waits.end(bought)
    if rested:
        ladder.rest()
    return History(
        number=run.number,
        tries=run.tries,
        step_touches=run.step_touches,
        touches_by_step=run.touches_by_step,
        touches_without_progress=run.touches_without_progress,
        last_day=run.last_day,
        last_counted=run.last_counted,
        last_warmed=run.last_warmed,
        failures=run.failures,
        failed=run.failed,
        warming=ladder.warming,
        closed_before=ladder.closed_before,
        warming_in_row=ladder.warming_in_row,
        missed=ladder.missed,
        just_missed=ladder.just_missed,
        closings_in_row=ladder.closings_in_row,
        closings_in_vain=ladder.closings_in_vain,
        closings_heard=ladder.closings_heard,
        closings_failed=ladder.closings_failed,
        kept=ladder.kept,
        interest=ladder.interest,
        agreed=ladder.agreed,
        ready=ladder.ready,
        met=ladder.met,
        met_on=met_on,
        last_made=last_made,
        anew=anew,
        since_wishes=run.since_wishes,
        unheard=unheard,
        channels=channels,
        recent_channels=tuple(recent[-RECENT:]),
        channel_tries=tried,
        reasons=reasons,
        offered=offered,
        last_contact=last_contact,
        last_reply=last_reply,
        last_own=last_own,
        not_now=waits.not_now,
        waited=waits.waited,
        waiting=waiting,
    )


def met(touch: PastTouch, kinds: Channels) -> bool:
    """:return: whether the touch was a meeting that took place: one for which clients agree first (R45), or the word that one of the calendar did"""
    if touch.step_effect == KEPT and (touch.about or "").startswith("event:"):
        return True
    return bool(touch.channel) and touch.counts and not touch.unsure and of(touch.channel or "", kinds).agreed


def _tried(known: Tries, touch: PastTouch) -> Tries:
    tries = known.tries + (not touch.incoming)
    if touch.reached:
        return Tries(tries, known.answers + 1)
    return Tries(tries, known.answers, known.unanswered + (not touch.incoming))
