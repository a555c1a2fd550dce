"""Whether a client's story makes sense, told after the fact: what a sales manager would strike out.

The invariants say what must never be planned; this says what a story must never read like, however it came about. It looks at what happened
alone, and knows nothing of how it was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, pstdev
from typing import NamedTuple

from .plan.facts import CLOSING, HOT, WARMING

# closing touches in a row without a yes, at most; then so many warming ones (R8, R10)
CLOSING_IN_A_ROW = 3
# touches by one channel in a row, at most, while another is open (R16)
CHANNEL_IN_A_ROW = 2
# an agreed step that lies further ahead holds nothing, in days (R45)
AGREED_AHEAD = 45
# days after a purchase in which the first touch is care
CARE_FOR = 30
# days after a meeting within which it is said that it took place
MEETING_SAID = 3
# purchases from which the client's own rhythm says when he is late (R22): three gaps
OWN_RHYTHM = 4

SELLING, NURTURE, CARE, WIN_BACK = PARTS = ("selling", "nurture", "care", "win_back")

# Why a run may stop though nothing follows, in the words of docs/method.md. For every other reason the client goes on somewhere, or rests.
MAY_END: Mapping[str, str] = {
    "opt_out": "The client wants no contact.",
    "low_potential": "The potential was judged low: no effort is spent (R33).",
    "no_channel": "Nothing is known by which the client could be reached, or he has closed it.",
    "wrong_contact": "It was the wrong person.",
    "archived": "The contact or the deal was archived.",
    "moved": "The deal went to another company of ours, which enrols it by its own rules.",
    "manual": "Somebody stopped it by hand, and said why.",
    "removed": "The contact or the deal was deleted.",
    "erased": "The client's data were erased.",
    "merged": "The client was merged with another one, whose run goes on.",
    "superseded": "The client is worked in another cadence.",
    "changed": "Somebody moved the client to another cadence.",
    "strategy": "The potential was judged: the client moved to the cadence for it.",
}

# stops that end an approach: what comes later begins anew
NOES = ("refused", "refused_by_colleague", "lost")

KINDS: Mapping[str, str] = {
    "closing_row": "more than three closing touches without a yes",
    "payment_unagreed": "asked for the payment though nothing was agreed",
    "between_agreed": "touched between an agreed step and its day",
    "meeting_unagreed": "a meeting that nobody agreed",
    "channel_row": "one channel thrice in a row while another was open",
    "after_purchase": "first touch after a purchase that is not care",
    "late_early": "called late before he was late",
    "hot_in_nurture": "hot, and in nurture",
    "stop_alone": "stopped without a next, for no reason of the list",
}


@dataclass(frozen=True, slots=True)
class Touched:
    """A touch that was made. ``counts``: it got through or went out; ``incoming``: the client came to us; ``yes``: he agreed to a step, kept it,
    bought or was ready to; ``asks``: the kind of step that was asked for; ``part``: of :data:`PARTS`; ``planned``: by a cadence, and not by
    chance; ``occasion``: a birthday or holiday; ``open``: channels by which he could have been touched in turn; ``rhythm``: of the cadence;
    ``lapses_on``: the day from which he counts as missed; ``cares``: it is about what he bought; ``deal``: which one it is about."""

    day: date
    purpose: str
    channel: str
    temperature: str = ""
    counts: bool = True
    incoming: bool = False
    yes: bool = False
    asks: str = ""
    part: str = SELLING
    planned: bool = True
    occasion: bool = False
    open: frozenset[str] = frozenset()
    rhythm: int = 5
    lapses_on: date | None = None
    cares: bool = False
    deal: int | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """On ``day`` a step was agreed for ``date``. ``kind``: meeting, contract, invoice, …; ``deal``: of which one."""

    day: date
    kind: str
    date: date
    deal: int | None = None


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase. ``deal``: which one was won."""

    day: date
    deal: int | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """A run ended for ``reason``. ``followed``: another run, a rest or a waiting deal goes on; ``because``: why what the cadence says could not
    follow, as the run says itself."""

    day: date
    reason: str
    followed: bool
    because: str = ""


Happening = Touched | Agreed | Bought | Stopped


class Finding(NamedTuple):
    """``kind``: of :data:`KINDS`; ``place``: in the story, from 0; ``text``: what is senseless, in plain words."""

    kind: str
    place: int
    day: date
    text: str


def findings(story: Sequence[Happening]) -> list[Finding]:
    """What makes no sense in one client's story.

    :param story: what happened, in order; of one day in the order in which it happened
    :return: in the order of the story; a touch may be senseless in several ways
    """
    reader = _Reader()
    for place, one in enumerate(story):
        for kind, text in reader.judge(one):
            reader.found.append(Finding(kind, place, one.day, text))
    return reader.found


def counted(found: Iterable[Finding]) -> dict[str, int]:
    """:return: {kind: how many}, all kinds, the most frequent first"""
    kinds = [one.kind for one in found]
    return dict(sorted(((kind, kinds.count(kind)) for kind in KINDS), key=lambda one: -one[1]))


Said = Iterable[tuple[str, str]]


