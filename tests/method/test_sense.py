"""Stories that make no sense are found, and those that do are left alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method import sense
from method.client import temperature
from method.plan import history
from method.plan.channels import BUILT_IN
from method.plan.decide import decide
from method.plan.decision import Stop, Touch, Wait
from method.plan.facts import CLOSING as CLOSES
from method.plan.facts import WARMING as WARMS
from method.plan.facts import Cadence, Reason
from method.sense import Agreed, Bought, Stopped, Touched
from world import ALL_CHANNELS, MONDAY, client, often, past, steps, workdays

BOTH = frozenset({"call", "email"})


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
    "confirmed and asked": [
        Agreed(day(0), "meeting", day(9)),
        touched(8, purpose="confirming"),
        touched(10, purpose="asking"),
        touched(12),
    ],
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


# What stories of decide() alone still read like: a kind that is mended goes from here, and never comes back.
NOT_YET = {"closing_row", "payment_unagreed"}
ASKS = {101: "meeting", 102: "contract", 103: "invoice", 104: "payment", 105: ""}
REASONS = (
    *(Reason(number, WARMS) for number in range(1, 100)),
    *(Reason(number, CLOSES, repeatable=True) for number in ASKS),
)
# what comes of a touch: whether it counts, whether somebody was reached, what it moves
COMES = {
    "no answer": (False, False, ""),
    "sent": (True, False, ""),
    "reached": (True, True, ""),
    "ready": (True, True, "hot"),
    "not now": (True, True, "cooler"),
}
CADENCE = Cadence(1, (*steps(0, 2, 3, 3, 4, 4), replace(steps(5)[0], id=9, times=0)), rhythm=5)


def in_turn(purpose, ways):
    """:return: the channels by which the touch could have gone: none that has to be agreed, and a closing one where the client can answer"""
    return frozenset(way for way in ways if not BUILT_IN[way].agreed and (purpose != CLOSES or BUILT_IN[way].two_way))


def live(outcomes, warmth, ways):
    """:return: the story of a client who is led through a run, outcome by outcome"""
    story, touches, today, days = [], [], MONDAY, workdays(days=3000)
    for outcome in outcomes:
        facts = client(
            today=today, cadence=CADENCE, temperature=warmth, history=history.read(touches, 7), reasons=REASONS,
            workdays=days, rep_days=days, open_channels=ways,
        )  # fmt: skip
        decision = decide(facts)
        while isinstance(decision, Wait) and decision.until:
            facts = replace(facts, today=decision.until, now=facts.now + (decision.until - facts.today))
            decision = decide(facts)
        if not isinstance(decision, Touch):
            assert isinstance(decision, Stop)
            break
        counts, reached, moves = COMES[outcome]
        counts, reached = (
            counts or decision.channel not in ("call", "meeting"),
            reached and decision.channel in ("call", "meeting", "email"),
        )
        after = temperature.move(warmth, moves) if reached else warmth
        today = decision.day
        story.append(
            Touched(
                today, decision.purpose, decision.channel, temperature=warmth, counts=counts, yes=reached and outcome == "ready",
                asks=ASKS.get(decision.reason, ""), open=in_turn(decision.purpose, ways),
            )
        )  # fmt: skip
        touches.append(
            past(
                today, decision.purpose, decision.channel, decision.reason, counts=counts, reached=reached, user=7, step=decision.step,
                warmed=reached and outcome == "ready",
            )
        )  # fmt: skip
        warmth = after
    return story


@often(2)
@given(
    st.lists(st.sampled_from(list(COMES)), min_size=5, max_size=30),
    st.sampled_from(["cold", "warm", "hot"]),
    st.sets(st.sampled_from(sorted(ALL_CHANNELS)), min_size=1).map(frozenset),
)
def test_what_is_decided_makes_a_story_that_makes_sense(outcomes, warmth, ways):
    found = {one.kind for one in sense.findings(live(outcomes, warmth, ways))}
    assert found <= NOT_YET
