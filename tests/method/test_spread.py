"""Enrolling many (R61): who begins when, and what it makes."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from method.plan import spread, workload
from method.plan.decide import decide
from method.plan.decision import Touch
from method.plan.workdays import Workdays
from world import MONDAY, client, workdays

NEWCOMERS = st.lists(
    st.builds(
        spread.Newcomer,
        id=st.integers(1, 10**6),
        rep=st.none() | st.integers(1, 3),
        temperature=st.sampled_from(["cold", "cold", "warm", "hot"]),
        potential=st.none() | st.sampled_from(["standard", "high"]),
        since=st.integers(0, 50).map(lambda days: MONDAY - timedelta(days=days)),
        earliest=st.just(date.min) | st.integers(0, 12).map(lambda days: MONDAY + timedelta(days=days)),
    ),
    max_size=60,
    unique_by=lambda one: one.id,
)
OFF = st.dictionaries(st.integers(1, 3), st.sets(st.integers(0, 20)), max_size=3)
TAKEN = st.dictionaries(st.integers(1, 3), st.dictionaries(st.integers(0, 9), st.integers(1, 12), max_size=5), max_size=3)


@given(NEWCOMERS, st.integers(1, 12), st.integers(0, 9), OFF, TAKEN, st.sampled_from([3, 30, 300]))
def test_R61_nobody_is_lost_and_no_day_gets_more_than_it_may(newcomers, per_day, ahead, off, taken, known):
    first = MONDAY + timedelta(days=ahead)
    own = {rep: workdays(MONDAY, known, {MONDAY + timedelta(days=n) for n in off.get(rep, ())}) for rep in (None, 1, 2, 3)}
    taken = {rep: {MONDAY + timedelta(days=n): count for n, count in days.items()} for rep, days in taken.items()}
    found = spread.spread(newcomers, per_day, first, own.get, taken)
    assert found.keys() == {one.id for one in newcomers}
    day_of = Counter((one.rep, found[one.id]) for one in newcomers if one.temperature != "hot")
    for (rep, day), count in day_of.items():
        assert count + taken.get(rep, {}).get(day, 0) <= per_day
        assert day >= first
        assert day.weekday() < 5
        assert day in own[rep] or day > (own[rep].days or (date.min,))[-1]
    for one in newcomers:
        assert found[one.id] >= one.earliest
        if one.temperature == "hot":  # never put off (R8)
            start = max(first, one.earliest)
            assert found[one.id] == (own[one.rep].on_or_after(start) or found[one.id]) and found[one.id] <= start + timedelta(days=40)


def test_R61_ten_a_day_and_the_hotter_first():
    many = [spread.Newcomer(n, 7, "warm" if n > 20 else "cold", None, MONDAY) for n in range(1, 26)]
    found = spread.spread(many, 10, MONDAY, lambda rep: workdays(), {})
    assert Counter(found.values()) == {MONDAY: 10, MONDAY + timedelta(days=1): 10, MONDAY + timedelta(days=2): 5}
    assert {found[n] for n in range(21, 26)} == {MONDAY}


def test_R61_each_salesperson_has_days_of_his_own():
    monday_off = Workdays(workdays().days[workdays().days.index(MONDAY) + 1 :])
    many = [spread.Newcomer(n, 1 + n % 2, "cold", None, MONDAY) for n in range(4)]
    found = spread.spread(many, 2, MONDAY, {1: workdays(), 2: monday_off}.get, {})
    assert [found[n] for n in range(4)] == [MONDAY, MONDAY + timedelta(days=1)] * 2


def test_R61_what_begins_later_is_planned_for_that_day_and_says_so():
    day = MONDAY + timedelta(days=2)
    known = client(started=day, not_before=day)
    touch = decide(known)
    assert isinstance(touch, Touch)
    assert touch.day == day
    assert ("begins_on", {"date": day}) in touch.why
    assert decide(replace(known, temperature="hot")).day == MONDAY  # R8
    assert decide(replace(known, state="resting")).until == day  # a rest is no start


@given(st.integers(0, 12), st.integers(1, 4))
def test_R61_the_first_touch_falls_on_the_day_that_was_given(ahead, horizon):
    day = workdays().on_or_after(MONDAY + timedelta(days=ahead))
    decided = decide(client(started=day, not_before=day, horizon=horizon))
    assert (decided.day if isinstance(decided, Touch) else decided.ahead) == day


def test_what_enrolling_makes_is_what_the_planner_will_decide():
    many = [client(client=n) for n in range(26)]
    made = workload.expected(many, MONDAY + timedelta(days=8))
    # delays 0, 2, 3 working days
    assert made == {7: {MONDAY: 26, MONDAY + timedelta(days=2): 26, MONDAY + timedelta(days=7): 26}}


def test_the_forecast_follows_the_start():
    day = MONDAY + timedelta(days=1)
    made = workload.expected([client(started=day, not_before=day)], MONDAY + timedelta(days=4))
    assert made == {7: {day: 1, MONDAY + timedelta(days=3): 1}}


def test_what_a_day_takes_stands_beside_it():
    found = workload.days({MONDAY: 26}, {MONDAY: 3}, MONDAY, Workdays(workdays().days, {MONDAY: 0.5}), 40, 2)
    assert found == [workload.Day(MONDAY, 26, 3, 20), workload.Day(MONDAY + timedelta(days=1), 0, 0, 40)]
    assert [one.is_over for one in found] == [True, False]


def test_R61_who_cannot_be_touched_today_takes_no_room_of_today():
    """Friday evening: ten began "today", their touches fell on Monday beside Monday's ten."""
    friday = MONDAY + timedelta(days=4)
    late = MONDAY + timedelta(days=7)
    many = [spread.Newcomer(n, 7, "cold", None, MONDAY, friday if n > 17 else late) for n in range(1, 21)]
    found = spread.spread(many, 10, friday, lambda rep: workdays(), {})
    assert Counter(found.values()) == {friday: 3, late: 10, late + timedelta(days=1): 7}
