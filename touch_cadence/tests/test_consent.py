from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.base.system import as_system
from .common import TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestConsent(TouchCase):
    """What clients allow and refuse, channel by channel (R44, R55)."""

    def wish(self, client, channel="every", state="refused", note=False, user=None):
        action = client.with_user(user or self.rep).action_touch_wish()
        wizards = self.env[action["res_model"]].with_user(user or self.rep).with_context(**action["context"])
        wizard = wizards.create({"channel": channel, "state": state, "note": note})
        wizard.action_note()
        self.decide()
        return wizard

    def channels(self, client):
        system = as_system(self.env)
        [facts] = system["touch.facts"]._read_facts(system["touch.client"]._subjects_of_clients(client, self.cadence))
        return facts.open_channels

    def test_no_touch_goes_by_a_channel_that_the_client_refuses(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        channel = self.planned(lead).channel
        kind = {"email": "email", "sms": "text"}.get(channel, "call")
        self.wish(lead, kind, note="Not this way, please")
        self.assertTrue(self.planned(lead), "another way is open")
        self.assertNotEqual(self.planned(lead).channel, channel)
        self.assertEqual(lead.enrollment_ids.state, "running")
        self.assertIn("Not this way, please", self.wish(lead, kind).known)

    def test_the_forms_say_what_is_refused(self):
        lead = self.make_leads(partner_id=self.make_partners().id)
        self.assertFalse(lead.touch_refused)
        self.wish(lead, "text")
        self.wish(lead.partner_id, "email")
        self.env.invalidate_all()
        self.assertEqual((lead.touch_refused, lead.partner_id.touch_refused), ("Email, Text messages", "Email"))

    def test_a_contacts_wish_binds_its_deals_and_nobody_else(self):
        company = self.make_partners(is_company=True)
        anna, otto = self.make_partners(2, parent_id=company.id)
        of_anna, of_otto = self.make_leads(partner_id=anna.id), self.make_leads(partner_id=otto.id)
        self.wish(anna, "email")
        self.assertNotIn("email", self.channels(of_anna))
        self.assertIn("email", self.channels(of_otto))

    def test_who_wants_nothing_more_is_left_in_peace_and_may_change_his_mind(self):
        lead = self.make_leads(website="https://client.example")
        self.cadence.enroll(lead)
        self.wish(lead)
        enrollment = lead.enrollment_ids
        self.assertEqual((enrollment.state, enrollment.stop_reason), ("stopped", "opt_out"))
        self.assertFalse(self.planned(lead))
        with self.assertRaisesRegex(UserError, "Choose the channel"):
            self.wish(lead, False)
        with self.assertRaisesRegex(UserError, "who said it, and when"):
            self.wish(lead, "call", "allowed", " ")
        self.wish(lead, "call", "allowed", "Called us on Monday: calls are fine")
        self.assertEqual(self.channels(lead) - {"social", "web"}, {"call", "voice"})

    def test_the_same_wish_is_kept_once_and_every_row_stays(self):
        lead = self.make_leads()
        for _time in range(2):
            self.wish(lead, "email")
        self.wish(lead, "email", "allowed", "Asked for the price list")
        wishes = self.env["touch.consent"].search([("lead_id", "=", lead.id)])
        self.assertEqual(wishes.mapped("state"), ["allowed", "refused"])
        self.assertEqual(wishes.user_id, self.rep)
        for user in (self.rep, self.manager):
            its = wishes.with_user(user)
            for act in (
                lambda its=its: its.write({"note": "x"}),
                lambda its=its: its.unlink(),
                lambda its=its: its.create({"lead_id": lead.id, "state": "allowed", "source": "hand", "note": "x"}),
            ):
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    act()

    def test_nobody_speaks_for_a_client_that_is_not_his(self):
        lead = self.make_leads(user_id=self.rep_two.id)
        with self.assertRaises(AccessError):
            lead.with_user(self.rep).action_touch_wish()
        wizard = self.env["touch.wish"].with_user(self.rep).create({"channel": "call", "state": "allowed", "note": "Yes, please"})
        with self.assertRaises(AccessError):
            wizard.lead_id = lead
        with self.assertRaises(AccessError):
            self.env["touch.wish"].with_user(self.rep).create({"channel": "call", "lead_id": lead.id})
        with self.assertRaisesRegex(UserError, "gone"):
            wizard.action_note()
        self.wish(lead, "email", user=self.rep_two)
        seen = self.env["touch.consent"].search([("lead_id", "=", lead.id)])
        self.assertFalse(seen.with_user(self.rep)._filtered_access("read"))

    def test_STOP_by_text_message_refuses_texts_and_START_allows_them_again(self):
        partner = self.make_partners(phone="+32470111222")
        lead = self.make_leads(phone="+32 470 11 12 22")
        on_text = as_system(self.env)["touch.consent"].on_text
        self.assertEqual(on_text("+32470111222", "Stop by tomorrow, I have the plans here"), "")
        self.assertIn("sms", self.channels(lead))
        self.assertEqual(on_text("+32470111222", "Стоп, пожалуйста"), "stop")
        for client in (partner, lead):
            self.assertNotIn("sms", self.channels(client))
            self.assertIn("call", self.channels(client))
        self.assertEqual(on_text("+32470111222", "START"), "start")
        self.assertIn("sms", self.channels(lead))
        self.assertEqual(on_text("+32470999999", "STOP"), "stop", "of nobody we know: nothing to keep")
        self.assertEqual(self.env["touch.consent"].search([("source", "=", "text")]).mapped("note").count("START"), 2)
        with self.assertRaises(AccessError):
            self.env["touch.consent"].with_user(self.manager).on_text("+32470111222", "START")

    def test_STOP_is_kept_of_who_was_archived(self):
        partner = self.make_partners(phone="+32470111223", active=False)
        as_system(self.env)["touch.consent"].on_text("+32470111223", "STOP")
        self.assertEqual(partner.touch_refused, "Text messages")

    def test_what_was_said_goes_on_with_the_record_that_stays(self):
        one, other = self.make_leads(2)
        self.wish(other, "call")
        (one | other).merge_opportunity()
        self.assertEqual((one | other).exists().touch_refused, "Calls")
        kept, merged = self.make_partners(2, email="anna@touch.example")
        self.wish(merged, "email")
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"dst_partner_id": kept.id, "partner_ids": [(6, 0, (kept | merged).ids)]}
        )
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(kept.touch_refused, "Email")
