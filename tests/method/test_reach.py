"""Numbers and addresses as people and programs write them."""

from time import monotonic

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.client import reach
from method.client.reach import Number, Reach, best, emails, is_known, is_site, numbers, plain


def dialler(region):
    def dial(text):
        try:
            parsed = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            return ""
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_valid_number(parsed) else ""

    return dial


BELGIAN, NOWHERE = dialler("BE"), dialler(None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0471 12 34 56", ["+32471123456"]),
        ("0471/12.34.56", ["+32471123456"]),
        ("0471123456 / 02 512 34 56", ["+32471123456", "+3225123456"]),
        ("0471123456/025123456", ["+32471123456", "+3225123456"]),
        ("0471 12 34 56 ::: 02 512 34 56", ["+32471123456", "+3225123456"]),
        ("+32 471 12 34 56 (mobile)", ["+32471123456"]),
        ("0471 12 34 56 Anna", ["+32471123456"]),
        ("Anna: 0471 12 34 56, Ben: 02 512 34 56", ["+32471123456", "+3225123456"]),
        ("0471123456;025123456", ["+32471123456", "+3225123456"]),
        ("0471123456\n025123456", ["+32471123456", "+3225123456"]),
        ("Tel. 02/512.34.56 - GSM 0471/12.34.56", ["+3225123456", "+32471123456"]),
        ("0032 471 12 34 56", ["+32471123456"]),
        ("+44 (0)20 7946 0958", ["+442079460958"]),
        ("(02) 512 34 56", ["+3225123456"]),
        ("０４７１ １２ ３４ ５６", ["+32471123456"]),
        ("+1 415 555 0132 / 0471 12 34 56", ["+14155550132", "+32471123456"]),
        ("0471 12 34 56 / n/a", ["+32471123456"]),
        ("0471123456-025123456", ["+32471123456", "+3225123456"]),
        ("0471 12 34 56 - 02 512 34 56", ["+32471123456", "+3225123456"]),
        ("0471123456 025123456", ["+32471123456", "+3225123456"]),
        ("0471 12 34 56  02 512 34 56", ["+32471123456", "+3225123456"]),
        ("+32471123456+3225123456", ["+32471123456", "+3225123456"]),
        ("0471 12 34 56 ou 02 512 34 56", ["+32471123456", "+3225123456"]),
        ("0471\u201112\u201134\u201156", ["+32471123456"]),
        ("0471–12–34–56", ["+32471123456"]),
        ("0471·12·34·56", ["+32471123456"]),
        ("0471_123_456", ["+32471123456"]),
        ("0471\u200b123456", ["+32471123456"]),
        ("\u202a+32471123456\u202c", ["+32471123456"]),
        ("32471123456.0", ["+32471123456"]),
        ("'+32471123456", ["+32471123456"]),
        ("0471 12 34 56 (2025-03-01)", ["+32471123456"]),
        ("0471 12 34 56 (9-17h)", ["+32471123456"]),
        ("Mobile: 0471 12 34 56; Fax: 02 512 34 57", ["+32471123456"]),
        ("fax 02 512 34 57 / tel 02 512 34 56", ["+3225123456"]),
        ("02 512 34 57 (fax) / 02 512 34 56", ["+3225123456"]),
        ("0471 12 34 56 (wrong number), 02 512 34 56", ["+3225123456"]),
        ("0471 12 34 56 fax 02 512 34 57", ["+32471123456"]),
        ("123456789012", [""]),
        ("0471 12", [""]),
    ],
)
def test_b4_several_numbers_in_one_field(text, expected):
    assert [number.dial for number in numbers(text, BELGIAN)] == expected


@pytest.mark.parametrize(
    ("region", "text", "expected"),
    [
        ("EG", "٠١٠٠١٢٣٤٥٦٧", ["+201001234567"]),
        ("EG", "۰۱۰۰۱۲۳۴۵۶۷", ["+201001234567"]),
        ("US", "(415) 555-2671 ext. 12", ["+14155552671"]),
        ("US", "415-555-2671 x1234", ["+14155552671"]),
        ("DE", "089 / 123456 - 0", ["+49891234560"]),
        ("DE", "089 123456/57", ["+4989123456"]),
        ("DE", "0049-(0)89-123456", ["+4989123456"]),
        ("FR", "06.12.34.56.78", ["+33612345678"]),
        ("FR", "0612345678-0145678901", ["+33612345678", "+33145678901"]),
    ],
)
def test_b4_as_countries_write_them(region, text, expected):
    assert [number.dial for number in numbers(text, dialler(region))] == expected


@pytest.mark.parametrize(
    "text", ["3,2471E+10", "3.2471E+10", "3,24711E+10", "12/03/2025", "2025-03-12", "BE0471123456", "BE68 5390 0754 7034", "Fax 02 512 34 57",
             "do not call 0471 12 34 56", "0471 12 34 56 (wrong number)", "nicht anrufen: 0471 12 34 56"]
)  # fmt: skip
def test_b4_what_is_no_number_to_call(text):
    assert numbers(text, BELGIAN) == []


@pytest.mark.parametrize(
    "text", ["n/a", "-", "none", "0", "?", "#N/A", "x", "", None, "00000000", "---", "tel", "(  )", "+", "1", "112", "2 / 3"]
)
def test_b5_a_text_without_digits_of_a_number_is_no_number(text):
    assert numbers(text, BELGIAN) == []


