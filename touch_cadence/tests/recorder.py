"""Keeps facts that the planner reads while tests turn the world: the corpus against which every later change is replayed (docs/replay.md)."""

import random
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from ..method.plan.decide import decide
from ..method.plan.decision import Keep, Touch
from ..method.plan.facts import CLOSING, READINESS, WARMING, Hold, NotNow
from ..method.plan.workdays import Workdays
from ..method.replay import recording
from ..method.replay.anonymous import anonymous

# facts that are kept of one kind: the same decision with the same codes in its why, about clients of the same temperature
EACH = 4


def _closing(facts):
    steps = tuple(replace(step, purpose=CLOSING) for step in facts.cadence.steps)
    return replace(facts, cadence=replace(facts.cadence, steps=steps))


def _channel_without_reason(facts):
    return replace(facts, reasons=tuple(replace(one, channels=one.channels or facts.open_channels - {"call"}) for one in facts.reasons))


# What the world of the tests does not do, or hardly ever, and facts have to say in some other way. {what happens: the facts then}
HAPPENINGS = {
    "archived": lambda facts: replace(facts, archived=True),
    "opted out": lambda facts: replace(facts, opted_out=True),
    "in another company": lambda facts: replace(facts, company_changed=True),
    "superseded": lambda facts: replace(facts, superseded=True),
    "paused": lambda facts: replace(facts, state="paused"),
    "no channel": lambda facts: replace(facts, open_channels=frozenset()),
    "channels switched off": lambda facts: replace(facts, open_channels=frozenset(), channels_off=True),
    "no reason": lambda facts: replace(facts, reasons=()),
    "no reason for calls": _channel_without_reason,
    "no working day": lambda facts: replace(facts, rep_days=facts.rep_days and Workdays(()), stand_in_days=None),
    "tries are used up": lambda facts: replace(facts, cadence=replace(facts.cadence, stop_after=max(facts.history.tries, 1))),
    "steps that close": _closing,
    "the client wrote": lambda facts: replace(
        facts, history=replace(facts.history, last_reply=facts.today), cadence=replace(facts.cadence, reply_days=4)
    ),
    "a holiday": lambda facts: replace(facts, holidays={facts.today + timedelta(days=days): "New Year" for days in (0, 6)}),
    "a birthday": lambda facts: replace(facts, birthdate=facts.today.replace(year=1984)),
    "a pause is over": lambda facts: replace(facts, pauses=((facts.started, facts.today),)),
    "another addon's rule": lambda facts: replace(facts, holds=(Hold(facts.today, facts.today + timedelta(days=2), ("held", {})),)),
    "turns hot": lambda facts: replace(facts, temperature="hot"),
    "is ready": lambda facts: replace(facts, temperature="warm", readiness=frozenset(READINESS)),
    "who decides": lambda facts: replace(facts, readiness=frozenset({"need"})),
    "a closer is there": lambda facts: replace(
        facts, temperature="hot", cadence=replace(facts.cadence, hand_over_hot=True), closers=frozenset({(facts.rep or 0) + 1})
    ),
    "wanted to hear of us today": lambda facts: replace(
        facts, history=replace(facts.history, not_now=NotNow(facts.today - timedelta(days=30), facts.today, 1))
    ),
    "what he waited for is here": lambda facts: replace(
        facts,
        history=replace(facts.history, waiting={1: facts.today - timedelta(days=20)}),
        reasons=tuple(replace(one, items=frozenset({1})) if one.purpose == WARMING else one for one in facts.reasons),
    ),
    "turns cold": lambda facts: replace(facts, temperature="cold"),
    "on paper": lambda facts: replace(facts, paper=True),
}


class Recorder:
    """A sample of facts, even over time and over all kinds of decisions. The same world gives the same sample."""

    def __init__(self, each=EACH):
        """:param each: facts of one kind that are kept at most"""
        self.each = each
        self._dice = random.Random(19)
        self._seen = Counter()
        self._kept = defaultdict(list)

    @contextmanager
    def watching(self, env):
        """Take what the planner reads in this block."""
        planner = type(env["touch.facts"])
        read = planner._read_facts

        def reading(its, subjects):
            known = read(its, subjects)
            for facts in known:
                self.take(facts)
            return known

        with patch.object(planner, "_read_facts", reading):
            yield self

    def take(self, facts):
        """Consider facts, and what nearly the same would be decided for: as if nothing were planned yet, as if the day were full, as if
        something had happened."""
        decision = self._consider(facts)
        happening = self._dice.choice(list(HAPPENINGS.values()))
        self._consider(happening(facts))
        if isinstance(decision, Keep):
            facts = replace(facts, open_touch=None)
            decision = self._consider(facts)
            self._consider(happening(facts))
        if isinstance(decision, Touch):
            self._consider(replace(facts, open_touch=None, earliest=decision.day + timedelta(days=1)))

    def _consider(self, facts):
        decision = decide(facts)
        kind = type(decision).__name__, facts.temperature, *(code for code, _values in decision.why)
        self._seen[kind] += 1
        if len(self._kept[kind]) < self.each:
            self._kept[kind].append(facts)
        elif (place := self._dice.randrange(self._seen[kind])) < self.each:
            self._kept[kind][place] = facts
        return decision

    def save(self, path):
        """Write the sample with its decisions; keys are numbered anew, so that the same world gives the same file in any database."""
        known = anonymous([facts for kind in sorted(self._kept) for facts in self._kept[kind]], made_up=True)
        recording.save(path, recording.decided(known))
