"""The invariants, tried on thousands of made-up histories: whatever happened before, decide() keeps to them."""

import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from method.client import purchases
from method.plan import capacity, channels, forecast, history, reasons
from method.plan.decide import decide
from method.plan.decision import Keep, Stop, Touch, Wait
from method.plan.facts import CHANNELS, OCCASIONS, READINESS, Cadence, Hold, OpenTouch, Reason, Step
from method.why import CODES
from world import ALL_CHANNELS, MONDAY, at, client, often, past, workdays

PURPOSES = st.sampled_from(["warming", "closing"])
STEPS = st.builds(
    Step,
    id=st.integers(1, 9),
    delay=st.integers(0, 25),
    channel=st.none() | st.sampled_from(CHANNELS),
    purpose=st.none() | PURPOSES,
    times=st.integers(0, 4),
    reason=st.none() | st.integers(1, 30),
)
CADENCES = st.builds(
    Cadence,
    id=st.just(1),
    steps=st.lists(STEPS, max_size=8).map(tuple),
    rhythm=st.integers(0, 6),
    target=st.integers(1, 12),
    stop_after=st.integers(0, 12),
    window_days=st.integers(0, 40),
    reply_days=st.integers(0, 4),
    hand_over_after=st.integers(0, 6),
    until_lapsed=st.booleans(),
    hand_over_hot=st.booleans(),
)
REASON_SETS = st.lists(
    st.builds(
        Reason,
        id=st.integers(1, 30),
        purpose=st.none() | PURPOSES,
        temperatures=st.frozensets(st.sampled_from(["cold", "warm", "hot"])),
        channels=st.frozensets(st.sampled_from(CHANNELS)),
        vip=st.none() | st.booleans(),
        buyers=st.none() | st.booleans(),
        yearly=st.booleans(),
        repeatable=st.booleans(),
        campaign=st.booleans(),
        valid_from=st.none() | st.integers(-5, 20).map(lambda days: MONDAY + timedelta(days=days)),
        occasion=st.none() | st.none() | st.sampled_from(OCCASIONS),
        missing=st.none() | st.none() | st.sampled_from(READINESS),
    ),
    max_size=25,
    unique_by=lambda reason: reason.id,
).map(tuple)
PAST = st.lists(
    st.builds(
        past,
        day=st.integers(0, 60).map(lambda days: MONDAY - timedelta(days=days)),
        purpose=st.none() | PURPOSES,
        channel=st.none() | st.sampled_from([*CHANNELS, "whatsapp", "telegram"]),
        reason=st.none() | st.integers(1, 30),
        this_run=st.booleans(),
        before=st.booleans(),
        from_step=st.booleans(),
        counts=st.booleans(),
        skipped=st.booleans(),
        incoming=st.booleans(),
        reached=st.booleans(),
        warmed=st.booleans(),
        user=st.sampled_from([7, 8]),
    ),
    max_size=20,
).map(lambda touches: sorted(touches, key=lambda touch: touch.day))


