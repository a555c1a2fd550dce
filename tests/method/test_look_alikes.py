"""Deals that may be one person's."""

from hypothesis import given
from hypothesis import strategies as st
from method.client.look_alikes import FURTHER, HELD, OLDER, Deal, Twin, group

ANNA = "anna@weber.example"


def test_one_person_is_worked_once_and_the_further_deal_is_it():
    found = group([Deal(1, ANNA, person="Anna Weber", opened=1), Deal(2, ANNA, person="WEBER,  Anna", opened=2, stage=3)])
    assert found.twins == {1: Twin(2, FURTHER)}


def test_of_equals_the_older_is_worked():
    assert group([Deal(1, phone="+3247", opened=2), Deal(2, phone="+3247", opened=1)]).twins == {1: Twin(2, OLDER)}


def test_what_is_worked_already_stays():
    assert group([Deal(1, ANNA, stage=9), Deal(2, ANNA, held=True)]).twins == {1: Twin(2, HELD)}


def test_a_mail_or_a_phone_is_enough_and_three_are_one():
    found = group([Deal(1, ANNA, "+321", opened=1), Deal(2, ANNA, "+322", opened=2), Deal(3, "a@x.example", "+321", opened=3)])
    assert found.twins == {2: Twin(1, OLDER), 3: Twin(1, OLDER)}


def test_names_may_be_written_in_many_ways():
    for name in ("anna weber", "A. Weber", "Weber", "Dr. Anna Weber", "Ánna  WEBER", "Weber, Anna", None):
        assert group([Deal(1, ANNA, person="Anna Weber"), Deal(2, ANNA, person=name)]).twins, name


def test_a_shared_address_is_not_one_person():
    info = "info@acme.example"
    found = group([Deal(1, info, person="Anna Weber"), Deal(2, info, person="Otto Kraus"), Deal(3, info), Deal(4, info, person="O. Kraus")])
    assert found.twins == {4: Twin(2, OLDER)}  # by name; of the one without a name nothing is known
    assert found.shared == {info: [1, 2, 3]}
    assert group([Deal(1, info, company="Acme"), Deal(2, info, company="Bolt")]).shared == {info: [1, 2]}


def test_the_user_may_want_one_of_a_shared_address():
    info = "info@acme.example"
    found = group([Deal(1, info, person="Anna Weber"), Deal(2, info, person="Otto Kraus")], once_an_address=True)
    assert found.twins == {2: Twin(1, OLDER)}
    assert not found.shared


def test_two_people_of_one_company_are_told():
    found = group([Deal(1, "a@acme.example", domain="@acme.example"), Deal(2, "b@acme.example", domain="@acme.example")])
    assert (found.twins, found.companies) == ({}, {"@acme.example": [1, 2]})
    assert group([Deal(1, company="Acme  Ltd."), Deal(2, company="ACME LTD")]).companies == {"acme ltd": [1, 2]}


def test_a_person_who_was_entered_twice_in_one_company_is_one():
    """Imported twice: it was left out as another record of the client, and nobody saw that the person stands there twice."""
    assert group([Deal(1, ANNA, person="Anna Weber", client=5), Deal(2, ANNA, person="WEBER Anna", client=5)]).twins == {2: Twin(1, OLDER)}
    # the company itself, and a colleague who answers under the same address, are not that person
    assert not group([Deal(1, ANNA, client=5, company="Acme"), Deal(2, ANNA, person="Anna Weber", client=5)]).twins
    assert not group([Deal(1, ANNA, person="Otto Kraus", client=5), Deal(2, ANNA, person="Anna Weber", client=5)]).twins


def test_deals_of_two_contacts_are_no_twins():
    assert not group([Deal(1, ANNA, client=5), Deal(2, ANNA, client=6)]).twins
    assert not group([Deal(1, ANNA, person="Anna Weber", client=5), Deal(2, ANNA, client=6)]).twins
    assert not group([Deal(-1, ANNA, person="Anna Weber", client=5), Deal(-2, ANNA, person="Anna Weber", client=5)]).twins
    assert not group([Deal(1, ANNA, person="Anna Weber", client=5), Deal(-2, ANNA, person="Anna Weber", client=5)]).twins
    assert group([Deal(1, ANNA, client=5, opened=1), Deal(2, ANNA, opened=2)]).twins == {2: Twin(1, OLDER)}


def test_a_contact_entered_twice_is_one_person():
    one, other = (Deal(id_, ANNA, person=name, client=id_, alone=True) for id_, name in ((1, "Anna Weber"), (2, "Weber, Anna")))
    assert group([other, one]).twins == {2: Twin(1, OLDER)}
    assert group([other, one._replace(held=True)]).twins == {2: Twin(1, HELD)}
    assert group([Deal(-7, ANNA, person="A. Weber"), one._replace(held=True)]).twins == {-7: Twin(1, HELD)}


def test_contacts_of_one_company_are_told_where_nobody_knows_it():
    one, other = (Deal(id_, f"{id_}@acme.example", domain="@acme.example", client=id_, alone=True) for id_ in (1, 2))
    assert group([one, other]).companies == {"@acme.example": [1, 2]}
    assert not group([one, other._replace(alone=False)]).companies


ADDRESSES = st.none() | st.sampled_from(["a@x.example", "b@x.example", "c@x.example"])
DEALS = st.lists(
    st.builds(
        Deal,
        id=st.integers(1, 1000),
        email=ADDRESSES,
        phone=st.none() | st.sampled_from(["+321", "+322"]),
        person=st.none() | st.sampled_from(["Anna Weber", "anna weber", "Otto Kraus", "Weber"]),
        company=st.none() | st.sampled_from(["Acme", "Bolt"]),
        client=st.none() | st.integers(1, 2),
        domain=st.none(),
        stage=st.integers(0, 2),
        opened=st.integers(0, 3),
        held=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)


@given(DEALS, st.booleans())
def test_who_is_left_out_has_somebody_who_is_worked(deals, once):
    found, by_id = group(deals, once), {one.id: one for one in deals}
    for deal, twin in found.twins.items():
        other = by_id[twin.of]
        assert twin.of not in found.twins
        assert not by_id[deal].held
        assert {by_id[deal].email, by_id[deal].phone} & {other.email, other.phone} - {None}
        assert (twin.why == HELD) == other.held
    assert group(reversed(deals), once) == found  # the order in which they come changes nothing
