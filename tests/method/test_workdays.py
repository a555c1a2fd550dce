from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from method.plan.workdays import Workdays, moment
from world import MONDAY, at, workdays


def test_weekend_is_passed_over():
    friday = MONDAY + timedelta(days=4)
    assert workdays().after(friday, 1) == MONDAY + timedelta(days=7)
    assert workdays().on_or_after(friday + timedelta(days=1)) == MONDAY + timedelta(days=7)


def test_holiday_is_not_counted():
    tuesday = MONDAY + timedelta(days=1)
    assert workdays(off={tuesday}).after(MONDAY, 1) == MONDAY + timedelta(days=2)


def test_no_working_day_is_an_answer_not_an_error():
    none = Workdays(())
    assert none.on_or_after(MONDAY) is None
    assert none.after(MONDAY, 3) is None
    assert MONDAY not in none


def test_before_counts_back():
    assert workdays().before(MONDAY, 5) == MONDAY - timedelta(days=7)
    assert workdays(first=MONDAY).before(MONDAY, 1) == date.min


@given(st.integers(0, 300), st.integers(0, 60))
def test_counting_forward_lands_on_a_working_day_with_as_many_between(offset, count):
    days = workdays()
    start = MONDAY + timedelta(days=offset % 150)
    day = days.after(start, count)
    assert day in days
    assert day >= start
    if count:
        assert sum(start < one <= day for one in days.days) == count


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)), st.integers(0, 60))
def test_two_calendars_at_once(one, other, offset):
    days = [Workdays(MONDAY + timedelta(days=n) for n in numbers) for numbers in (one, other)]
    day = MONDAY + timedelta(days=offset)
    assert (day in (days[0] & days[1])) == (day in days[0] and day in days[1])


def test_moment_is_in_the_clients_hours():
    tokyo = ZoneInfo("Asia/Tokyo")
    assert moment(MONDAY, (9, 18), tokyo, at(MONDAY - timedelta(days=3))) == datetime(2026, 3, 2, 0, tzinfo=UTC)
    assert moment(MONDAY, (9.5, 18), tokyo, at(MONDAY - timedelta(days=3))) == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)


def test_moment_is_not_in_the_past_and_not_after_hours():
    assert moment(MONDAY, (9, 18), UTC, at(MONDAY, 11)) == at(MONDAY, 11)
    assert moment(MONDAY, (9, 18), UTC, at(MONDAY, 18)) is None
