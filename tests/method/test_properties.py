"""The invariants, tried on thousands of made-up histories: whatever happened before, decide() keeps to them."""

import sys
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from method import history
from method.decide import Keep, Stop, Touch, Wait, decide
from method.facts import CHANNELS, Cadence, Reason, Step
from world import ALL_CHANNELS, MONDAY, at, client, past, workdays

PURPOSES = st.sampled_from(["warming", "closing"])
STEPS = st.builds(
    Step,
    id=st.integers(1, 9),
    delay=st.integers(0, 25),
    channel=st.none() | st.sampled_from(CHANNELS),
    purpose=st.none() | PURPOSES,
    times=st.integers(0, 4),
)
CADENCES = st.builds(
    Cadence,
    id=st.just(1),
    steps=st.lists(STEPS, max_size=8).map(tuple),
    rhythm=st.integers(0, 6),
    target=st.integers(1, 12),
    stop_after=st.integers(0, 12),
    window_days=st.integers(0, 40),
)
REASON_SETS = st.lists(
    st.builds(
        Reason,
        id=st.integers(1, 30),
        purpose=st.none() | PURPOSES,
        temperatures=st.frozensets(st.sampled_from(["cold", "warm", "hot"])),
        channels=st.frozensets(st.sampled_from(CHANNELS)),
        vip=st.none() | st.booleans(),
        yearly=st.booleans(),
    ),
    max_size=25,
    unique_by=lambda reason: reason.id,
).map(tuple)
PAST = st.lists(
    st.builds(
        past,
        day=st.integers(0, 60).map(lambda days: MONDAY - timedelta(days=days)),
        purpose=st.none() | PURPOSES,
        channel=st.none() | st.sampled_from(CHANNELS),
        reason=st.none() | st.integers(1, 30),
        this_run=st.booleans(),
        from_step=st.booleans(),
        reached=st.booleans(),
        skipped=st.booleans(),
    ),
    max_size=20,
).map(lambda touches: sorted(touches, key=lambda touch: touch.day))


@st.composite
def cases(draw):
    off = {MONDAY + timedelta(days=days) for days in draw(st.sets(st.integers(0, 20)))}
    days = workdays()
    touches = draw(PAST)
    known = client(
        state=draw(st.sampled_from(["running", "running", "running", "resting", "paused"])),
        now=at(MONDAY, draw(st.integers(0, 23))),
        started=MONDAY - timedelta(days=draw(st.integers(0, 45))),
        cadence=draw(CADENCES),
        history=history.read(touches),
        reasons=draw(REASON_SETS),
        temperature=draw(st.sampled_from(["cold", "warm", "hot"])),
        potential=draw(st.sampled_from([None, "low", "standard", "high"])),
        vip=draw(st.booleans()),
        open_channels=draw(st.frozensets(st.sampled_from(sorted(ALL_CHANNELS)))),
        workdays=days,
        rep_days=draw(st.sampled_from([days, workdays(off=off), None])),
        horizon=draw(st.integers(0, 8)),
        won=draw(st.integers(0, 9)) == 9,
    )
    return known, touches


@settings(max_examples=1000, deadline=None)
@given(cases())
def test_every_decision_keeps_the_invariants(case):
    known, touches = case
    decision = decide(known)
    assert decision == decide(known), "the same facts give the same decision"
    assert decision.why, "every decision says why"
    if isinstance(decision, Wait):
        assert decision.until is None or decision.until > known.today, "waiting must not spin"
    if isinstance(decision, Stop):
        assert decision.state in ("won", "refused", "exhausted", "stopped")
    if not isinstance(decision, Touch):
        return
    # invariant 2
    assert decision.channel in known.open_channels
    assert known.potential != "low"
    assert known.state in ("running", "resting")
    assert not known.won
    # invariant 3
    reason = next(one for one in known.reasons if one.id == decision.reason)
    used = [touch.day for touch in touches if touch.reason == decision.reason and touch.reached and not touch.skipped]
    assert not used or (reason.yearly and max(used).year < decision.day.year)
    assert reason.vip in (None, known.vip)
    assert not reason.channels or decision.channel in reason.channels
    # invariant 4
    real = [touch.purpose for touch in touches if touch.reached and not touch.skipped and touch.purpose]
    if decision.purpose == "closing" and known.temperature != "hot" and "closing" in real:
        since = real[len(real) - real[::-1].index("closing") :]
        assert since.count("warming") >= known.cadence.rhythm
    # invariant 5
    assert decision.day in known.workdays
    assert decision.day in known.rep_days
    assert decision.day >= known.today
    assert known.hours[0] <= decision.when.hour < known.hours[1]
    assert decision.when >= known.now


@settings(max_examples=200, deadline=None)
@given(CADENCES, st.lists(st.sampled_from(["reached", "no answer", "skip", "warmer", "cooler"]), min_size=1, max_size=40))
def test_a_whole_run_never_repeats_a_reason_and_never_stands_still(cadence, outcomes):
    """A client is led through a run, outcome by outcome: it ends, waits for something outside, or makes touch after touch."""
    from method import temperature

    touches, today, degree, used = [], MONDAY, "cold", set()
    many = tuple(Reason(number) for number in range(1, 100))
    days = workdays(days=3000)
    for outcome in outcomes:
        for _look in range(5):
            decision = decide(
                client(
                    today=today,
                    cadence=cadence,
                    temperature=degree,
                    history=history.read(touches),
                    reasons=many,
                    workdays=days,
                    rep_days=days,
                )
            )
            assert not isinstance(decision, Keep)
            if not isinstance(decision, Wait):
                break
            assert decision.until > today
            today = decision.until
        if isinstance(decision, Stop):
            assert decision.state == "exhausted"
            return
        assert isinstance(decision, Touch), "it waits for a day that comes"
        today = decision.day
        reached, skipped = outcome not in ("no answer", "skip"), outcome == "skip"
        if reached:
            assert decision.reason not in used
            used.add(decision.reason)
        touches.append(past(today, decision.purpose, decision.channel, decision.reason, reached=reached, skipped=skipped))
        degree = temperature.move(degree, outcome if outcome in temperature.EFFECTS else "")


@given(cases())
def test_a_planned_touch_is_kept_or_replaced_by_a_better_one(case):
    from method.facts import OpenTouch

    known, _touches = case
    opened = replace(known, open_touch=OpenTouch("warming", "call"))
    decision = decide(opened)
    if isinstance(decision, Touch):
        assert opened.temperature == "hot" or "call" not in opened.open_channels


def test_the_method_knows_nothing_of_odoo():
    assert not [name for name in sys.modules if name == "odoo" or name.startswith("odoo.")]
