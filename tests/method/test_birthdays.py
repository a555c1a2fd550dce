"""Birthdays as phones export them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.plan import channels, occasions

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(1604, 3, 5), None), (date(1, 3, 5), None), (date(1900, 1, 1), None), (date(1904, 1, 1), None), (date(2065, 3, 5), None),
        (None, None), (date(1970, 3, 2), 56), (date(1970, 3, 3), 55), (date(1906, 3, 2), 120), (date(2026, 3, 2), 0), (date(1980, 2, 29), 46),
    ],
)  # fmt: skip
def test_b19_the_age_of_a_birthday_without_a_year_is_unknown(born, age):
    assert occasions.age(born, TODAY) == age
    assert channels.wants_paper(occasions.age(born, TODAY), None, 50, 0) is (age is not None and age > 50)


@given(st.dates(), st.dates())
def test_b19_the_birthday_itself_still_counts(born, today):
    found = occasions.age(born, today)
    assert found is None or 0 <= found <= occasions.OLDEST
    assert occasions.birthday(born, 2026).month == born.month
