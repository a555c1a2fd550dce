"""A touch that a rep plans himself (R50), and touches that nobody had planned (R1)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.plan import by_hand, history
from method.plan.agreed import read
from method.plan.decide import decide
from method.plan.decision import Keep, Touch
from method.plan.facts import AgreedStep, OpenTouch
from world import MONDAY, at, client, past, workdays

DAYS = [MONDAY + timedelta(days=n) for n in range(30)]
OWN = OpenTouch("warming", "call", day=DAYS[3], by_hand=True, planned_on=MONDAY)


def planned(touch=OWN, today=MONDAY, **values):
    return decide(client(today=today, now=at(today), open_touch=touch, **values))


def test_R50_the_rep_chooses_day_channel_and_purpose_and_needs_no_reason():
    touch = by_hand.plan(client(reasons=(), min_gap=5, history=history.read([past()])), "email", DAYS[1], "closing")
    assert isinstance(touch, Touch)
    assert (touch.day, touch.channel, touch.purpose, touch.reason, touch.step, touch.by_hand) == (
        DAYS[1],
        "email",
        "closing",
        None,
        0,
        True,
    )
    assert [code for code, _values in touch.why] == ["nth", "by_hand"]


@pytest.mark.parametrize(
    ("code", "values", "day", "channel"),
    [
        ("opt_out", {"opted_out": True}, DAYS[1], "call"),
        ("low_potential", {"potential": "low"}, DAYS[1], "call"),
        ("paused", {"state": "paused"}, DAYS[1], "call"),
        ("resting", {"state": "resting", "not_before": DAYS[9]}, DAYS[1], "call"),
        ("hand_agreed", {}, DAYS[1], "meeting"),
        ("hand_channel", {"open_channels": frozenset({"email"})}, DAYS[1], "call"),
        ("hand_hot", {"temperature": "hot"}, DAYS[1], "call"),
        ("hand_day", {}, DAYS[5], "call"),
        ("agreed", {"agreed": (AgreedStep("touch:1", DAYS[9], 1, MONDAY),)}, DAYS[8], "call"),
        ("no_rep", {"rep": None, "rep_days": None}, DAYS[1], "call"),
        ("no_working_day", {}, MONDAY + timedelta(days=900), "call"),
    ],
)
def test_R50_what_protects_the_client_binds_the_rep(code, values, day, channel):
    found = by_hand.plan(client(**values), channel, day, "warming")
    assert not isinstance(found, Touch) and found[0] == code


@pytest.mark.parametrize(
    "values",
    [{}, {"temperature": "warm"}, {"min_gap": 9, "history": history.read([past()])}, {"reasons": ()}, {"earliest": DAYS[20]}],
)
def test_R50_the_plan_leaves_it_alone(values):
    assert isinstance(planned(**values), Keep)


def test_R50_it_moves_from_a_day_off_and_stays_what_it_is():
    days = workdays(off=DAYS[3:5])
    moved = planned(workdays=days, rep_days=days)
    assert (moved.day, moved.channel, moved.purpose, moved.reason, moved.by_hand) == (DAYS[7], "call", "warming", None, True)


def test_R50_what_is_proposed_can_be_planned():
    for values in ({}, {"temperature": "hot"}, {"today": DAYS[4], "now": at(DAYS[4])}, {"open_channels": frozenset({"email"})}):
        known = client(**values)
        offered = by_hand.proposed(known)
        assert isinstance(by_hand.plan(known, offered["channel"], offered["day"], offered["purpose"]), Touch), values
    assert by_hand.proposed(client(rep=None, rep_days=None)) == {"purpose": "warming", "channel": "call"}


def test_R50_it_gives_way():
    assert planned(temperature="hot").purpose == "closing"
    assert not planned(open_channels=frozenset({"email"})).by_hand
    agreed = (AgreedStep("touch:1", DAYS[3], 1, MONDAY - timedelta(days=3)),)
    assert getattr(planned(agreed=agreed), "by_hand", False) is False
    assert isinstance(planned(agreed=(AgreedStep("touch:1", DAYS[9], 1, MONDAY),)), Keep)
    later = history.read([past(DAYS[1], from_step=False, back=DAYS[20], obstacle=3)], 7)
    assert not isinstance(planned(today=DAYS[1], history=later), Keep)
    before = history.read([past(MONDAY, from_step=False, back=DAYS[20], obstacle=3)], 7)
    assert isinstance(planned(history=before), Keep)


@given(st.sampled_from(DAYS), st.sampled_from(["call", "email", "sms", "letter"]), st.sampled_from(["cold", "warm", "hot"]))
def test_R50_what_was_planned_is_kept(day, channel, temperature):
    facts = client(temperature=temperature)
    touch = by_hand.plan(facts, channel, day, "closing")
    if isinstance(touch, Touch):
        assert touch.day == day
        open_touch = OpenTouch("closing", channel, day=day, when=touch.when, by_hand=True, planned_on=MONDAY)
        assert isinstance(decide(replace(facts, open_touch=open_touch)), Keep)


def test_R1_what_nobody_planned_puts_the_planned_touch_off():
    own = past(MONDAY, channel="email", from_step=False)
    touch = OpenTouch("warming", "call", day=MONDAY, reason=1)
    moved = decide(client(history=history.read([own], 7), open_touch=touch, min_gap=3))
    assert moved.ahead == DAYS[3] if not isinstance(moved, Touch) else moved.day == DAYS[3]
    mail = replace(touch, channel="email")
    known = {"history": history.read([own], 7), "open_touch": mail, "min_gap": 3}
    assert isinstance(decide(client(**known)), Keep), "it may have been this one"
    assert not isinstance(decide(client(today=DAYS[1], now=at(DAYS[1]), **known)), Keep)
    put_off = {**known, "open_touch": replace(touch, day=DAYS[1])}
    assert isinstance(decide(client(today=DAYS[1], now=at(DAYS[1]), **put_off)), Keep)
    for kept in (
        {"min_gap": 0},
        {"temperature": "hot", "open_touch": replace(touch, purpose="closing", reason=11)},
        {"history": history.read([past(MONDAY - timedelta(days=3), channel="email", from_step=False)], 7)},
        {"history": history.read([replace_counts(own)], 7)},
    ):
        assert isinstance(decide(client(**{"history": history.read([own], 7), "open_touch": touch, "min_gap": 3, **kept})), Keep)


def test_R16_what_nobody_planned_makes_no_third_call_in_a_row():
    calls = [past(MONDAY - timedelta(days=3)), past(MONDAY, from_step=False)]
    touch = OpenTouch("warming", "call", day=DAYS[2], reason=1)
    other = decide(client(history=history.read(calls, 7), open_touch=touch))
    assert not isinstance(other, Keep) and getattr(other, "channel", "") != "call"
    only = {"open_channels": frozenset({"call"}), "history": history.read(calls, 7), "open_touch": touch}
    assert isinstance(decide(client(**only)), Keep), "no other channel is open"
    assert isinstance(decide(client(history=history.read(calls[1:], 7), open_touch=touch)), Keep), "the second in a row may be"
    due = {"history": history.read(calls, 7), "open_touch": replace(touch, day=MONDAY)}
    late = decide(client(today=DAYS[1], now=at(DAYS[1]), **due))
    assert getattr(late, "channel", "") not in ("", "call"), "it was not"


def replace_counts(touch):
    return touch._replace(counts=False)


def test_R45_an_unconfirmed_meeting_settles_nothing():
    event = AgreedStep("event:1", MONDAY, None, MONDAY - timedelta(days=5))
    met = past(MONDAY, channel="meeting", from_step=False, unsure=True)
    assert not read([met], [event])[0].settled
    assert read([met._replace(unsure=False)], [event])[0].settled
    assert not history.read([met]).met
    assert history.read([met]).number == 1
