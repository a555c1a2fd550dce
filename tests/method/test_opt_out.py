"""STOP and its forms, in ten languages, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.listen.opt_out import START, STOP, on_text

STOPS = [
    "STOP",
    "stop",
    "Stop!",
    "Please stop",
    "STOP 84950",
    "stop stop",
    "unsubscribe",
    "UNSUBSCRIBE please",
    "Ｓｔｏｐ",
    "Stopp",
    "bitte abmelden",
    "ARRÊT",
    "arret svp",
    "Baja",
    "BAJA por favor",
    "basta",
    "Annulla",
    "afmelden aub",
    "SAIR",
    "rezygnuję",
    "Стоп",
    "СТОП!!!",
    "отписаться",
    "Отпишите меня",
    "Не пишите мне больше",
    "dezabonare",
    "Dezabonează-mă",
    "nu îmi mai scrieți vă rog",
    "退订",
    "opt-out",
    "don’t text me",
    "Remove me from your list please",
    "stop texting me",
    "keine Nachrichten mehr",
    "🛑 STOP",
]
# a person reads these
OTHERS = [
    "Stop by tomorrow at ten",
    "Can we stop at your office?",
    "I will not stop the project",
    "end of month please",
    "Please cancel the meeting on Tuesday",
    "yes",
    "да",
    "",
    "ok thanks",
    "Call me back",
    "When does it end?",
    "Nu",
    "No",
    "no thanks",
    "The parade will stop traffic",
    "Yes stop by",
    "отмените встречу во вторник",
    "please",
    "thanks",
    "1",
    "Ja",
]


@pytest.mark.parametrize("text", STOPS)
def test_stop(text):
    assert on_text(text) == STOP
    assert on_text(f"  {text.upper()}.\n") == STOP


@pytest.mark.parametrize("text", OTHERS)
def test_others(text):
    assert on_text(text) == ""


def test_the_way_back():
    assert [on_text(text) for text in ("START", "unstop", "Старт!", "start the engine")] == [START, START, START, ""]


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    assert on_text(text) in {STOP, START, ""}