def test_b4_a_number_of_an_unknown_country_is_shown_and_not_dialled():
    [number] = numbers("0471 12 34 56 (mobile)", NOWHERE)
    assert number == Number("0471 12 34 56", "")
    assert best([number], [], set()) == Reach(shown="0471 12 34 56")
    assert best([number], [], set()).have == frozenset()
    assert [one.dial for one in numbers("+32 471 12 34 56", NOWHERE)] == ["+32471123456"]
    assert [one.dial for one in numbers("1-800-FLOWERS", dialler("US"))] == ["+18003569377"]


def test_b4_the_first_number_that_is_valid_and_open_is_called():
    known = numbers("0471 12 / 0471 12 34 56 / 02 512 34 56", BELGIAN)
    assert best(known, [], set()).number == "+32471123456"
    assert best(known, [], {"+32471123456"})[:2] == ("+3225123456", "02 512 34 56")
    assert best(known, [], {"+32471123456", "+3225123456"})[:2] == ("", "0471 12"), "a closed number is not even shown"


def test_without_a_library():
    assert plain("+32 471 12 34 56", False) == "+32471123456"
    assert plain("0471 12 34 56", False) == ""
    assert plain("0471 12 34 56", True) == "0471123456"
    assert plain("0471123456 0251234567", True) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ann@acme.example", ["ann@acme.example"]),
        ("Ann Lee <Ann@Acme.example>", ["ann@acme.example"]),
        ("ann@acme.example; ben@acme.example", ["ann@acme.example", "ben@acme.example"]),
        ("ann@acme.example / ben@acme.example", ["ann@acme.example", "ben@acme.example"]),
        ("ann@acme.example ::: ben@acme.example", ["ann@acme.example", "ben@acme.example"]),
        ("mailto:ann@acme.example", ["ann@acme.example"]),
        ("mailto:ann@acme.example?subject=Hi", ["ann@acme.example"]),
        ("ann@acme.example|ben@acme.example", ["ann@acme.example", "ben@acme.example"]),
        ("ann@acme.example/ben@acme.example", ["ann@acme.example", "ben@acme.example"]),
        ("ann@acme.example\\nben@acme.example", ["ann@acme.example", "ben@acme.example"]),
        ("\u200bann@acme.example\u202c", ["ann@acme.example"]), ("ann＠acme.example", ["ann@acme.example"]),
        ("o'neil@acme.example", ["o'neil@acme.example"]), ("'ann@acme.example'", ["ann@acme.example"]),
        ("Ann &lt;ann@acme.example&gt;", ["ann@acme.example"]), ("ann@acme.example*", ["ann@acme.example"]),
        ("ann@bücher.example", ["ann@bücher.example"]), ("r&d+x=1@acme.example", ["r&d+x=1@acme.example"]), ("test@test.example", []),
        ("ann@@acme.example", []), ("ann@acme..example", []), ("ann@-acme.example", []), ("ann@.example", []), ("ann@acme.c", []),
        ("none@none.com", []), ("noemail@noemail.com", []), ("ann@1.2.3.4", []), ("'@acme.example", []),
        ("n/a", []), ("none@none", []), ("-", []), ("@", []), ("ann@", []), (None, []),
    ],
)  # fmt: skip
def test_b5_addresses_in_one_field(text, expected):
    assert emails(text) == expected


def test_b5_fields_that_say_nothing():
    for text in ("n/a", "N/A", "-", "?", "none", "#N/A", "x", "...", "", None, "—", "n.a.", "keine", "N / A", "0", "000", "#REF!",
                 "(leer)", "(blank)", "NaN", "<NA>", "\\N", "нет данных"):  # fmt: skip
        assert not is_known(text), text
        assert not is_site(text), text
    for text in ("Rue de la Loi 16", "Å", "Nice", "5", "Na Příkopě 12", "Leer", "Nan", "10"):
        assert is_known(text), text
    for text in ("acme.example", "https://www.acme.example/a?b=c", "http://acme.example:80"):
        assert is_site(text), text
    for text in ("ann@acme.example", "our website", "acme", "http://"):
        assert not is_site(text), text


@pytest.mark.parametrize("text", ["(", "1", "1 ", "(1", "/", "1/", "+", "a", "a@", "a.", "1-", "A-"])
def test_a_very_long_text_takes_no_longer(text):
    began = monotonic()
    numbers(text * 100_000, lambda text: "")
    emails(text * 100_000), is_known(text * 100_000), is_site(text * 100_000)
    assert monotonic() - began < 2


@given(st.text(max_size=80))
def test_nothing_raises(text):
    for number in numbers(text, BELGIAN):
        assert number.text
        assert not number.dial or number.dial.startswith("+")
    assert all("@" in one for one in emails(text))
    is_known(text), is_site(text), plain(text, True)


@given(st.lists(st.sampled_from(["0471123456", "+32 2 512 34 56", "+1 415 555 0132"]), min_size=1, max_size=4, unique=True),
       st.sampled_from([" / ", "; ", ", ", "\n", " ::: ", " | "]))  # fmt: skip
def test_each_is_found_whatever_stands_between(written, between):
    assert len([one for one in numbers(between.join(written), BELGIAN) if one.dial]) == len(written)


@given(st.lists(st.builds(Number, st.sampled_from("ab"), st.sampled_from(["", "+1", "+2"]))), st.sets(st.sampled_from(["+1", "+2"])))
def test_nothing_closed_is_ever_taken(known, closed):
    found = reach.best(known, [], closed)
    assert found.number not in closed
    assert bool(found.number) == any(number.dial and number.dial not in closed for number in known)