HOLDS = st.lists(
    st.builds(
        lambda first, length: Hold(MONDAY + timedelta(days=first), MONDAY + timedelta(days=first + length), ("closing_week", {})),
        st.integers(-8, 12),
        st.integers(0, 12),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
# one that another addon brought, and one that went with another addon: only touches of before know it
CHANNELS_OF_OTHERS = channels.table([*channels.BUILT_IN.values(), channels.Channel("whatsapp", ("phone",), "eye", two_way=True)])
PLANNED_CHANNELS = sorted(ALL_CHANNELS | {"whatsapp"})


OPEN_TOUCHES = st.builds(
    OpenTouch,
    purpose=PURPOSES,
    channel=st.sampled_from([*PLANNED_CHANNELS, "telegram"]),
    day=st.integers(-10, 20).map(lambda days: MONDAY + timedelta(days=days)),
    reason=st.integers(1, 30),
)


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
        history=history.read(touches, 7, kinds=CHANNELS_OF_OTHERS),
        channels=CHANNELS_OF_OTHERS,
        channel_order=draw(st.sampled_from([CHANNELS, (*CHANNELS, "whatsapp"), ("whatsapp", *CHANNELS)])),
        holds=draw(st.just(()) | HOLDS),
        reasons=draw(REASON_SETS),
        paper=draw(st.booleans()),
        birthdate=draw(
            st.none() | st.dates(MONDAY - timedelta(days=20), MONDAY + timedelta(days=40)).map(lambda day: day.replace(year=1984))
        ),
        holidays={MONDAY + timedelta(days=day): "A holiday" for day in draw(st.sets(st.integers(0, 30), max_size=3))},
        lapsed=draw(st.booleans()),
        successors=draw(st.frozensets(st.integers(8, 9))),
        closers=draw(st.frozensets(st.integers(8, 9))),
        readiness=draw(st.just(frozenset()) | st.frozensets(st.sampled_from(READINESS))),
        pauses=tuple(
            (MONDAY - timedelta(days=since + length), MONDAY - timedelta(days=since))
            for since, length in draw(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 30)), max_size=2))
        ),
        min_gap=draw(st.integers(0, 5)),
        last_mail=draw(st.none() | st.integers(0, 9).map(lambda days: MONDAY - timedelta(days=days))),
        earliest=draw(st.none() | st.none() | st.integers(0, 20).map(lambda days: MONDAY + timedelta(days=days))),
        open_touch=draw(st.none() | st.none() | OPEN_TOUCHES),
        temperature=draw(st.sampled_from(["cold", "warm", "hot"])),
        potential=draw(st.sampled_from([None, "low", "standard", "high"])),
        vip=draw(st.booleans()),
        buyer=draw(st.booleans()),
        open_channels=draw(st.frozensets(st.sampled_from(PLANNED_CHANNELS))),
        workdays=days,
        rep_days=draw(st.sampled_from([days, workdays(off=off), None])),
        horizon=draw(st.integers(0, 8)),
        won=draw(st.integers(0, 9)) == 9,
    )
    return known, touches


@st.composite
def held_cases(draw):
    """Clients whom a rule forbids to touch on some days near, and nothing else for good."""
    known, _touches = draw(cases())
    return replace(
        known,
        state="running",
        potential=None,
        won=False,
        lapsed=False,
        successors=frozenset(),
        cadence=replace(
            known.cadence, steps=(*known.cadence.steps, Step(10, draw(st.integers(0, 5)), times=0)), stop_after=0, window_days=0
        ),
        open_channels=known.open_channels | {"email"},
        reasons=(*known.reasons, *(Reason(number, repeatable=True) for number in (31, 32))),
        rep_days=known.rep_days or known.workdays,
        open_touch=draw(st.none() | OPEN_TOUCHES),
        holds=draw(HOLDS),
    )


@often(10)
@given(cases())
def test_every_decision_keeps_the_invariants(case):
    known, touches = case
    decision = decide(known)
    assert decision == decide(known), "the same facts give the same decision"
    assert decision.why, "every decision says why"
    for code, values in decision.why:
        assert set(values) == set(CODES.get(code, ())), f"{code} carries what why.CODES says"
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
    used = [touch.day for touch in touches if touch.reason == decision.reason and touch.counts and not touch.skipped]
    if reason.occasion:
        assert not any(touch.reason == decision.reason and touch.day >= decision.day for touch in touches), "an occasion is offered once"
    else:
        assert not used or (reason.yearly and max(used).year < decision.day.year) or (reason.repeatable and max(used) < decision.day)
    assert reason.vip in (None, known.vip)
    assert reason.buyers in (None, known.buyer), "a buyer is never treated as a stranger"
    assert not reason.channels or decision.channel in reason.channels
    # invariant 4
    real = [touch.purpose for touch in touches if touch.counts and not touch.skipped and touch.purpose]
    if decision.purpose == "closing" and known.temperature != "hot" and "closing" in real:
        since = real[len(real) - real[::-1].index("closing") :]
        assert since.count("warming") >= known.cadence.rhythm
    # invariant 5
    assert decision.day in known.workdays
    assert decision.day in known.rep_days
    assert decision.day >= known.today
    assert known.hours[0] <= decision.when.hour < known.hours[1]
    assert decision.when >= known.now
    # R16: channels in turn, and a closing touch where the client can answer
    assert decision.channel != "meeting", "a meeting is agreed, not planned"
    two_way = {code for code in known.ways if CHANNELS_OF_OTHERS[code].two_way}
    if decision.purpose == "closing":
        assert decision.channel in two_way or not two_way
    ours = [touch.channel for touch in touches if touch.channel and not touch.skipped and not touch.incoming]
    others = (two_way or known.ways if decision.purpose == "closing" else known.ways) - {decision.channel}
    if ours[-2:] == [decision.channel] * 2 and not reason.occasion:
        assert not any(
            reasons.carries(one, decision.purpose, other)
            for one in known.reasons
            for other in others
            if not one.occasion and reasons.suits(one, known, decision.day) and reasons.is_new(one, known, decision.day)
        ), "thrice in a row while another one is open and carries a reason"
    # minimum gap, and days that are full
    contacts = [touch.day for touch in touches if touch.counts and not touch.skipped] + [known.last_mail or date.min]
    if known.min_gap and known.temperature != "hot":
        assert (decision.day - max(contacts)).days >= known.min_gap
    assert not known.earliest or reason.occasion or decision.day >= known.earliest, "only an occasion keeps its full day"
    assert not (known.cadence.until_lapsed and known.lapsed)
    # rules of other addons
    assert not known.is_held(decision.day)


