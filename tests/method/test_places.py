"""Who holds a client's place (B1, invariant 1)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.client.places import (
    BY,
    CONTACT,
    DEAL,
    FOLLOWS,
    HAND,
    LARGE,
    LEFT_OUT,
    NURTURE,
    RANKS,
    REOPENED,
    RULE,
    TAKES,
    WAITS,
    WON,
    Newcomer,
    Run,
    ends,
    holder,
    next_up,
    rank,
    verdict,
)

CARE = Run(1, 10, CONTACT, "running", 1.0)
SOLD = Run(2, -20, DEAL, "running", 2.0)
REST = Run(3, 10, CONTACT, "resting", 3.0)


@pytest.mark.parametrize(
    ("new", "runs", "expected"),
    [
        (Newcomer(-30, DEAL), (), (TAKES, "")),
        # a buyer in care opens a new deal
        (Newcomer(-30, DEAL), (CARE,), (TAKES, "")),
        (Newcomer(-30, NURTURE, FOLLOWS), (CARE,), (TAKES, "")),
        # a second deal waits, a large one does not
        (Newcomer(-30, DEAL), (SOLD,), (WAITS, "comes_next")),
        (Newcomer(-30, DEAL, RULE), (SOLD,), (WAITS, "comes_next")),
        (Newcomer(-30, LARGE, RULE), (SOLD,), (TAKES, "")),
        (Newcomer(-30, DEAL), (replace(SOLD, rank=NURTURE),), (TAKES, "")),
        # the same one is not enrolled twice
        (Newcomer(-20, DEAL), (SOLD,), (LEFT_OUT, "enrolled_already")),
        (Newcomer(-20, LARGE), (SOLD,), (LEFT_OUT, "enrolled_already")),
        (Newcomer(-20, DEAL), (CARE, replace(SOLD, state="waiting")), (LEFT_OUT, "waits_already")),
        # care, while a deal is sold
        (Newcomer(10, CONTACT), (SOLD,), (LEFT_OUT, "enrolled_already")),
        (Newcomer(10, CONTACT, WON), (SOLD,), (WAITS, "comes_next")),
        # what a person paused stays, unless a person enrols
        (Newcomer(-30, LARGE, RULE), (replace(SOLD, state="paused"),), (WAITS, "comes_next")),
        (Newcomer(-30, DEAL, REOPENED), (replace(CARE, state="paused"),), (WAITS, "comes_next")),
        (Newcomer(-30, DEAL, HAND), (replace(SOLD, state="paused"),), (TAKES, "")),
        (Newcomer(11, CONTACT, HAND), (replace(CARE, state="paused"),), (LEFT_OUT, "enrolled_already")),
        # a rest gives way to what is new, to who bought, to a deal that is open again
        (Newcomer(-30, DEAL, RULE, opened=4.0), (REST,), (TAKES, "")),
        (Newcomer(-30, DEAL, HAND, opened=2.0), (REST,), (LEFT_OUT, "resting")),
        (Newcomer(-30, DEAL, REOPENED, opened=2.0), (REST,), (TAKES, "")),
        (Newcomer(10, CONTACT, WON, opened=0.0), (REST,), (TAKES, "")),
        (Newcomer(10, CONTACT, HAND, opened=9.0), (REST,), (LEFT_OUT, "resting")),
        (Newcomer(11, CONTACT, RULE, opened=9.0), (REST,), (LEFT_OUT, "resting")),
        (Newcomer(-30, NURTURE, FOLLOWS, opened=2.0), (REST,), (WAITS, "comes_after_rest")),
    ],
)
def test_b1_who_is_worked(new, runs, expected):
    assert verdict(new, runs) == expected


def test_b1_ranks():
    assert rank(deal=False, follows=True, strategy=None) == rank(deal=False, follows=False, strategy="high") == CONTACT
    assert rank(deal=True, follows=True, strategy=None) == NURTURE
    assert rank(deal=True, follows=False, strategy="standard") == DEAL
    assert rank(deal=True, follows=True, strategy="high") == LARGE


def test_b1_who_comes_next():
    waiting = (Run(4, 10, CONTACT, "waiting"), Run(6, -40, DEAL, "waiting"), Run(5, -30, DEAL, "waiting"))
    assert next_up(waiting).id == 5
    assert next_up((*waiting, SOLD)) is None
    assert next_up((*waiting, CARE)).id == 5, "care was resumed while a deal waits"
    assert next_up((*waiting, replace(CARE, state="paused"))) is None
    assert next_up((*waiting, REST)) is None
    assert next_up((*waiting, Run(7, -70, LARGE, "waiting"))).id == 7
    assert next_up(()) is None


states = st.sampled_from(("running", "paused", "blocked", "resting", "waiting"))
runs_of_a_client = st.lists(
    st.builds(Run, st.integers(1, 99), st.integers(-9, 9), st.sampled_from(RANKS), states, st.floats(0, 9)),
    max_size=5,
    unique_by=lambda run: run.id,
).filter(lambda runs: sum(run.state in ("running", "paused", "blocked") for run in runs) <= 1)
newcomers = st.builds(Newcomer, st.integers(-9, 9), st.sampled_from(RANKS), st.sampled_from(BY), st.floats(0, 9))


@given(newcomers, runs_of_a_client)
def test_b1_no_deal_is_left_out_in_silence(new, runs):
    """A deal that is left out is under way itself, or its client said no after it was opened; it is told which."""
    said, why = verdict(new, runs)
    assert (said == TAKES) == (not why)
    if said == LEFT_OUT and new.rank > CONTACT:
        own = [run for run in runs if run.record == new.record]
        assert own or (why == "resting" and any(run.since > new.opened for run in runs if run.state == "resting"))
    if said == WAITS:
        assert holder(runs) or any(run.state == "resting" for run in runs), "who waits waits for somebody"


@given(newcomers, runs_of_a_client)
def test_b1_who_gives_way_is_lower_or_paused(new, runs):
    held = holder(runs)
    if held and verdict(new, runs)[0] == TAKES:
        assert new.rank > CONTACT and held.record != new.record
        assert (held.state == "paused" and new.by == HAND) or (held.state != "paused" and held.rank < new.rank)


@given(runs_of_a_client)
def test_b1_everybody_who_waits_comes_up(runs):
    """When those before it are over, one after the other, each that waits has its turn, the deals first."""
    left = [run for run in runs if run.state == "waiting"]
    order = []
    while left:
        up = next_up(left)
        order.append(up)
        assert next_up([*left, replace(up, state="running")]) is None
        left.remove(up)
    assert [run.rank for run in order] == sorted((run.rank for run in order), reverse=True)


@given(newcomers, runs_of_a_client)
def test_b1_the_rest_of_another_deal_goes_on(new, runs):
    over = ends(new, runs)
    assert all(run.state == "resting" for run in over)
    assert all(run.rank == CONTACT or run.record == new.record for run in over)
