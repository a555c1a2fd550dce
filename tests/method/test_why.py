import pytest
from method.why import inside


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Text message", "text message"),
        ("LinkedIn message", "LinkedIn message"),
        ("WhatsApp", "WhatsApp"),
        ("SMS", "SMS"),
        ("Letter or card", "letter or card"),
        ("", ""),
    ],
)
def test_a_name_inside_a_sentence_keeps_capitals_of_its_own(name, said):
    assert inside(name) == said
