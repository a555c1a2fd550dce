"""When to come back to who said "not now" (R46), and who is told first that something has arrived (R57)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.plan import history
from method.plan.come_back import day_of, proposed
from method.plan.decide import decide
from method.plan.decision import Keep, Stop, Touch, Wait
from method.plan.facts import AgreedStep, OpenTouch, Reason
from world import MONDAY, REASONS, STANDARD, at, client, past, workdays

MONEY, CHAIR = 3, 8
BACK = MONDAY + timedelta(days=42)  # a Monday
FOR_MONEY = Reason(40, "warming", obstacles=frozenset({MONEY}))
SOFA = Reason(50, "warming", channels=frozenset({"call", "email"}), campaign=True, items=frozenset({CHAIR}))
SAID = past(reason=1, back=BACK, obstacle=MONEY, id=1)


def after(*touches, today=MONDAY + timedelta(days=1), **values):
    """The client said "not now" on Monday, and what came then."""
    values = {"temperature": "warm", "reasons": (*REASONS, FOR_MONEY), **values}
    return client(today=today, now=at(today), history=history.read((SAID, *touches), 7), **values)


def day_decided(decision):
    return decision.day if isinstance(decision, Touch) else getattr(decision, "ahead", None)


def test_R46_the_next_touch_falls_on_the_day_and_says_why():
    assert day_decided(decide(after())) == BACK
    assert ("come_back", {"date": MONDAY, "back": BACK, "obstacle": MONEY}) in decide(after()).why
    decision = decide(after(today=BACK))
    assert (decision.day, decision.reason, decision.channel) == (BACK, FOR_MONEY.id, "call")
    assert ("come_back", {"date": MONDAY, "back": BACK, "obstacle": MONEY}) in decision.why


def test_R46_who_comes_back_hears_what_answers_the_obstacle_whatever_the_step_names():
    names = replace(STANDARD, steps=tuple(replace(step, reason=2) for step in STANDARD.steps))
    decision = decide(after(today=BACK, cadence=names))
    assert decision.reason == FOR_MONEY.id
    assert "reason_instead" in dict(decision.why)


def test_R46_sooner_than_the_step_would_come_and_against_the_gap():
    soon = past(reason=1, back=MONDAY + timedelta(days=1), obstacle=MONEY)
    known = client(today=MONDAY, temperature="warm", history=history.read([soon], 7), min_gap=3)
    assert day_decided(decide(known)) == MONDAY + timedelta(days=1)


def test_R46_a_day_that_the_calendar_does_not_reach_yet():
    far = past(reason=1, back=MONDAY + timedelta(days=900), obstacle=MONEY)
    decision = decide(after(far))
    assert isinstance(decision, Wait) and decision.until == MONDAY + timedelta(days=31)
    assert [code for code, _values in decision.why] == ["come_back"]


def test_R46_a_day_off_becomes_the_next_working_day():
    saturday = past(reason=1, back=BACK + timedelta(days=5))
    assert day_decided(decide(after(saturday))) == BACK + timedelta(days=7)
    assert day_decided(decide(after(workdays=workdays(off=[BACK]), rep_days=workdays(off=[BACK])))) == BACK + timedelta(days=1)


def test_R46_the_reason_is_only_for_who_said_so():
    other = past(reason=1, back=BACK, obstacle=MONEY + 1)
    assert decide(after(other, today=BACK)).reason != FOR_MONEY.id
    assert decide(client(reasons=(FOR_MONEY, *REASONS))).reason != FOR_MONEY.id


@pytest.mark.parametrize(
    "what",
    [
        past(MONDAY + timedelta(days=2), incoming=True, channel="email", from_step=False),
        past(MONDAY + timedelta(days=2), step_effect="agreed", next_step=1, from_step=False),
        past(MONDAY + timedelta(days=2), ends=True, from_step=False),
    ],
    ids=["wrote", "agreed", "a no"],
)
def test_R46_what_ends_the_wait(what):
    known = after(what)
    assert known.back is None
    assert known.history.waited == ((MONDAY, MONDAY + timedelta(days=2)),)


def test_R46_a_hot_client_does_not_wait():
    assert decide(after(temperature="hot")).day == MONDAY + timedelta(days=1)


def test_R46_what_others_did_meanwhile_does_not_end_it():
    assert after(past(MONDAY + timedelta(days=2), from_step=False)).back == BACK
    assert after(past(MONDAY + timedelta(days=2), counts=False)).back == BACK


def test_R46_made_before_its_day_or_left_out_it_is_not_made_again():
    early = BACK - timedelta(days=3)
    assert after(past(early, reason=2), today=early).back is None
    assert after(past(early, skipped=True), today=early).back is None


def test_R46_a_try_that_failed_is_repeated_for_two_weeks():
    failed = past(BACK, counts=False, reason=FOR_MONEY.id)
    decision = decide(after(failed, today=BACK + timedelta(days=2)))
    assert decision.reason == FOR_MONEY.id and decision.day > BACK
    assert after(failed, today=BACK + timedelta(days=15)).back is None


def test_R46_the_window_and_the_tries_wait_too():
    assert isinstance(decide(after(today=BACK)), Touch), "the window of 30 days is over by the calendar"
    made = after(past(BACK, reason=FOR_MONEY.id), today=BACK + timedelta(days=5))
    assert not isinstance(decide(made), Stop), "42 of its days were waited"
    assert isinstance(decide(replace(made, today=BACK + timedelta(days=31), now=at(BACK + timedelta(days=31)))), Stop)
    worked = replace(STANDARD, stop_after=1)
    assert isinstance(decide(after(today=BACK, cadence=worked)), Touch)
    assert isinstance(decide(after(past(BACK, reason=FOR_MONEY.id), today=BACK, cadence=worked)), Stop)


def test_R46_a_pause_within_the_wait_counts_once():
    pause = (MONDAY + timedelta(days=10), MONDAY + timedelta(days=20))
    known = after(past(BACK, reason=2), today=BACK + timedelta(days=31), pauses=(pause,))
    assert isinstance(decide(known), Stop)


def test_R46_what_was_planned_before_is_taken_back():
    planned = OpenTouch("warming", "call", MONDAY + timedelta(days=3), reason=2)
    decision = decide(after(open_touch=planned))
    assert isinstance(decision, Wait) and decision.ahead == BACK
    assert isinstance(decide(after(open_touch=replace(planned, day=BACK, reason=FOR_MONEY.id), today=BACK - timedelta(days=3))), Keep)


def test_R46_no_campaign_comes_before():
    more = (Reason(61, "warming", campaign=True, valid_from=MONDAY + timedelta(days=8)),)
    assert day_decided(decide(after(reasons=(*REASONS, FOR_MONEY, *more)))) == BACK


def test_R29_R46_who_said_when_to_come_back_is_wished_well_meanwhile():
    """Wishes ask for nothing, and nobody hears nothing for half a year; but on the days before that day it is left at that."""
    known = after(birthdate=date(1980, 3, 18), reasons=(*REASONS, FOR_MONEY, Reason(60, "warming", occasion="birthday")))
    near = decide(replace(known, today=date(2026, 3, 16), now=at(date(2026, 3, 16))))
    assert (near.day, near.reason) == (date(2026, 3, 18), 60)
    planned = OpenTouch("warming", near.channel, near.day, 60)
    assert isinstance(decide(replace(known, today=date(2026, 3, 16), now=at(date(2026, 3, 16)), open_touch=planned)), Keep)
    # the wishes end no wait
    wished = past(day=near.day, reason=60, from_step=False, wishes=True)
    assert day_decided(decide(after(wished, today=date(2026, 3, 19), reasons=known.reasons, birthdate=known.birthdate))) == BACK
    assert day_decided(decide(replace(known, birthdate=(BACK - timedelta(days=2)).replace(year=1980)))) == BACK
    # also where that day is so far ahead that the calendar is not read yet
    far = replace(known, workdays=workdays(days=130), rep_days=workdays(days=130), today=date(2026, 3, 16), now=at(date(2026, 3, 16)))
    assert decide(far).reason == 60


def test_R46_a_month_and_the_days_of_an_obstacle():
    assert day_of("2027-03", MONDAY) == date(2027, 3, 1)
    assert day_of("2026-03", MONDAY) == MONDAY + timedelta(days=1)
    assert [day_of(text, MONDAY) for text in ("2027-13", "0000-01", "March", "2027-3", "2027-03-01")] == [None] * 5
    assert proposed(MONDAY, 60, False) == MONDAY + timedelta(days=60)
    assert proposed(MONDAY, 0, False) is None
    assert proposed(MONDAY, 60, True) is None


@given(st.integers(1, 60), st.integers(0, 60), st.sampled_from(["cold", "warm", "hot"]), st.sampled_from([None, "wrote", "agreed"]))
def test_R46_nothing_is_touched_before_the_day(wait, later, temperature, then):
    """Whatever day it is: before the day to come back nothing is touched, unless the client is hot, wrote, or agreed to a step."""
    back, today = MONDAY + timedelta(days=wait), MONDAY + timedelta(days=min(later, wait))
    touches = [past(reason=1, back=back, obstacle=MONEY)]
    if then:
        kind = {"incoming": True, "channel": "email"} if then == "wrote" else {"step_effect": "agreed"}
        touches.append(past(MONDAY, from_step=False, id=2, **kind))
    known = client(today=today, temperature=temperature, reasons=(*REASONS, FOR_MONEY), history=history.read(touches, 7))
    decision = decide(known)
    free = temperature == "hot" or then
    if isinstance(decision, Touch):
        assert decision.day >= back or free
    if not free:
        assert day_decided(decision) is not None and not isinstance(decision, Stop)


def waits(*touches, today=MONDAY + timedelta(days=1), **values):
    said = past(reason=1, back=BACK, obstacle=MONEY, item=CHAIR)
    values = {"temperature": "warm", "reasons": (*REASONS, SOFA), **values}
    return client(today=today, now=at(today), history=history.read((said, *touches), 7), **values)


def test_R57_who_waits_is_told_on_the_first_day_and_nobody_else_sooner():
    decision = decide(waits())
    assert (decision.day, decision.reason, decision.step) == (MONDAY + timedelta(days=1), SOFA.id, 0)
    assert ("arrived", {"date": MONDAY, "item": CHAIR}) in decision.why
    full = waits(earliest=MONDAY + timedelta(days=9))
    assert decide(full).day == MONDAY + timedelta(days=1), "before others"
    begins = replace(SOFA, valid_from=MONDAY + timedelta(days=16))
    assert day_decided(decide(waits(reasons=(*REASONS, begins)))) == MONDAY + timedelta(days=16)


def test_R57_told_once():
    told = past(MONDAY + timedelta(days=1), reason=SOFA.id, from_step=False)
    assert day_decided(decide(waits(told, today=MONDAY + timedelta(days=2)))) == BACK


def test_R57_what_is_planned_gives_way_and_the_news_stays():
    planned = OpenTouch("warming", "call", MONDAY + timedelta(days=3), reason=2)
    assert decide(waits(open_touch=planned)).reason == SOFA.id
    assert isinstance(decide(waits(open_touch=replace(planned, day=MONDAY + timedelta(days=1), reason=SOFA.id))), Keep)


def test_R57_not_for_hot_clients_nor_before_an_agreed_step():
    assert decide(waits(temperature="hot")).reason != SOFA.id
    step = AgreedStep("touch:9", MONDAY + timedelta(days=3))
    assert getattr(decide(waits(agreed=(step,))), "reason", None) != SOFA.id
    assert day_decided(decide(waits(reasons=(*REASONS, replace(SOFA, vip=True))))) == BACK