@often(1.5)
@given(st.lists(cases(), min_size=1, max_size=12), st.integers(0, 4), st.dictionaries(st.integers(0, 20), st.integers(0, 5)))
def test_no_day_takes_more_than_it_can(several, per_day, busy):
    """Leveled decisions fill no day beyond its room, but for hot clients and occasions, and lose none."""
    known = [replace(case, client=number) for number, (case, _touches) in enumerate(several)]
    before = [decide(case) for case in known]
    opened = Counter(max(case.open_touch.day, MONDAY) for case in known if case.open_touch)
    others = Counter({MONDAY + timedelta(days=day): count for day, count in busy.items()})
    after = capacity.level(known, before, lambda _rep: per_day, {7: others + opened})
    for first, decision in zip(before, after):
        # none is lost: a touch that finds no room near is waited for
        if isinstance(first, Touch):
            assert isinstance(decision, Touch) or (isinstance(decision, Wait) and decision.until > MONDAY)
        else:
            assert decision == first
    if not per_day:
        assert after == before
        return
    placed = Counter(decision.day for decision in after if isinstance(decision, Touch))
    bound = Counter(
        decision.day
        for case, decision in zip(known, after)
        if isinstance(decision, Touch) and (case.temperature == "hot" or not decision.step)
    )
    untouched = Counter(
        max(case.open_touch.day, MONDAY) for case, decision in zip(known, after) if case.open_touch and not isinstance(decision, Touch)
    )
    for case, first, decision in zip(known, before, after):
        if isinstance(first, Touch) and case.temperature == "hot":
            assert decision == first, "hot clients keep their day"
        if isinstance(decision, Touch) and decision.day != first.day:
            assert decision.day > first.day
            stays = others[decision.day] + untouched[decision.day]
            assert stays < per_day, "moved to a day that was full already"
            assert stays + placed[decision.day] - bound[decision.day] <= per_day


@often(3)
@given(held_cases())
def test_no_touch_stands_on_a_day_that_a_rule_forbids(known):
    """Whatever is decided, planned before, forecast or fitted into a full day: no touch falls on a held day, and the why says the rule."""
    decision = decide(known)
    if isinstance(decision, Keep):
        assert not known.is_held(max(known.open_touch.day, known.today)), "a planned touch on a day that is held now moves"
    day = decision.ahead if isinstance(decision, Wait) else decision.day if isinstance(decision, Touch) else None
    assert day is None or not known.is_held(day)
    [leveled] = capacity.level([known], [decision], lambda _rep: 1, {7: {known.today + timedelta(days=day): 1 for day in range(9)}})
    assert not isinstance(leveled, Touch) or not known.is_held(leveled.day)
    if known.open_touch:
        then = forecast.after(known, forecast.Outcome(), 1).decision
        assert not isinstance(then, Touch) or not known.is_held(then.day)
    free = decide(replace(known, holds=()))
    if isinstance(free, Touch) and known.is_held(free.day) and isinstance(decision, Touch | Wait) and decision.why[0][0] != "no_reason":
        assert ("closing_week", {}) in decision.why


@often(3)
@given(held_cases(), st.integers(0, 5))
def test_a_planned_touch_moves_when_a_rule_comes_to_forbid_its_day(known, days):
    known = replace(known, holds=(), open_touch=None, earliest=None)
    first = decide(known)
    if not isinstance(first, Touch):
        return
    hold = Hold(first.day, first.day + timedelta(days=days), ("closing_week", {}))
    planned = OpenTouch(first.purpose, first.channel, first.day, first.reason)
    moved = decide(replace(known, holds=(hold,), open_touch=planned))
    assert isinstance(moved, Touch | Wait), "it is not kept, and the run does not end"
    assert hold.why in moved.why or moved.why[0][0] == "no_reason"
    # a day that is full gives way to one that is neither full nor held
    beside = Hold(first.day + timedelta(days=1), hold.last + timedelta(days=1), ("closing_week", {}))
    [leveled] = capacity.level([replace(known, holds=(beside,))], [first], lambda _rep: 1, {7: {first.day: 1}})
    assert not isinstance(leveled, Touch) or not beside.first <= leveled.day <= beside.last