class _Reader:
    """Reads a story from its beginning to its end, and remembers what the next line is judged by."""

    def __init__(self) -> None:
        self.found: list[Finding] = []
        self.closings = 0  # without a yes
        self.warmings = 0  # since the last of them
        self.agreed_once = False  # something, since the last purchase
        self.agreed: Agreed | None = None  # lies ahead
        self.meetings: list[date] = []  # days on which people agreed to meet
        self.purchases: list[date] = []
        self.just_bought = False
        self.won: int | None = None  # the deal that was bought last
        self.row: list[Touched] = []  # by one channel

    def judge(self, one: Happening) -> list[tuple[str, str]]:
        if isinstance(one, Touched):
            return list(self._touched(one))
        if isinstance(one, Agreed):
            if one.date > one.day:  # else they met on the very day: whether before or after a touch of it, nobody knows
                self.agreed = one
            self.agreed_once, self.closings = True, 0
            self.meetings.append(one.date)
        elif isinstance(one, Bought):
            self.purchases.append(one.day)
            self.won = one.deal
            self.just_bought, self.agreed, self.agreed_once, self.closings, self.warmings = True, None, False, 0, 0
        elif one.reason in NOES:
            self.agreed, self.closings, self.warmings = None, 0, 0  # an approach is over
        elif one.reason == "wrong_contact" and one.followed:
            self.agreed, self.closings, self.warmings = None, 0, 0  # the right person was not asked yet
        elif not one.followed and not {one.reason, one.because} & MAY_END.keys():
            return [("stop_alone", f"stopped ({one.reason}), and nothing follows")]
        return []

    def _touched(self, one: Touched) -> Said:
        if one.incoming:
            # a client who comes to us is warmer than any of our touches could make him
            self.warmings += one.counts
            if one.yes:
                self._says_yes()
            return
        if one.purpose in (WARMING, CLOSING):
            yield from self._is_held(one) if one.planned else ()
            yield from self._hammers(one)
            yield from self._channel_stays(one)
            yield from self._after_purchase(one)
        if one.planned and one.channel == "meeting" and not any(0 <= (one.day - day).days <= MEETING_SAID for day in self.meetings):
            yield "meeting_unagreed", "a meeting is planned that nobody agreed"
        if one.part == WIN_BACK and not self._is_late(one):
            yield "late_early", "won back before he is late"
        if one.planned and one.part == NURTURE and one.temperature == HOT:
            yield "hot_in_nurture", "hot, and still in nurture"
        if one.yes:
            self._says_yes()

    def _says_yes(self) -> None:
        """Who says yes, or is ready to buy, is asked on at once, also right after a purchase (R8)."""
        self.closings, self.agreed_once, self.just_bought = 0, True, False

    def _is_held(self, one: Touched) -> Said:
        if self.agreed and one.day > self.agreed.date:
            self.agreed = None
        ahead = self.agreed
        if ahead and ahead.deal and one.deal and one.deal != ahead.deal:
            return  # what is agreed on one deal holds no other
        if ahead and not (one.occasion or one.channel == "meeting") and (ahead.date - ahead.day) <= timedelta(days=AGREED_AHEAD):
            yield "between_agreed", f"{ahead.kind} is agreed for {ahead.date}, and he is touched before it"

    def _hammers(self, one: Touched) -> Said:
        if one.purpose == WARMING:
            self.warmings += one.counts
            return
        if one.asks == "payment" and not self.agreed_once:
            yield "payment_unagreed", "asked for the payment, and nothing was agreed"
        if not one.counts:
            return
        if self.warmings >= one.rhythm:
            self.closings = 0
        self.closings, self.warmings = self.closings + 1, 0
        if self.closings > CLOSING_IN_A_ROW and not one.yes:
            yield "closing_row", f"closing touch {self.closings} without a yes"

    def _channel_stays(self, one: Touched) -> Said:
        if self.row and self.row[-1].channel != one.channel:
            self.row = []
        self.row.append(one)
        if one.planned and len(self.row) > CHANNEL_IN_A_ROW and one.open - {one.channel}:
            others = ", ".join(sorted(one.open - {one.channel}))
            yield "channel_row", f"{one.channel} for the {len(self.row)}. time in a row, though {others} is open"

    def _after_purchase(self, one: Touched) -> Said:
        recent = self.purchases and one.day - self.purchases[-1] <= timedelta(days=CARE_FOR)
        # another deal that is being sold goes on
        mine = one.planned and (one.deal is None or self.won is None or one.deal == self.won)
        if self.just_bought and recent and mine and ((one.part != CARE and not one.cares) or one.purpose == CLOSING):
            yield "after_purchase", "the first touch after the purchase is no care" if one.part != CARE else "care that asks for something"
        if one.planned:
            self.just_bought = False

    def _is_late(self, one: Touched) -> bool:
        """By the client's own gaps and their spread, where he has enough of them; else by what the base says (R22)."""
        days = sorted(set(self.purchases))
        if len(days) >= OWN_RHYTHM:
            gaps = [(later - earlier).days for earlier, later in pairwise(days)]
            return (one.day - days[-1]).days >= fmean(gaps) + pstdev(gaps)
        return one.lapses_on is None or one.day >= one.lapses_on
