from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

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
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self.hour(self.rep).send_test_mail()

    def test_a_closed_checklist_is_shown_no_more(self):
        self.hour().close()
        self.assertFalse(self.hour(self.rep).read_steps()["shown"])
