"""When a run stops because everything fails: never for the faults of single records, whatever their number and order."""

from hypothesis import given
from hypothesis import strategies as st
from method.breaker import ALIKE, Breaker, cause


def tried(breaker, failing, records):
    """Try records as the models do: together, and by turns in two halves where they fail. :return: whether the run stopped"""
    if not failing & set(records):
        breaker.success(len(records))
        return False
    if len(records) == 1:
        return breaker.failure(KeyError("pigeon"))
    return tried(breaker, failing, records[::2]) or tried(breaker, failing, records[1::2])


def test_c1_a_fault_that_hits_all_stops_after_a_few():
    breaker = Breaker()
    assert tried(breaker, set(range(1000)), list(range(1000)))
    assert sum(breaker.failed.values()) == ALIKE


def test_a_few_records_never_stop_a_run():
    assert not tried(Breaker(), set(range(ALIKE - 1)), list(range(ALIKE - 1)))


@given(st.integers(0, 1000 - 300), st.integers(1, 300))
def test_neighbours_with_one_fault_do_not_look_like_all(first, count):
    assert not tried(Breaker(), set(range(first, first + count)), list(range(1000)))


def test_different_causes_are_different_faults():
    breaker = Breaker()
    assert not any(breaker.failure(ValueError("abcdefghijklmnopqrstuvwxyz"[number % 26] * (1 + number // 26))) for number in range(200))


def test_a_cause_is_the_same_whatever_record_it_names():
    assert cause(ValueError("record 12 of 7")) == cause(ValueError("record 5 of 1234"))
    assert cause(ValueError("record 12")) != cause(KeyError("record 12"))
