"""What a client wrote, of what twelve mail programs send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.listen.quoted import MOST_LINES, what_they_wrote

# (mail, what the client wrote)
MAILS = [
    (
        "Yes, Tuesday works.\n\nOn Mon, 23 Nov 2026 at 10:00, Rita Rep <rita@our.example> wrote:\n> Hello Ann\n> shall we meet?",
        "Yes, Tuesday works.",
    ),
    (
        "Gern, rufen Sie mich an.\n\nMit freundlichen Grüßen\nAnna Weber\nAcme GmbH\n\nAm 23.11.2026 um 10:00 schrieb Rita Rep:\n> Guten Tag",
        "Gern, rufen Sie mich an.",
    ),
    (
        "Nein danke\n\nVon: Rita Rep <rita@our.example>\nGesendet: Montag, 23. November 2026 10:00\nAn: Anna Weber\nBetreff: Angebot\n\nGuten Tag Frau Weber",
        "Nein danke",
    ),
    (
        'Да, давайте во вторник.\n\nС уважением,\nОльга\n\n23.11.2026, 10:00, "Rita" <rita@our.example>:\nЗдравствуйте',
        "Да, давайте во вторник.",
    ),
    ("Oui\n\nEnvoyé de mon iPhone\n\nLe 23 nov. 2026 à 10:00, Rita Rep <rita@our.example> a écrit :\n\n> Bonjour", "Oui"),
    ("Call me.\nSent from my iPhone", "Call me."),
    ("> Hello Ann\n> shall we meet on Tuesday?\nYes please.\n> And where?\nAt our office.", "Yes please.\nAt our office."),
    (
        "Sounds good.\n\nBest regards,\nBob\n\nThis email and any attachments are confidential and intended solely for the use of the individual.",
        "Sounds good.",
    ),
    ("On Mon, 23 Nov 2026 at 10:00, Rita wrote:\n> shall we meet?\n\nYes, at ten.", "Yes, at ten."),
    ("Interesat.\n\nCu stimă,\nIon\n\n________________________________\nDe la: Rita\nTrimis: luni\nCătre: Ion", "Interesat."),
    ("Thanks", "Thanks"),
    ("Best regards", "Best regards"),
    ("", ""),
    ("Please send the list.\n\n-----Original Message-----\nFrom: Rita\nSent: Monday", "Please send the list."),
    ("Yes.\n\nOn Monday, 23 November 2026 at 10:00, Rita Rep\n<rita@our.example> wrote:\n\n> hi", "Yes."),
]


@pytest.mark.parametrize("mail, right", MAILS)
def test_what_they_wrote(mail, right):
    assert what_they_wrote(mail) == right
    assert what_they_wrote(mail.replace("\n", "\r\n")) == right


@given(st.text(max_size=400))
def test_something_is_left(mail):
    kept = what_they_wrote(mail)
    assert bool(kept) == bool(mail.replace("\u00a0", " ").replace("\u200b", "").strip()) and len(kept.splitlines()) <= MOST_LINES


@given(st.lists(st.sampled_from(["Yes.", "On Tuesday at ten.", "Call me, please.", ""]), min_size=1, max_size=8))
def test_plain_words_stay(lines):
    text = "\n".join(lines).strip()
    kept = what_they_wrote(text + "\n\nOn Mon, 23 Nov 2026 at 10:00, Rita wrote:\n> Hello\n> Ann")
    assert [line for line in kept.splitlines() if line] == [line for line in text.splitlines() if line] or not text


def test_a_long_mail_takes_no_time():
    for noise in ("On ", "le a ", "> ", "From: a\n", "_", "-- \n", "\n\n", "a schrieb "):
        what_they_wrote(noise * 20000)
