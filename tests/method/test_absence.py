"""The day on which somebody is back, as automatic answers name it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.listen import absence
from method.listen.absence import back_on

SENT = date(2026, 11, 27)  # a Friday
# (text, the first day on which the writer can be reached)
ANSWERS = [
    ("I am out of the office until 12 December 2026 with limited access to email.", date(2026, 12, 13)),
    ("I am out of office from 1 December until 10 December. For urgent matters contact Bob.", date(2026, 12, 11)),
    ("I will be back on Monday, December 7th.", date(2026, 12, 7)),
    ("I'm on annual leave, returning on 04/01/2027.", date(2027, 1, 4)),
    ("I will return 12/07/2026.", date(2026, 12, 7)),
    ("Out of office through Dec 4.", date(2026, 12, 5)),
    ("I will be back on Tuesday.", date(2026, 12, 1)),
    (
        "Vielen Dank für Ihre Nachricht. Ich bin bis einschließlich 8.12.2026 nicht im Büro. Ab dem 9.12. bin ich wieder für Sie da.",
        date(2026, 12, 9),
    ),
    ("Ich bin vom 30.11. bis zum 11.12. im Urlaub.", date(2026, 12, 12)),
    ("Ich bin ab dem 14. Dezember wieder erreichbar.", date(2026, 12, 14)),
    ("Am 07.12.2026 bin ich wieder im Büro.", date(2026, 12, 7)),
    ("Je suis absent jusqu'au 4 décembre inclus.", date(2026, 12, 5)),
    ("Je serai de retour le lundi 7 décembre 2026.", date(2026, 12, 7)),
    ("Absent du 1er au 15 décembre", date(2026, 12, 16)),
    ("Estaré fuera de la oficina hasta el 10 de diciembre de 2026.", date(2026, 12, 11)),
    ("Regreso el 7 de diciembre.", date(2026, 12, 7)),
    ("Sono in ferie fino al 6 gennaio 2027.", date(2027, 1, 7)),
    ("Rientro il 7 gennaio.", date(2027, 1, 7)),
    ("Ik ben afwezig tot en met 4 december.", date(2026, 12, 5)),
    ("Op 7 december ben ik weer aanwezig.", date(2026, 12, 7)),
    ("Estarei ausente até 10 de dezembro.", date(2026, 12, 11)),
    ("Jestem na urlopie do 4 grudnia 2026 r.", date(2026, 12, 5)),
    ("Wracam 7 grudnia.", date(2026, 12, 7)),
    ("Меня не будет на рабочем месте с 30 ноября по 6 декабря.", date(2026, 12, 7)),
    ("Я в отпуске до 10 января 2027 года включительно.", date(2027, 1, 11)),
    ("Вернусь 7 декабря.", date(2026, 12, 7)),
    ("Буду в офисе с 14.12.2026", date(2026, 12, 14)),
    ("Sunt în concediu până la 4 decembrie.", date(2026, 12, 5)),
    ("Voi reveni pe 7 decembrie 2026.", date(2026, 12, 7)),
    ("12月4日まで不在にしております。", date(2026, 12, 5)),
    ("4 Aralık tarihine kadar ofis dışındayım.", date(2026, 12, 5)),
    ("Jag är tillbaka den 7 december.", date(2026, 12, 7)),
    ("I am out of the office with no access to mail. Call Bob at 555-12-12.", None),
    ("Our office hours are 9/5. Founded on 3 May 1998. GDPR of 25 May 2018.", None),
    ("The trade fair takes place on 12 December.", None),
    ("I left the company on 1 March 2024.", None),
    ("I will be away 24.12.-2.1.", date(2027, 1, 3)),
    ("Out of office 12/24 - 1/2. Happy holidays!", date(2027, 1, 3)),
    ("Thank you for your email. I will be out until Monday.", date(2026, 12, 1)),
    ("Wir haben vom 21.12.2026 bis 06.01.2027 Betriebsferien.", date(2027, 1, 7)),
    ("Bin im Urlaub - wieder da am 14.12.", date(2026, 12, 14)),
    ("I'm away and will be back 7 Dec 2026", date(2026, 12, 7)),
    ("Mă întorc luni, 7 decembrie", date(2026, 12, 7)),
    ("I am out of office. Our offer is valid until 31 January.", None),
    ("Offer valid until 31 January. I am back on 30 November.", date(2026, 11, 30)),
    ("I am out of office.\n\nOffice hours: Monday to Friday 9-17.", None),
    ("Merci de votre message.\n\nLundi au vendredi 9h-17h", None),
    ("Opening hours from 1 November to 31 March", None),
    ("20% off, valid through April 30", None),
    ("Our office moves to 12 March Street", None),
    ("Bob is available until 18 December. I am back on 1 December.", date(2026, 12, 1)),
    ("Voltarei a 7 de dezembro", date(2026, 12, 7)),
    ("Angebot gültig bis 31.1.2027. Ich bin bis 4.12. im Urlaub.", date(2026, 12, 5)),
]


@pytest.mark.parametrize("text, right", ANSWERS)
def test_back_on(text, right):
    assert back_on(text, SENT) == right


@pytest.mark.parametrize(
    "text, right",
    [
        ("I am out until 20 December and back on 4 January.", date(2027, 1, 4)),
        ("Out of office from 1 to 3 December and from 7 to 9 December, until 9 December.", date(2026, 12, 10)),
        ("I was away until 20 November.", None),
        ("I am on parental leave until 1 December 2027.", None),
        ("back on 31 February", None),
        ("", None),
    ],
)
def test_which_of_several(text, right):
    assert back_on(text, SENT) == right


def test_the_month_comes_first_in_america():
    assert back_on("I am out of the office from 12/01 to 12/05.", SENT, american=True) == date(2026, 12, 6)
    assert back_on("Back on 12/05.", SENT, american=True) == date(2026, 12, 5)


def test_a_day_without_a_year_is_the_next_one():
    assert back_on("Ich bin bis 6. Januar im Urlaub.", date(2026, 12, 23)) == date(2027, 1, 7)


@given(st.text(max_size=300), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_any_text_is_read(text, sent):
    day = back_on(text, sent)
    assert day is None or sent < day <= sent + timedelta(days=absence.MOST_DAYS)


@given(
    st.dates(SENT + timedelta(days=2), SENT + timedelta(days=150)),
    st.sampled_from(["{d} {month} {y}", "{month} {d}, {y}", "{y}-{m:02}-{d:02}", "{d:02}.{m:02}.{y}", "{d}.{m}.", "{d} {month}"]),
)
def test_every_day_in_every_form(day, form):
    said = form.format(d=day.day, m=day.month, y=day.year, month=day.strftime("%B"))
    assert back_on(f"I am out of the office. I will be back on {said}", SENT) == day
    assert back_on(f"I am out of the office until {said}, call Bob.", SENT) == day + timedelta(days=1)


def test_a_long_text_takes_no_time():
    """Patterns that go back over a text again and again would take minutes."""
    for noise in ("until ", "back on ", "on the ", "12.", "1/", "a ", "- "):
        assert back_on(noise * 3000, SENT) is None
