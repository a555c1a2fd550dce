from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import new_test_user, tagged

from .common import TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestFirstHour(TouchCase):
    """The checklist of the first hour ticks itself, and each does what is theirs."""

    def hour(self, user=None):
        return self.env["touch.first.hour"].with_user(user or self.manager)

    def done(self, user=None):
        return {step["key"]: step["done"] for step in self.hour(user).read_steps()["steps"]}

    def test_it_begins_with_nothing_done(self):
        found = self.hour().read_steps()
        self.assertFalse(found["begun"])
        self.assertTrue(found["shown"])
        self.assertFalse(found["may_close"], "nobody closes it before anybody was enrolled")
        self.assertEqual(found["steps"][0]["key"], "clients")
        self.assertFalse(found["steps"][0]["done"])

    def test_the_first_enrolment_ticks_it(self):
        self.cadence.enroll(self.make_leads())
        found = self.hour().read_steps()
        self.assertTrue(found["begun"])
        self.assertTrue(found["steps"][0]["done"])
        self.assertTrue(found["may_close"])

    def test_the_first_enrolment_leads_to_the_desk_and_later_ones_stay_in_their_list(self):
        self.manager.group_ids |= self.env.ref("sales_team.group_sale_manager")
        for expected in ("touch_cadence.desk", "soft_reload"):
            leads = self.make_leads(user_id=self.manager.id)
            wizard = {"cadence_id": self.cadence.id, "model": "crm.lead", "res_ids": leads.ids}
            action = self.env["touch.enroll"].with_user(self.manager).create(wizard).action_enroll()
            self.assertEqual(action["params"]["next"]["tag"], expected)

    def test_who_has_nobody_yet_is_led_to_the_import(self):
        for has_clients, place in ((True, 2), (False, 0)):
            with patch.object(type(self.hour()), "_has_clients", lambda hour, has_clients=has_clients: has_clients):
                buttons = self.hour().read_steps()["steps"][0]["buttons"]
            self.assertEqual(len(buttons), 3)
            self.assertEqual(buttons[place]["action"]["params"]["active_model"], "res.partner")

    def test_a_missing_mail_server_is_named(self):
        def said(user):
            return next(step for step in self.hour(user).read_steps()["steps"] if step["key"] == "mail")

        servers = self.env["ir.mail_server"]
        servers.search([]).active = False
        self.assertIn("No mail server is entered", said(self.rep)["text"])
        admin = new_test_user(self.env, "tc_admin", "base.group_system,sales_team.group_sale_manager")
        self.assertEqual(said(admin)["buttons"][0]["action"], "base.action_ir_mail_server_list")
        servers.create({"name": "Box", "smtp_host": "127.0.0.1"})
        self.assertIn("your administrator entered", said(self.rep)["text"])
        self.assertEqual(said(admin)["buttons"][0]["method"], "send_test_mail")

    def test_a_rep_reads_what_is_missing_and_whose_it_is(self):
        steps = {step["key"]: step for step in self.hour(self.rep).read_steps()["steps"]}
        self.assertIn("sales manager", steps["hours"]["text"])
        self.assertIn("administrator", steps["answers"]["text"])
        self.assertFalse(steps["hours"]["buttons"])
        self.assertTrue(steps["clients"]["buttons"])

    def test_only_managers_settle_it(self):
        for act in (
            lambda hour: hour.choose_business("retail"),
            lambda hour: hour.confirm_hours(),
            lambda hour: hour.switch_off_sms(),
            lambda hour: hour.close(),
        ):
            with self.assertRaises(AccessError):
                act(self.hour(self.rep))
        self.hour().confirm_hours()
        self.assertTrue(self.done()["hours"])
        other = self.env["res.company"].create({"name": "Another company"})
        with self.assertRaisesRegex(UserError, "all companies"):
            self.hour().switch_off_sms()
        self.manager.company_ids |= other
        self.hour().switch_off_sms()
        self.assertTrue(self.done()["sms"])
        self.assertNotIn("sms", self.env["mail.activity.type"]._touch_types_by_channel())

    def test_a_kind_of_business_brings_its_set_and_puts_the_other_one_away(self):
        make = self.env["touch.reason"].create
        tools, silk = (
            make({"name": "Spare parts", "business": "equipment", "active": False}),
            make({"name": "New silk", "business": "retail", "active": True}),
        )
        own = make({"name": "Our own"})
        found = self.hour().choose_business("equipment")
        self.assertTrue(tools.active)
        self.assertFalse(silk.active)
        self.assertTrue(own.active)
        self.assertTrue({step["key"]: step["done"] for step in found["steps"]}["texts"])
        self.hour().choose_business("retail")
        self.assertFalse(tools.active)
        self.assertTrue(silk.active)
        self.hour().choose_business("general")
        self.assertFalse(tools.active | silk.active)

    def test_a_cadence_that_is_used_stays(self):
        self.cadence.business = "equipment"
        self.cadence.enroll(self.make_leads())
        self.hour().choose_business("retail")
        self.assertTrue(self.cadence.active)

    def test_what_another_company_works_with_stays(self):
        other = self.env["res.company"].create({"name": "Elsewhere", "touch_business": "equipment"})
        parts = self.env["touch.reason"].create({"name": "Spare parts", "business": "equipment"})
        manager = new_test_user(
            self.env, "tc_elsewhere", "sales_team.group_sale_manager", company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        self.cadence.business = "retail"
        self.assertTrue(self.cadence.enroll(self.make_leads()))
        self.hour(manager).choose_business("equipment")
        self.assertTrue(self.cadence.active, "a client of a company that this manager does not see is in it")
        self.hour().choose_business("retail")
        self.assertTrue(parts.active, "the other company chose it")
        other.touch_business = "general"
        self.hour().choose_business("retail")
        self.assertFalse(parts.active)

    def test_nobody_says_by_hand_that_a_record_comes_ready(self):
        for model in ("touch.reason", "touch.cadence", "touch.marker.question"):
            makes = self.env[model].with_user(self.manager)
            made = makes.create({"name": "Mine"})
            for act in (
                lambda made=made: made.write({"business": "retail"}),
                lambda makes=makes: makes.create({"name": "Mine, too", "business": "retail"}),
                lambda makes=makes: makes.with_context(default_business="retail").create({"name": "Mine, too"}),
            ):
                with self.assertRaises(AccessError):
                    act()

    def test_a_test_mail_ticks_that_mails_go_out(self):
        self.rep.email = "rita@touch.example"
        self.assertFalse(self.done()["mail"])
        with patch.object(type(self.env["mail.mail"]), "send", side_effect=ConnectionRefusedError("refused")):
            with self.assertRaisesRegex(UserError, "rita@touch.example did not go out: refused"):
                self.hour(self.rep).send_test_mail()
        self.assertFalse(self.done()["mail"])
        sent = self.env["mail.mail"].search([])
        self.hour(self.rep).send_test_mail()
        self.assertTrue(self.done()["mail"])
        self.assertLessEqual((self.env["mail.mail"].search([]) - sent).mapped("email_to"), [self.rep.email_formatted])

    def test_who_has_no_address_is_told(self):
        self.rep.email = False
        with self.assertRaisesRegex(RedirectWarning, "no e-mail address"):
            self.hour(self.rep).send_test_mail()

    def test_a_closed_checklist_is_shown_no_more(self):
        self.hour().close()
        self.assertFalse(self.hour(self.rep).read_steps()["shown"])