@often(2)
@given(held_cases())
def test_rules_that_forbid_no_working_day_change_nothing(known):
    weekend = MONDAY + timedelta(days=5)
    known = replace(known, open_touch=known.open_touch and replace(known.open_touch, day=MONDAY + timedelta(days=2)))
    holds = (
        Hold(date.min, MONDAY - timedelta(days=30), ("closing_week", {})),
        Hold(weekend, weekend + timedelta(days=1), ("closing_week", {})),
    )
    assert decide(replace(known, holds=holds)) == decide(replace(known, holds=()))


@given(HOLDS, st.integers(1, 4), st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_the_night_moves_nothing_to_a_day_that_a_rule_forbids(holds, per_day, numbers):
    planned = [
        capacity.Planned(number, "cold", None, MONDAY, 0, holds=holds if number % 2 else ()) for number, _moves in enumerate(numbers)
    ]
    moved = capacity.overflow(planned, MONDAY, workdays(), per_day, {})
    for one in planned:
        day = moved.get(one.id)
        assert day is None or not any(hold.first <= day <= hold.last for hold in one.holds)
    if not holds:
        assert len(moved) == max(0, len(planned) - per_day)


@often(2)
@given(CADENCES, st.lists(st.sampled_from(["reached", "no answer", "skip", "warmer", "cooler"]), min_size=1, max_size=40))
def test_a_whole_run_never_repeats_a_reason_and_never_stands_still(cadence, outcomes):
    """A client is led through a run, outcome by outcome: it ends, waits for something outside, or makes touch after touch."""
    from method.client import temperature

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
        counted, skipped = outcome not in ("no answer", "skip"), outcome == "skip"
        if counted:
            assert decision.reason not in used
            used.add(decision.reason)
        touches.append(past(today, decision.purpose, decision.channel, decision.reason, counts=counted, skipped=skipped))
        degree = temperature.move(degree, outcome if outcome in temperature.EFFECTS else "")


@often(5)
@given(cases())
def test_a_planned_touch_changes_only_for_a_cause(case):
    """Decided twice, the second time keeps what the first one planned: nothing is planned to and fro (invariant 6)."""
    known, _touches = case
    decision = decide(known)
    if isinstance(decision, Touch):
        planned = OpenTouch(decision.purpose, decision.channel, decision.day, decision.reason)
        again = decide(replace(known, open_touch=planned, earliest=None))
        assert isinstance(again, Keep)


def test_the_method_knows_nothing_of_odoo():
    assert not [name for name in sys.modules if name == "odoo" or name.startswith("odoo.")]


GAPS = st.lists(st.integers(1, 900), max_size=12)
LIMITS = st.builds(
    purchases.Limits,
    fixed=st.integers(1, 400),
    least=st.integers(0, 120),
    spreads=st.floats(1, 10),
    learned=st.just(()) | st.lists(st.integers(0, 60).map(lambda weeks: weeks * 7), min_size=3, max_size=3),
)


@often(1)
@given(GAPS, LIMITS, st.integers(2, 5))
def test_R22_no_buyer_is_missed_before_he_is_late(days, limits, longer):
    """Mean and one spread at the very least; a longer rhythm is never missed earlier; and everybody is missed some day."""
    first = date(2020, 1, 1)
    bought = [first + timedelta(days=sum(days[:number])) for number in range(len(days) + 1)]
    own = purchases.gaps(bought)
    limit = purchases.limit(own, limits)
    assert limit >= 1
    assert purchases.lapses_on(bought[-1], limit) == bought[-1] + timedelta(days=limit + 1)
    if own.number < purchases.OWN_FROM:
        assert limit == limits.of_base(own.number)
    else:
        assert limit >= max(limits.least, round(own.mean + own.spread))
        assert limit <= max(limits.least, round(own.mean + limits.spreads * own.spread), 1)
        stretched = purchases.gaps([first + (day - first) * longer for day in bought])
        assert purchases.limit(stretched, limits) >= limit
