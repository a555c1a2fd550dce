"""Each rule of the method by its number, on decide() alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from method import facts, history, outcomes, temperature
from method.decide import Keep, Stop, Touch, Wait, decide
from method.facts import Cadence, OpenTouch, Reason, Step
from world import MONDAY, REASONS, STANDARD, client, past, workdays


def codes(decision):
    return [code for code, _values in decision.why]


def known(*touches):
    return history.read(touches)


def test_first_touch_is_today():
    decision = decide(client())
    assert isinstance(decision, Touch)
    assert (decision.day, decision.number, decision.purpose, decision.step) == (MONDAY, 1, "warming", 1)


def test_a_weekend_start_begins_on_monday():
    saturday = MONDAY + timedelta(days=5)
    assert decide(client(today=saturday, started=saturday)).day == MONDAY + timedelta(days=7)


# --- R1: every touch counts ---------------------------------------------------------------------


def test_R1_a_logged_touch_counts_but_uses_no_step():
    decision = decide(client(history=known(past(from_step=False)), today=MONDAY))
    assert (decision.number, decision.step) == (2, 1)


def test_R1_an_unanswered_call_is_a_try_and_leaves_its_reason_new():
    seen = known(past(reached=False, reason=1))
    assert (seen.tries, seen.number, seen.position, seen.warming, dict(seen.reasons)) == (1, 0, 1, 0, {})
    assert decide(client(history=seen, today=MONDAY + timedelta(days=2))).reason == 1


def test_a_skipped_touch_uses_up_its_step_only():
    seen = known(past(skipped=True, reason=1))
    assert (seen.tries, seen.number, seen.position, dict(seen.reasons)) == (0, 0, 1, {})


# --- R8: hot clients are closed at once ---------------------------------------------------------


def test_R8_hot_is_closed_today_without_warming():
    decision = decide(client(temperature="hot", history=known(past(day=MONDAY)), today=MONDAY))
    assert (decision.purpose, decision.day) == ("closing", MONDAY)
    assert "hot_at_once" in codes(decision)


def test_R8_after_a_closing_touch_a_hot_client_is_not_closed_twice_a_day():
    closed = known(past(purpose="closing", reason=11))
    decision = decide(client(temperature="hot", history=closed))
    assert (decision.day, decision.purpose) == (MONDAY + timedelta(days=2), "closing")


def test_R8_a_planned_warming_touch_gives_way_when_the_client_turns_hot():
    opened = client(open_touch=OpenTouch("warming", "call"))
    assert isinstance(decide(opened), Keep)
    assert decide(replace(opened, temperature="hot")).purpose == "closing"
    assert isinstance(decide(replace(opened, temperature="hot", open_touch=OpenTouch("closing", "call"))), Keep)


def test_R8_hot_is_not_sent_to_nurture_when_the_window_is_over():
    late = MONDAY + timedelta(days=40)
    assert isinstance(decide(client(today=late, temperature="hot")), Touch)


# --- R9: temperature ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "effect", "after"),
    [
        ("cold", "warmer", "warm"),
        ("hot", "warmer", "hot"),
        ("cold", "cooler", "cold"),
        ("hot", "cooler", "warm"),
        ("warm", "", "warm"),
        ("cold", "hot", "hot"),
    ],
)
def test_R9_temperature_moves_by_outcome(before, effect, after):
    assert temperature.move(before, effect) == after


def test_R12_a_clear_no_ends_it_for_the_whole_company():
    effect = outcomes.effect("warm", "cold", "refused")
    assert (effect.ends, effect.whole_company, effect.temperature) == (("refused", "refused"), True, "cold")
    assert outcomes.effect("warm", "", "").ends is None


# --- R10: five warming to one closing -----------------------------------------------------------


def test_R10_the_sixth_touch_closes():
    purposes, touches = [], []
    day = MONDAY
    cadence = replace(STANDARD, steps=(Step(1, 1, times=0),), stop_after=0, window_days=0)
    many = tuple(Reason(number) for number in range(1, 40))
    for _turn in range(14):
        decision = decide(client(today=day, history=known(*touches), cadence=cadence, reasons=many))
        purposes.append(decision.purpose[0])
        touches.append(past(day=decision.day, purpose=decision.purpose, channel=decision.channel, reason=decision.reason))
        day = decision.day
    assert "".join(purposes) == "wwwwwcwwwwwcww"


def test_R10_logged_touches_count():
    warmed = known(*(past(day=MONDAY - timedelta(days=n), this_run=False, from_step=False) for n in range(5, 0, -1)))
    assert decide(client(history=warmed)).purpose == "closing"


def test_R10_a_closing_step_waits_for_its_warming_ones():
    cadence = replace(STANDARD, steps=(Step(1, 0, purpose="closing", times=0),))
    first = decide(client(cadence=cadence))
    assert first.purpose == "closing"
    again = decide(client(cadence=cadence, history=known(past(purpose="closing", reason=11)), today=MONDAY + timedelta(days=1)))
    assert again.purpose == "warming"
    assert "closing_too_early" in codes(again)


# --- R15: a new reason each time ----------------------------------------------------------------


def test_R15_no_reason_twice():
    seen = known(past(reason=1), past(reason=2))
    assert decide(client(history=seen, today=MONDAY + timedelta(days=3))).reason == 3


def test_R15_no_reason_left_no_touch():
    used = known(*(past(reason=reason.id, this_run=False, from_step=False, purpose=None) for reason in REASONS))
    decision = decide(client(history=used))
    assert isinstance(decision, Wait)
    assert codes(decision) == ["no_reason"]


def test_R15_a_yearly_reason_comes_back_next_year():
    wishes = (Reason(1, yearly=True),)
    seen = known(past(day=date(2026, 1, 5), reason=1))
    assert isinstance(decide(client(reasons=wishes, history=seen)), Wait)
    next_year = date(2027, 1, 4)
    decision = decide(
        client(today=next_year, started=next_year, reasons=wishes, history=seen, workdays=workdays(next_year - timedelta(days=60)))
    )
    assert decision.reason == 1


# --- R16: channels in turn, among the open ones -------------------------------------------------


def test_R16_the_channel_not_used_for_longest():
    seen = known(past(channel="call", reason=1), past(channel="email", reason=2))
    assert decide(client(history=seen, today=MONDAY + timedelta(days=3))).channel == "meeting"


def test_R16_a_closed_channel_gives_way():
    cadence = replace(STANDARD, steps=(Step(1, 0, channel="call"),))
    decision = decide(client(cadence=cadence, open_channels=frozenset({"email", "letter"})))
    assert decision.channel == "email"
    assert "channel_closed" in codes(decision)


def test_R16_the_planned_touch_moves_when_its_channel_closes():
    decision = decide(client(open_touch=OpenTouch("warming", "email"), open_channels=frozenset({"call"})))
    assert decision.channel == "call"


def test_R27_R28_vip_and_others_never_see_each_others_sales():
    sales = (Reason(1, vip=False), Reason(2, vip=True))
    assert decide(client(reasons=sales)).reason == 1
    assert decide(client(reasons=sales, vip=True)).reason == 2


def test_a_reason_with_a_period_and_channels_and_temperature():
    day = MONDAY
    assert decide(client(reasons=(Reason(1, valid_to=day - timedelta(days=1)), Reason(2, valid_from=day, valid_to=day)))).reason == 2
    assert decide(client(reasons=(Reason(1, channels=frozenset({"letter"})),))).channel == "letter"
    assert decide(client(reasons=(Reason(1, temperatures=frozenset({"hot"})), Reason(2)))).reason == 2
    assert decide(client(reasons=(Reason(1, clients=frozenset({99})), Reason(2, clients=frozenset({1}))))).reason == 2


# --- R14, R18, R33: when it ends ----------------------------------------------------------------


def test_R14_the_window_ends_the_cadence():
    decision = decide(client(today=MONDAY + timedelta(days=31)))
    assert (decision.state, decision.reason) == ("exhausted", "window_over")


def test_R18_after_the_last_step_it_is_over():
    decision = decide(client(history=known(*(past(reason=number) for number in range(1, 8)))))
    assert (decision.state, decision.reason) == ("exhausted", "steps_done")


def test_R18_a_step_without_end_goes_on():
    cadence = Cadence(1, (Step(1, 5, times=2), Step(2, 21, times=0)))
    assert [cadence.step_at(position).id for position in (0, 1, 2, 50)] == [1, 1, 2, 2]


def test_R33_stop_after_so_many_tries():
    tried = known(*(past(reached=False, from_step=False) for _n in range(12)))
    decision = decide(client(history=tried))
    assert (decision.state, decision.reason) == ("exhausted", "stop_after")


def test_R33_low_potential_gets_nothing():
    decision = decide(client(potential="low"))
    assert (decision.state, decision.reason) == ("stopped", "low_potential")


@pytest.mark.parametrize(
    ("fact", "state", "reason"),
    [
        ({"won": True}, "won", "won"),
        ({"lost": True}, "refused", "lost"),
        ({"archived": True}, "stopped", "archived"),
        ({"opted_out": True}, "stopped", "opt_out"),
        ({"open_channels": frozenset()}, "stopped", "no_channel"),
        ({"superseded": True}, "stopped", "superseded"),
    ],
)
@pytest.mark.parametrize("open_touch", [None, OpenTouch("warming", "call")])
def test_R44_what_stops_a_client_stops_the_planned_touch_too(fact, state, reason, open_touch):
    decision = decide(client(open_touch=open_touch, **fact))
    assert isinstance(decision, Stop)
    assert (decision.state, decision.reason) == (state, reason)


def test_R20_a_rest_is_kept():
    until = MONDAY + timedelta(days=10)
    resting = client(state="resting", not_before=until)
    assert decide(resting) == Wait(until, (("resting", {"date": until}),))
    assert isinstance(decide(replace(resting, today=until, now=resting.now + timedelta(days=10), started=until)), Touch)


@pytest.mark.parametrize("state", ["paused", "blocked", "won", "refused", "exhausted", "stopped"])
def test_nothing_is_planned_outside_running(state):
    assert decide(client(state=state)).until is None


# --- days ---------------------------------------------------------------------------------------


def test_the_reps_leave_moves_the_touch():
    days = workdays()
    away = {MONDAY + timedelta(days=n) for n in range(3)}
    decision = decide(client(workdays=days, rep_days=workdays(off=away)))
    assert decision.day == MONDAY + timedelta(days=3)


def test_a_leave_of_four_years_does_not_crash():
    decision = decide(client(rep_days=workdays(first=MONDAY + timedelta(days=1500))))
    assert isinstance(decision, (Wait, Touch))
    nobody = decide(client(rep_days=workdays(days=10)))
    assert codes(nobody) == ["no_working_day"]


def test_nobody_responsible_waits_and_says_so():
    assert codes(decide(client(rep=None, rep_days=None))) == ["no_rep"]


def test_after_hours_the_touch_falls_on_the_next_working_day():
    friday = MONDAY + timedelta(days=4)
    late = client(today=friday, started=friday)
    assert decide(replace(late, now=late.now.replace(hour=19))).day == MONDAY + timedelta(days=7)


def test_beyond_the_horizon_it_waits():
    cadence = replace(STANDARD, steps=(Step(1, 20),))
    decision = decide(client(cadence=cadence))
    assert isinstance(decision, Wait)
    assert decision.until == workdays().after(MONDAY, 15)
    assert isinstance(decide(client(cadence=cadence, today=decision.until)), Touch)


def test_every_channel_has_its_needs():
    from method import channels

    assert set(channels.NEEDS) == set(facts.CHANNELS)
    assert channels.reachable({"email"}, facts.CHANNELS) == {"email", "meeting"}
    assert channels.reachable((), facts.CHANNELS) == frozenset()
