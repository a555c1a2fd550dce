from datetime import date

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TouchCase

CONTACTS = ["id", "name", "email", "phone", "temperature", "touch_tz", "is_vip", "touch_opt_out", "birthdate_date"]


@tagged("post_install", "-at_install")
class TestImport(TouchCase):
    """Files of contacts and leads, as other programs export them, through Odoo's own import."""

    def load(self, user, model, fields, rows):
        """:return: the records, and the messages of what was refused"""
        result = self.env[model].with_user(user).load(fields, rows)
        return self.env[model].browse(result["ids"] or ()), [message["message"] for message in result["messages"]]

    def test_a_file_with_our_columns(self):
        for user in (self.rep, self.manager):
            with self.subTest(user=user.name):
                rows = [
                    [
                        f"tc_{user.id}.a",
                        "Ann",
                        "a@x.example",
                        "0471 12 34 56 ::: 02 512 34 56",
                        "Warm",
                        "Asia/Kolkata",
                        "1",
                        "0",
                        "1970-03-04",
                    ],
                    [f"tc_{user.id}.b", "Ben", "b@x.example", "3,2471E+10", "hot", "", "", "", ""],
                    [f"tc_{user.id}.c", "Cleo", "", "12/03/2025", "", "", "", "TRUE", "1604-03-04"],
                ]
                clients, refused = self.load(user, "res.partner", CONTACTS, rows)
                self.assertFalse(refused)
                self.assertEqual(clients.mapped("phone"), [row[3] for row in rows], "nothing is lost")
                self.assertEqual(clients[:2].mapped("temperature"), ["warm", "hot"])
                self.assertEqual(clients.mapped("touch_opt_out"), [False, False, True])
                again, refused = self.load(user, "res.partner", ["id", "temperature"], [[row[0], "cold"] for row in rows])
                self.assertFalse(refused)
                self.assertEqual(again, clients, "the same file again makes nobody twice")

    def test_b19_birthdays_without_a_year(self):
        texts = ["--03-04", "0001-03-04", "1604-03-04", "--0304", "--02-29", "1970-03-04"]
        rows = [[f"tc_b.{number}", f"Ann {number}", text] for number, text in enumerate(texts)]
        clients, refused = self.load(self.rep, "res.partner", ["id", "name", "birthdate_date"], rows)
        self.assertFalse(refused)
        self.assertEqual(clients.mapped("birthdate_date"), [date(1604, 3, 4)] * 4 + [date(1604, 2, 29), date(1970, 3, 4)])
        self.assertFalse(any(clients[:5].mapped("age")))
        _none, refused = self.load(self.rep, "res.partner", ["id", "name", "birthdate_date"], [["tc_b.x", "Ben", "--02-30"]])
        self.assertIn("valid date", refused[0])

    def test_a_row_that_is_refused_is_named(self):
        for model in ("res.partner", "crm.lead"):
            with self.subTest(model):
                rows = [[f"tc_{model[:3]}.{name}", name, potential] for name, potential in (("Ann", ""), ("Ben", "High"), ("Cleo", ""))]
                clients, refused = self.load(self.rep, model, ["id", "name", "potential"], rows)
                self.assertFalse(clients)
                self.assertTrue(refused)
                self.assertTrue(all("“Ben”" in text for text in refused), refused)
                self.assertEqual(
                    self.load(self.manager, model, ["id", "name", "potential"], rows)[0].mapped("potential"), [False, "high", False]
                )
        client = self.make_partners(name="Dora")
        self.env["ir.model.data"].create({"module": "tc_x", "name": "d", "model": "res.partner", "res_id": client.id})
        _none, refused = self.load(self.rep, "res.partner", ["id", "abc_class"], [["tc_x.d", "A"]])
        self.assertIn("“Dora”: “Class by Volume”", refused[0])
        client.name = "D" * 1000
        _none, refused = self.load(self.rep, "res.partner", ["id", "abc_class"], [["tc_x.d", "A"]])
        self.assertLess(len(refused[0]), 300)

    def test_a_file_of_cadences_with_their_steps_and_ladders(self):
        self.load(self.manager, "touch.next.step", ["name", "kind"], [["Визит", "Meeting"], ["Осмотр", "viewing"]])
        columns = ["name", "target", "step_ids/delay", "step_ids/channel", "rung_ids/sequence", "rung_ids/next_step_ids"]
        rows = [
            ["Продажи", "7", "0", "Call", "2", "Осмотр,Payment"],
            ["", "", "2", "email", "1", "Визит"],
            ["Vânzări țară", "5", "3", "", "", ""],
        ]
        cadences, refused = self.load(self.manager, "touch.cadence", columns, rows)
        self.assertFalse(refused)
        self.assertEqual(cadences.mapped("name"), ["Продажи", "Vânzări țară"])
        first = cadences[0].with_context(lang=None)
        self.assertEqual((first.step_ids.mapped("delay"), first.step_ids.mapped("channel")), ([0, 2], ["call", "email"]))
        ladder = [rung.next_step_ids.mapped("name") for rung in first.rung_ids.sorted("sequence")]
        self.assertEqual(ladder, [["Визит"], ["Осмотр", "Payment"]])
        for row, said in (
            (["A", "7", "-3", "", "", ""], "0 to 260 working days"),
            (["A", "7", "", "", "1", ""], "names no next step"),
            (["A", "7", "", "", "10000000", "Визит"], "from -1,000,000 to 1,000,000"),
            (["A", "0", "", "", "", ""], "target of 1 to 1,000"),
            (["A", "7", "", "", "1", "Нет такого"], "Нет такого"),
        ):
            with mute_logger("odoo.sql_db"):
                none, refused = self.load(self.manager, "touch.cadence", columns, [row])
            self.assertFalse(none, row)
            self.assertIn(said, refused[0])
            self.assertNotIn("violates", " ".join(refused))

    def test_R57_an_item_stands_once_in_the_list(self):
        items, refused = self.load(self.manager, "touch.item", ["name"], [["  Красный   стул "], ["Scaun țară"]])
        self.assertFalse(refused)
        self.assertEqual(items.mapped("name"), ["Красный стул", "Scaun țară"])
        for row in ("Красный стул", "красный  Стул", "SCAUN țară"):
            with mute_logger("odoo.sql_db"):
                none, refused = self.load(self.manager, "touch.item", ["name"], [[row]])
            self.assertFalse(none)
            self.assertIn("there already", refused[0])
        items[0].active = False
        again, refused = self.load(self.manager, "touch.item", ["name"], [["Красный стул"]])
        self.assertTrue(again)
        company = self.env["res.company"].create({"name": "Other"})
        self.env["touch.item"].create({"name": "Scaun țară", "company_id": company.id})

    def test_no_right_is_bypassed(self):
        lead = self.make_leads(user_id=self.rep_two.id)
        self.env["ir.model.data"].create({"module": "tc_y", "name": "l", "model": "crm.lead", "res_id": lead.id})
        for fields, row in (
            (["id", "temperature"], ["tc_y.l", "hot"]),
            (["id", "name", "enrollment_ids/state"], ["tc_y.n", "New", "won"]),
            (["id", "name", "enrollment_ids/state", "enrollment_ids/cadence_id/.id"], ["tc_y.m", "New", "won", str(self.cadence.id)]),
        ):
            with self.subTest(fields=fields):
                _none, refused = self.load(self.rep, "crm.lead", fields, [row])
                self.assertTrue(refused)
                self.assertNotIn("KeyError", refused[0])
        self.assertEqual(lead.temperature, "cold")
        made, _refused = self.load(self.rep, "crm.lead", ["id", "name", "touch_ids/channel"], [["tc_y.o", "New", "email"]])
        self.assertFalse(self.env["touch.touch"].search([("lead_id", "in", made.ids)]))
