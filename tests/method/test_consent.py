"""What clients allow and refuse: the last word of each channel counts."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from method.client import consent
from method.client.consent import ALLOWED, CALL, EMAIL, KINDS, PAPER, REFUSED, TEXT, Word
from method.plan.channels import BUILT_IN, Channel, table

NOON = datetime(2026, 3, 2, 12)
WORDS = st.lists(
    st.builds(
        Word,
        kind=st.sampled_from(["", *KINDS]),
        state=st.sampled_from(consent.STATES),
        when=st.integers(0, 5).map(lambda days: NOON + timedelta(days=days)),
        id=st.integers(1, 10**6),
    ),
    unique_by=lambda word: word.id,
    max_size=12,
)


def test_each_channel_is_of_a_kind():
    kinds = {code: consent.kind(channel) for code, channel in BUILT_IN.items()}
    assert kinds == {
        "call": CALL, "email": EMAIL, "meeting": "", "sms": TEXT, "voice": CALL, "letter": PAPER, "social": "", "web": "",
    }  # fmt: skip
    assert consent.kind(Channel("whatsapp", ("phone",), "eye", two_way=True)) == TEXT
    assert consent.kind(Channel("fax", ("fax",), "paper", paper=True)) == PAPER


def test_who_wants_no_texts_may_still_be_called():
    words = [Word(TEXT, REFUSED, NOON, 1)]
    assert consent.closed(consent.refused(words), BUILT_IN) == {"sms"}


def test_nothing_more_closes_what_comes_to_the_client_and_a_later_yes_opens_that_channel_only():
    nothing = Word("", REFUSED, NOON, 1)
    assert consent.closed(consent.refused([nothing]), BUILT_IN) == {"call", "voice", "email", "sms", "letter"}
    later = Word(EMAIL, ALLOWED, NOON + timedelta(days=3), 2)
    assert consent.refused([later, nothing]) == {TEXT, CALL, PAPER}
    assert consent.refused([Word("", ALLOWED, NOON + timedelta(days=9), 3), later, nothing]) == frozenset()


def test_of_one_moment_the_later_row_counts():
    assert consent.refused([Word(TEXT, ALLOWED, NOON, 2), Word(TEXT, REFUSED, NOON, 1)]) == frozenset()


@given(WORDS, st.randoms())
def test_the_order_of_the_rows_says_nothing(words, order):
    mixed = list(words)
    order.shuffle(mixed)
    assert consent.refused(words) == consent.refused(mixed)


@given(WORDS, st.sampled_from(["", *KINDS]), st.sampled_from(consent.STATES))
def test_the_last_word_counts_and_says_nothing_of_other_channels(words, kind, state):
    before = consent.refused(words)
    after = consent.refused([*words, Word(kind, state, NOON + timedelta(days=9), 0)])
    said = {kind} if kind else set(KINDS)
    assert after & said == (said if state == REFUSED else set())
    assert after - said == before - said


@given(st.lists(st.builds(Channel, code=st.text(min_size=1, max_size=3), needs=st.lists(st.sampled_from(["phone", "email", "address", "chat"]), max_size=2).map(tuple),
    sense=st.sampled_from(["", "ear", "eye", "paper"]), talk=st.booleans(), paper=st.booleans(), agreed=st.booleans())))  # fmt: skip
def test_who_refused_all_gets_nothing_by_any_channel_that_reaches_a_person(channels):
    known = table(channels)
    closed = consent.closed(frozenset(KINDS), known)
    for code, channel in known.items():
        if not channel.agreed and {"phone", "email"} & set(channel.needs):
            assert code in closed
