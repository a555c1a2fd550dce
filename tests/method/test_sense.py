"""Stories that make no sense are found, and those that do are left alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method import sense
from method.client import purchases, temperature
from method.plan import agreed, history
from method.plan.channels import BUILT_IN
from method.plan.decide import decide
from method.plan.decision import Stop, Touch, Wait
from method.plan.facts import CLOSING as CLOSES
from method.plan.facts import PURPOSES, Cadence, Reason
from method.plan.facts import WARMING as WARMS
from method.sense import Agreed, Bought, Stopped, Touched
from world import ALL_CHANNELS, MONDAY, at, client, past, steps, workdays

BOTH = frozenset({"call", "email"})
DAYS = workdays(days=3000)


def day(number):
    return MONDAY + timedelta(days=number)


def touched(number, channel="call", purpose="warming", **values):
    return Touched(day(number), purpose, channel, **values)


def alternating(purposes):
    return [touched(number, "call" if number % 2 else "email", purpose, open=BOTH) for number, purpose in enumerate(purposes)]


WARMING, CLOSING = "warming", "closing"
SENSELESS = {
    "closing_row": alternating([CLOSING] * 4),
    "payment_unagreed": [touched(0, purpose=CLOSING, asks="payment")],
    "between_agreed": [touched(0, yes=True), Agreed(day(0), "meeting", day(9)), touched(4)],
    "meeting_unagreed": [touched(0, "meeting")],
    "channel_row": [touched(number, open=BOTH) for number in range(3)],
    "after_purchase": [Bought(day(0)), touched(3, part=sense.SELLING)],
    "late_early": [Bought(day(0)), touched(1, part=sense.CARE), touched(9, part=sense.WIN_BACK, lapses_on=day(10))],
    "hot_in_nurture": [touched(0, part=sense.NURTURE, temperature="hot")],
    "stop_alone": [Stopped(day(0), "window_over", followed=False)],
}
SENSIBLE = {
    "three closing touches": alternating([CLOSING] * 3),
    "a yes in between": [*alternating([CLOSING] * 3), touched(3, "call", CLOSING, yes=True), touched(4, "email", CLOSING)],
    "five warming ones in between": alternating([*[CLOSING] * 3, *[WARMING] * 5, CLOSING]),
    "tries that failed": [touched(number, purpose=CLOSING, counts=False) for number in range(9)],
    "the payment of what was agreed": [Agreed(day(0), "invoice", day(1)), touched(2, purpose=CLOSING, asks="payment")],
    "ready to buy again, right after the purchase": [
        Bought(day(0)),
        touched(3, "call", part=sense.CARE, yes=True, planned=False),
        touched(4, purpose=CLOSING, part=sense.CARE, asks="invoice"),
    ],
    "confirmed and asked": [
        Agreed(day(0), "meeting", day(9)),
        touched(8, purpose="confirming"),
        touched(10, purpose="asking"),
        touched(12),
    ],
    "they met on the very day": [Agreed(day(0), "meeting", day(0)), touched(0)],
    "what nobody planned": [
        Agreed(day(0), "meeting", day(9)),
        *(touched(number, planned=False, open=BOTH) for number in (1, 2, 3)),
    ],
    "he wrote in between": alternating([*[CLOSING] * 3, *[WARMING] * 4])
    + [touched(7, "email", incoming=True), touched(8, "call", CLOSING, open=BOTH)],
    "a no, and another approach": [*alternating([CLOSING] * 3), Stopped(day(3), "refused", followed=True), touched(90, "call", CLOSING)],
    "agreed on another deal": [Agreed(day(0), "invoice", day(9), 1), touched(4, deal=2)],
    "another deal goes on": [Bought(day(0), 1), touched(3, purpose=CLOSING, deal=2)],
    "called by chance after the purchase": [Bought(day(0)), touched(1, planned=False), touched(5, part=sense.CARE)],
    "a meeting that is said a day later": [Agreed(day(0), "meeting", day(9)), touched(10, "meeting")],
    "the care is of another deal": [Bought(day(0)), touched(3, part=sense.SELLING, cares=True)],
    "hot, and called by chance": [touched(0, part=sense.NURTURE, temperature="hot", planned=False)],
    "bought, and of low potential": [Stopped(day(0), "bought", followed=False, because="low_potential")],
    "a birthday before the meeting": [Agreed(day(0), "meeting", day(9)), touched(4, occasion=True)],
    "a step that lies far ahead": [Agreed(day(0), "meeting", day(90)), touched(4)],
    "the meeting that was agreed": [Agreed(day(0), "meeting", day(9)), touched(9, "meeting")],
    "a meeting that came about": [touched(0, "meeting", planned=False)],
    "nothing else is open": [touched(number, open=frozenset({"call"})) for number in range(5)],
    "care": [Bought(day(0)), touched(5, part=sense.CARE), touched(30, "email", CLOSING, part=sense.CARE)],
    "a new deal, long after": [Bought(day(0)), touched(60, part=sense.SELLING)],
    "he wrote": [Bought(day(0)), touched(2, "email", incoming=True), touched(5, part=sense.CARE)],
    "late": [Bought(day(0)), touched(1, part=sense.CARE), touched(10, part=sense.WIN_BACK, lapses_on=day(10))],
    "goes on in nurture": [Stopped(day(0), "window_over", followed=True)],
    "wants no contact": [Stopped(day(0), "opt_out", followed=False)],
}


@pytest.mark.parametrize("kind", sense.KINDS)
def test_each_kind_is_found(kind):
    found = sense.findings(SENSELESS[kind])
    assert [one.kind for one in found] == [kind]
    assert found[0].place == len(SENSELESS[kind]) - 1
    assert sense.counted(found)[kind] == 1


@pytest.mark.parametrize("name", SENSIBLE)
def test_what_makes_sense_is_left_alone(name):
    assert not sense.findings(SENSIBLE[name])


def test_a_purchase_ends_what_was_agreed_before():
    again = touched(40, purpose=CLOSING, asks="payment")
    story = [Agreed(day(0), "invoice", day(1)), Bought(day(2)), touched(7, part=sense.CARE), again]
    assert [one.kind for one in sense.findings(story)] == ["payment_unagreed"]


@pytest.mark.parametrize(("last", "late"), [(44, False), (45, True)])
def test_R22_late_is_mean_and_spread_of_the_clients_own_gaps(last, late):
    """Gaps of 20, 30 and 40 days: 30 on average, and 8.2 of spread."""
    bought = [Bought(day(number)) for number in (-90, -70, -40, 0)]
    limit = touched(last - 6, part=sense.WIN_BACK, lapses_on=day(0))
    story = [*bought, touched(5, part=sense.CARE), limit]
    assert [one.kind for one in sense.findings(story)] == ([] if late else ["late_early"])


def test_a_failed_dial_stands_in_the_row_of_its_channel():
    story = [replace(touched(number, open=BOTH), counts=number != 1) for number in range(3)]
    assert [one.kind for one in sense.findings(story)] == ["channel_row"]


# --- stories of decide() alone: through selling, nurture, care and win-back, whatever clients answer ---------------------------------

STEP_KINDS = dict(enumerate(("meeting", "viewing", "contract", "invoice", "payment"), 1))
REASONS = (
    *(Reason(number, WARMS) for number in range(1, 150)),
    *(Reason(200 + step, CLOSES, repeatable=True, next_step=step, kind=kind) for step, kind in STEP_KINDS.items()),
    Reason(220, CLOSES, repeatable=True),
    Reason(230, WARMS, occasion="birthday"),
)
OF_REASON = {one.id: one for one in REASONS}
# what comes of a touch: whether it counts, whether somebody was reached, what it moves, what it says of the next step
COMES = {
    "no answer": (False, False, "", ""),
    "sent": (True, False, "", ""),
    "reached": (True, True, "", ""),
    "interested": (True, True, "thaw", ""),
    "ready": (True, True, "hot", "ready"),
    "not now": (True, True, "cooler", ""),
    "agreed": (True, True, "thaw", "agreed"),
    "missed": (True, False, "", "missed"),
    "kept": (True, True, "thaw", "kept"),
    "moved": (True, True, "", "moved"),
    "bought": (True, True, "warm", ""),
    "no": (True, True, "cold", ""),
}
# what may be said of a step that was agreed: before its day, and after it
OF_STEPS = {"confirming": ("no answer", "reached", "moved"), "asking": ("no answer", "kept", "missed", "moved", "bought")}
BY_CHANCE = "by chance"
UNASKED = [name for name in COMES if name not in ("missed", "kept", "moved")]
TALKED = ("call", "email", "sms", "social")  # by which a client can answer
LADDER = tuple(frozenset({step}) for step in STEP_KINDS)
SELLING = Cadence(1, (*steps(0, 2, 3, 3, 4, 4), replace(steps(4)[0], id=7)), window_days=30, ladder=LADDER)
NURTURING = Cadence(2, (replace(steps(5)[0], id=11, times=0),), stop_after=12, until_hot=True, ladder=LADDER)
MONTHLY = replace(NURTURING, id=5, steps=(replace(steps(20)[0], id=51, times=0),), stop_after=0)
CARING = Cadence(3, (replace(steps(5)[0], id=31, channel="call"), replace(steps(20)[0], id=32, times=0)), until_lapsed=True, of_deals=False)
WINNING = Cadence(4, (replace(steps(0)[0], id=41, channel="call", purpose=WARMS), replace(steps(5)[0], id=42, times=3)), of_deals=False)
PARTS = {1: sense.SELLING, 2: sense.NURTURE, 3: sense.CARE, 4: sense.WIN_BACK, 5: sense.NURTURE}
# when a buyer is missed, where there is no rhythm of the client's own
LIMITS = purchases.Limits(fixed=60, least=30, spreads=2)


def goes_on(cadence, reason):
    """:return: the cadence that follows, as the shipped ones say"""
    if reason == "lapsed":
        return WINNING
    if reason == "turned_hot":
        return SELLING
    return {1: NURTURING, 2: MONTHLY, 4: replace(CARING, until_lapsed=False)}.get(cadence.id)


class Living:
    """A client, led from run to run."""

    def __init__(self, warmth, ways, ladder):
        self.warmth, self.ways, self.ladder = warmth, ways, ladder
        self.today = self.started = MONDAY
        self.cadence, self.run, self.since = SELLING, 1, 1  # the run, and the first one of its approach
        self.touches = []  # (run, touch)
        self.story, self.purchases = [], []

    @property
    def bought(self):
        return self.purchases[-1] if self.purchases else None

    @property
    def lapses_on(self):
        days = sorted(set(self.purchases))
        return purchases.lapses_on(self.bought, purchases.limit(purchases.gaps(days), LIMITS))

    def facts(self):
        seen = [
            touch._replace(this_run=run == self.run, before=self.since <= run < self.run, from_step=touch.from_step)
            for run, touch in self.touches
        ]
        return client(
            today=self.today, now=at(self.today), started=self.started, cadence=replace(self.cadence, ladder=self.ladder), temperature=self.warmth,
            history=history.read(seen, 7, bought=self.bought), agreed=agreed.read([one for one in seen if one.this_run or one.before]),
            reasons=REASONS, workdays=DAYS, rep_days=DAYS, open_channels=self.ways | {"meeting"}, bought=self.bought, buyer=bool(self.bought),
            lapsed=bool(self.lapses_on and self.lapses_on <= self.today), birthdate=MONDAY.replace(year=1980, month=5),
        )  # fmt: skip

    def begin(self, cadence, anew):
        self.run, self.cadence, self.started = self.run + 1, cadence, self.today
        self.since = self.run if anew else self.since

    def decided(self):
        """:return: the next touch; None when the story is over"""
        for _try in range(60):
            decision = decide(self.facts())
            if isinstance(decision, Touch):
                return decision
            if isinstance(decision, Wait) and decision.until:
                self.today = max(decision.until, self.today + timedelta(days=1))
                continue
            assert isinstance(decision, Stop), decision
            follows = goes_on(self.cadence, decision.reason)
            self.story.append(Stopped(self.today, decision.reason, follows is not None))
            if follows is None:
                return None
            self.warmth = decision.temperature or self.warmth
            self.begin(follows, decision.reason == "lapsed")
        return None

    def happens(self):
        """Something that nobody planned, on the day of the last touch."""
        self.touches.append((self.run, past(self.today, WARMS, "web", from_step=False, id=len(self.touches) + 1)))
        self.story.append(Touched(self.today, WARMS, "web", part=PARTS[self.cadence.id], planned=False, open=in_turn(WARMS, self.ways)))

    def make(self, decision, outcome):
        """The touch is made, and this comes of it.

        :return: whether the story goes on"""
        its = OF_STEPS.get(decision.purpose)
        outcome = outcome if not its or outcome in its else its[len(outcome) % len(its)]
        if not its and outcome not in UNASKED:
            outcome = "reached"
        counts, reached, moves, effect = COMES[outcome]
        self.today, reason = decision.day, OF_REASON.get(decision.reason)
        counts, reached = counts or decision.channel != "call", reached and decision.channel in TALKED
        effect, ends = effect if reached or outcome == "missed" else "", reached and outcome in ("bought", "no")
        step = (reason.next_step if reason else None) or (1 if effect == "agreed" else None)
        about = next((touch for _run, touch in self.touches if f"touch:{touch.id}" == decision.about), None)
        step = about.next_step if about else step
        day = self.today + timedelta(days=3 + len(self.touches) % 11) if effect in ("agreed", "moved") else None
        kind = STEP_KINDS.get(step, "") if effect in ("agreed", "kept", "moved") else ""
        after = temperature.move(self.warmth, moves) if reached else self.warmth
        self.story.append(
            Touched(
                self.today, decision.purpose, decision.channel, temperature=self.warmth, counts=counts,
                yes=effect in ("agreed", "kept", "moved", "ready") or (ends and outcome == "bought"), asks=reason.kind if reason else "",
                part=PARTS[self.cadence.id], planned=bool(decision.step), occasion=bool(reason and reason.occasion),
                open=in_turn(decision.purpose, self.ways), lapses_on=self.lapses_on,
            )
        )  # fmt: skip
        touch = past(
            self.today, decision.purpose, decision.channel, decision.reason, from_step=bool(decision.step), counts=counts, reached=reached, user=7,
            step=decision.step or None, warmed=bool(reached and (moves in ("thaw", "hot", "warm") or effect)), step_effect=effect, next_step=step if effect else None,
            step_kind=kind, agreed_day=day, id=len(self.touches) + 1, about=decision.about, ends=ends,
            wishes=bool(reason and reason.occasion),
        )  # fmt: skip
        self.touches.append((self.run, touch))
        if day:
            self.story.append(Agreed(self.today, kind or "meeting", day))
        self.warmth = after
        if ends and outcome == "no":
            return False
        if ends:
            self.purchases.append(self.today)
            self.story.append(Bought(self.today))
            self.begin(CARING, True)
        return True


def in_turn(purpose, ways):
    """:return: the channels by which the touch could have gone: none that has to be agreed, and a closing one where the client can answer"""
    return frozenset(way for way in ways if not BUILT_IN[way].agreed and (purpose != CLOSES or BUILT_IN[way].two_way))


def live(outcomes, warmth, ways, ladder=LADDER):
    """:return: the story of a client who is led through the cadences, outcome by outcome"""
    one = Living(warmth, ways, ladder)
    for outcome in outcomes:
        if outcome == BY_CHANCE:
            one.happens()
            continue
        decision = one.decided()
        if decision is None or not one.make(decision, outcome):
            break
    return one.story


@given(
    st.lists(st.sampled_from([*COMES, BY_CHANCE]), min_size=5, max_size=40),
    st.sampled_from(["cold", "warm", "hot"]),
    st.sets(st.sampled_from(sorted(ALL_CHANNELS)), min_size=1).map(frozenset),
    st.integers(0, 4),
)
def test_what_is_decided_makes_a_story_that_makes_sense(outcomes, warmth, ways, first):
    """Every kind of :mod:`method.sense`, none of them ever.

    :param first: the lowest rung of the ladder: a company may ask for the payment alone"""
    assert sense.findings(live(outcomes, warmth, ways, LADDER[first:])) == []


def test_the_stories_go_through_every_part():
    """Otherwise nothing would be tried above."""
    seen, kinds = set(), set()
    answers = [
        "reached",
        "agreed",
        "kept",
        "interested",
        "agreed",
        "missed",
        "moved",
        "kept",
        "bought",
        *["sent"] * 12,
        "ready",
        "agreed",
        "kept",
    ]
    for warmth in ("cold", "warm", "hot"):
        for turn in range(len(answers)):
            story = live([*answers[turn:], *answers[:turn], *["sent"] * 30], warmth, ALL_CHANNELS)
            seen |= {one.part for one in story if isinstance(one, Touched)}
            kinds |= {type(one) for one in story} | {one.purpose for one in story if isinstance(one, Touched)}
    assert seen == set(sense.PARTS)
    assert kinds == {Touched, Agreed, Bought, Stopped, *PURPOSES}
