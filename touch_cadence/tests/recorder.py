"""Keeps facts that the planner reads while tests turn the world: the corpus against which every later change is replayed."""

import random
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from ..method.plan.decide import decide
from ..method.plan.decision import Keep, Touch
from ..method.replay import recording
from ..method.replay.anonymous import anonymous

# facts that are kept of one kind: the same decision with the same codes in its why, about clients of the same temperature
EACH = 15


class Recorder:
    """A sample of facts, even over time and over all kinds of decisions. The same world gives the same sample."""

    def __init__(self, each=EACH):
        self.each = each
        self._dice = random.Random(19)
        self._seen = Counter()
        self._kept = defaultdict(list)

    @contextmanager
    def watching(self, env):
        """Take what the planner reads in this block."""
        planner = type(env["touch.planner"])
        read = planner._read_facts

        def reading(its, subjects):
            known = read(its, subjects)
            for facts in known:
                self.take(facts)
            return known

        with patch.object(planner, "_read_facts", reading):
            yield self

    def take(self, facts):
        """Consider facts, and what nearly the same would be decided for: as if nothing were planned yet, as if the day were full."""
        decision = self._consider(facts)
        if isinstance(decision, Keep):
            decision = self._consider(replace(facts, open_touch=None))
        if isinstance(decision, Touch):
            self._consider(replace(facts, open_touch=None, earliest=decision.day + timedelta(days=1)))

    def _consider(self, facts):
        decision = decide(facts)
        kind = type(decision).__name__, facts.temperature, *(code for code, _values in decision.why)
        self._seen[kind] += 1
        place = len(self._kept[kind])
        if place < self.each:
            self._kept[kind].append(facts)
        elif (place := self._dice.randrange(self._seen[kind])) < self.each:
            self._kept[kind][place] = facts
        return decision

    def save(self, path):
        """Write the sample with its decisions; keys are numbered anew, so that the same world gives the same file in any database."""
        known = anonymous([facts for kind in sorted(self._kept) for facts in self._kept[kind]], made_up=True)
        recording.save(path, recording.decided(known))
