"""Channels take turns (R16), among those that are open to the client (invariant 2)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from .channels import ROW, SILENT, Channels, Turn, of, quickness, sense
from .facts import CLOSING, HOT, WARMING, Facts, History, Step

# touches of a run before the one that must be on paper: the letter refers to what was said
PAPER_AFTER = 2
# days after which one more letter is due to clients who must get paper (R17)
PAPER_EVERY = 90
# touches by one channel in a row, while another one is open
MOST_IN_A_ROW = 2
# tries by a channel without an answer, after which it rests, and days from one try to the next one then
SILENT_TRIES, SILENT_DAYS = 6, 90


def answerable(facts: Facts) -> frozenset[str]:
    """:return: the open ways by which the client can answer; where there is none, all of them"""
    return facts.two_way or facts.ways


def quickest(facts: Facts) -> str:
    """:return: the open channel by which an answer comes soonest: where people talk first, then where they write back"""
    return min(_in_order(facts, answerable(facts)), key=lambda code: quickness(code, facts.channels))


def _in_order(facts: Facts, ways: Collection[str]) -> list[str]:
    """:return: ``ways`` in the company's order; those that it does not name come last"""
    return [code for code in (*facts.channel_order, *sorted(set(ways).difference(facts.channel_order))) if code in ways]


def asks(step: Step, channels: Channels) -> bool:
    """:return: whether a touch of the step asks for what it names, because clients agree to it first: a meeting"""
    return step.channel is not None and of(step.channel, channels).agreed


def as_planned(step: Step, channels: Channels) -> Step:
    """:return: the step as a plan has it: who asks for a meeting closes (R11)"""
    return replace(step, purpose=CLOSING) if asks(step, channels) else step


def as_made(step: Step, facts: Facts) -> Step:
    """:return: the step as its touch is made: a hot client is asked for what comes next, by the quickest way, whatever the step says (R8)"""
    return replace(step, channel=None) if facts.temperature == HOT else as_planned(step, facts.channels)


def turn(facts: Facts, step: Step, purpose: str) -> Turn:
    """The ways of the next touch, best first.

    * A closing touch goes by a way by which the client can answer, wherever one is open; as the step says, else by talking, else in
      the company's order. So does the touch after an agreed step that the client missed, where he can be spoken to: another day is found in a
      talk, not on paper.
    * A warming touch goes on paper where that is owed (R17), then as the step says, then to the sense that was not addressed for longest
      (R16). Within it the channel by which the client answers most of the tries comes first, but has two turns in a row at most.
    * Before all that: no channel thrice in a row, and one that the client never answers once a quarter only, while another is open.

    Ties are settled by the company's order of the channels, so that the same facts always give the same turn.
    """
    missed = facts.history.just_missed and any(of(code, facts.channels).talk for code in facts.ways)
    closing = purpose == CLOSING or missed
    ranked = _in_order(facts, answerable(facts) if closing else facts.ways)
    owed = not closing and _owes_paper(facts)
    key = _by_answer(step, facts.channels) if closing else _by_turns(step, facts, owed)
    ranked.sort(key=key)
    held = _held(ranked, facts.history, facts.today)
    best = sorted(ranked, key=lambda code: (code in held, held.get(code) == ROW))
    return Turn(tuple(best), held, ranked[0] if ranked else "", owed)


def _by_answer(step: Step, channels: Channels) -> Callable[[str], Any]:
    """Who is asked for something is spoken to, else written to in the company's order: a contract is no text message."""
    return lambda code: (code != step.channel, not of(code, channels).talk)


def _by_turns(step: Step, facts: Facts, owed: bool) -> Callable[[str], Any]:
    history, kinds, never = facts.history, facts.channels, date.min
    addressed: dict[str, date] = {}
    for code, day in history.channels.items():
        addressed[sense(code, kinds)] = max(day, addressed.get(sense(code, kinds), never))

    def key(code: str) -> Any:
        its = sense(code, kinds)
        return (
            not (owed and of(code, kinds).paper),
            code != step.channel,
            addressed.get(its, never),
            _in_a_row(code, [one for one in history.recent_channels if sense(one, kinds) == its]),
            -liking(code, history),
            history.channels.get(code, never),
        )

    return key


def liking(code: str, history: History) -> float:
    """:return: the share of tries by a channel that the client answers, between 0 and 1. Of one that was hardly tried nothing is known, so it
    begins at a half."""
    known = history.channel_tries.get(code)
    return (known.answers + 1) / (max(known.tries, known.answers) + 2) if known else 0.5


def _in_a_row(code: str, recent: Collection[str]) -> bool:
    last = list(recent)[-MOST_IN_A_ROW:]
    return len(last) == MOST_IN_A_ROW and set(last) == {code}


def _held(ways: Collection[str], history: History, today: date) -> dict[str, str]:
    """:return: {channel that stands behind the others: why}"""
    found = {}
    for code in ways:
        tried, last = history.channel_tries.get(code), history.channels.get(code)
        if _in_a_row(code, history.recent_channels):
            found[code] = ROW
        elif tried and last and tried.unanswered >= SILENT_TRIES and today < last + timedelta(days=SILENT_DAYS):
            found[code] = SILENT
    return found


def _owes_paper(facts: Facts) -> bool:
    return facts.paper and facts.history.number >= PAPER_AFTER and not _had_paper(facts)


def _had_paper(facts: Facts) -> bool:
    since = max(facts.started, facts.today - timedelta(days=PAPER_EVERY))
    return any(day >= since and of(code, facts.channels).paper for code, day in facts.history.channels.items())


def misses_address(facts: Facts, purpose: str, channel: str) -> bool:
    """Whether the touch should ask for the postal address: the next one would be on paper (R17), and nobody knows where to send it.

    :param purpose, channel: of the touch; one that asks for a next step asks for nothing else, and there must be an answer
    """
    if not facts.paper or purpose != WARMING or not of(channel, facts.channels).two_way:
        return False
    on_paper = [code for code in facts.channel_order if of(code, facts.channels).paper]
    return bool(on_paper) and not facts.ways.intersection(on_paper) and facts.history.number + 1 >= PAPER_AFTER and not _had_paper(facts)


def has_expert(facts: Facts, step: Step, purpose: str) -> bool:
    """:param purpose: of the touch
    :return: whether the deal's expert makes the touch, too (R37): one of a step that asks for the expert, and the closing touches of a cadence in
        which closing is the expert's; not what is told while it is too early to ask for the meeting that the step names"""
    if purpose == CLOSING:
        return step.expert or facts.cadence.closing_by_expert
    return step.expert and not asks(step, facts.channels)


def is_asking(facts: Facts, step: Step, purpose: str) -> bool:
    """:param step: as it is made
    :return: whether the touch asks for the meeting that the step names"""
    return purpose == CLOSING and asks(step, facts.channels)
