"""Some thousand recorded facts are decided as they were: the guard of every change of the method (docs/replay.md)."""

from pathlib import Path
from typing import get_args

import pytest
from method.plan import rhythm
from method.plan.decision import Decision
from method.replay import recording
from method.replay.compare import listed, replay
from method.why import RULES

CORPUS = Path(__file__).parent / "data" / "corpus.jsonl.gz"
# what to do when the corpus differs
ADVICE = "Where this is meant: make replay ARGS=--accept, and put this list into the note of the change (docs/replay.md)."


@pytest.fixture(scope="module")
def corpus():
    return recording.load(CORPUS)


def test_the_corpus_is_decided_as_it_was(corpus):
    if differences := replay(corpus):
        pytest.fail(f"{listed(differences, len(corpus))}\n\n{ADVICE}", pytrace=False)


def test_the_corpus_notices_a_changed_rule(corpus, monkeypatch):
    monkeypatch.setattr(rhythm, "wait", lambda step, temperature, past, retry=1: step.delay + 1)
    differences = replay(corpus)
    assert len(differences) > 100
    assert "working days of whoever makes it" in listed(differences, len(corpus))


def test_the_corpus_holds_decisions_by_every_rule(corpus):
    assert len(corpus) > 2000
    codes = {code for record in corpus for code, _values in record.decision.why}
    assert not {rule for rule, (_words, its) in RULES.items() if not codes.intersection(its)}
    assert {type(record.decision) for record in corpus} == set(get_args(Decision))
