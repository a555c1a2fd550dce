from datetime import date

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from ..models.base import arguments
from ..models.base.arguments import choice, day, field_names, ids, moment, number, one_id, records, takes, text, values


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestArguments(TransactionCase):
    """What a caller sends is what the method says it takes, or a sentence."""

    def refused(self, kind, *wrong):
        for value in wrong:
            with self.subTest(value=value), self.assertRaises(UserError):
                kind(self.env, "it", value)

    def taken(self, kind, value):
        return kind(self.env, "it", value)

    def test_records_are_ids_or_records_that_exist(self):
        kind, partner = records("res.partner"), self.env.user.partner_id
        self.assertEqual([self.taken(kind, value) for value in (partner, partner.id, [partner.id])], [partner] * 3)
        self.refused(kind, "x", None, -1, 0, True, 1.5, 2**31, 2**80, [[1]], {}, self.env.user, partner | self.env.company.partner_id)
        self.refused(kind, 2**31 - 1)
        self.assertEqual(len(self.taken(records("res.partner", single=False), [partner.id, self.env.company.partner_id.id])), 2)

    def test_the_other_kinds(self):
        self.assertEqual(self.taken(ids(), [3, 3, 2]), [3, 2])
        self.assertEqual(self.taken(ids(), 3), [3])
        self.refused(ids(), "x", None, {}, [[1]], [None], [-1], [True], 2**40)
        self.refused(one_id(), "x", None, 0, True, [1])
        self.assertEqual(self.taken(text(), "a\0b"), "ab")
        self.refused(text(), 1, None, [], {}, b"x")
        self.assertEqual(self.taken(field_names(), ("name", "note")), ["name", "note"])
        self.refused(field_names(), "name", 1, None, [1], [["name"]], {"name": 1})
        self.assertEqual(self.taken(choice("a", "b"), "b"), "b")
        self.refused(choice("a", "b"), "c", None, ["a"], {})
        self.assertEqual(self.taken(number(0, 24), 2.5), 2.5)
        self.refused(number(0, 24), -1, 25, 1e308, float("nan"), float("inf"), "2", None, True, [])
        self.assertEqual(self.taken(day(), "2026-03-04"), date(2026, 3, 4))
        self.refused(day(past=0, ahead=10), "2026-03-01", "2026-03-13", "9999-12-31", "0001-01-01")
        self.refused(day(), "x", "", None, 1, [], {}, "2026-13-01")
        self.assertEqual(str(self.taken(moment(), "2026-03-02 08:00:00")), "2026-03-02 08:00:00")
        self.refused(moment(past=1, ahead=0), "2099-01-01 00:00:00", "0001-01-01 00:00:00", "x", 5)
        self.assertEqual(self.taken(values(n=number()), {"n": 1, "other": "x", "none": None}), {"n": 1, "other": "x", "none": None})
        self.refused(values(n=number()), {"n": "x"}, None, "x", [], [["n", 1]])

    def test_a_method_says_what_it_takes(self):
        class Model:
            @takes(outcome=records("res.users"), note=text())
            def act(records, outcome=None, note=None):
                return outcome, note

        partner = self.env.user.partner_id
        self.assertEqual(Model.act(partner), (None, None))
        self.assertEqual(Model.act(partner, self.env.uid, note="x"), (self.env.user, "x"))
        self.assertEqual(Model.act(partner, False, None), (False, None), "what is left out is the method's to fill")
        for arguments_ in (("x",), (1, 2), (1, "x", 3)):
            with self.subTest(arguments=arguments_), self.assertRaises(UserError):
                Model.act(partner, *arguments_)
        with self.assertRaises(UserError):
            Model.act(partner, unknown=1)
        for wrong in ("x", [[1]], [None], [{}], [-1], [True], [2**40]):
            with self.subTest(ids=wrong), self.assertRaises(UserError):
                Model.act(partner.browse(wrong))

    def test_a_sentence_tells_only_the_beginning_of_a_wrong_value(self):
        self.assertLess(len(arguments.shown("x" * 100_000)), 100)
