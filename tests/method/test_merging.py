"""Two records of one client are one: the warmer, the judged, the known."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from method.client import merging
from method.plan.facts import POTENTIALS, TEMPERATURES

TODAY = date(2026, 3, 2)
DAYS = st.none() | st.dates()
RECORDS = st.lists(st.tuples(st.sampled_from([*TEMPERATURES, None]), DAYS), max_size=4)
JUDGED = st.lists(st.tuples(st.sampled_from([*POTENTIALS, None]), DAYS), max_size=4)


def test_b13_hot_wins_and_keeps_its_day():
    assert merging.temperature([("cold", date(2026, 3, 1)), ("hot", date(2026, 2, 1))]) == ("hot", date(2026, 2, 1))
    assert merging.temperature([]) == ("cold", None)


def test_b13_the_one_judged_last_wins_and_the_higher_where_nobody_knows():
    assert merging.potential([("high", date(2026, 1, 1)), ("low", date(2026, 2, 1))]) == ("low", date(2026, 2, 1))
    assert merging.potential([("low", None), ("high", None)]) == ("high", None)
    assert merging.potential([(None, None), ("standard", None)]) == ("standard", None)


def test_b13_a_birthdate_with_its_year_wins():
    assert merging.birthdate([date(1604, 3, 5), date(1980, 3, 5)], TODAY) == date(1980, 3, 5)
    assert merging.birthdate([None, date(1604, 3, 5)], TODAY) == date(1604, 3, 5)
    assert merging.birthdate([date(1981, 3, 5), date(1980, 3, 5)], TODAY) == date(1981, 3, 5)


@given(RECORDS, st.randoms())
def test_no_order_of_merging_cools_a_client(known, random):
    shuffled = list(known)
    random.shuffle(shuffled)
    assert merging.temperature(known) == merging.temperature(shuffled)
    assert all(TEMPERATURES.index(merging.temperature(known)[0]) >= TEMPERATURES.index(value or "cold") for value, _since in known)


@given(JUDGED, st.randoms())
def test_no_order_of_merging_loses_a_judgement(known, random):
    shuffled = list(known)
    random.shuffle(shuffled)
    assert merging.potential(known) == merging.potential(shuffled)
    assert bool(merging.potential(known)[0]) == any(value for value, _on in known)
