from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.tests import Form, tagged, users

from ..models.base.system import as_system
from ..models.client import touch_reach
from .common import TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestReach(TouchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.be")

    def reach(self, lead=None, partner=None):
        lead, partner = lead or self.env["crm.lead"], partner or self.env["res.partner"]
        owner = (lead.id, (partner or lead.partner_id).id, self.env.company.id)
        return self.env["touch.reach"]._read([owner])[owner]

    def channels(self, lead):
        system = as_system(self.env)
        [facts] = system["touch.facts"]._read_facts(system["touch.client"]._subjects_of_clients(lead, self.cadence))
        return facts.open_channels

    def test_b4_the_first_valid_number_that_is_open_is_called(self):
        for text in ("0471 12 34 56 / 02 512 34 56", "0471 12 34 56 ::: 02 512 34 56", "0471 12 34 56 (mobile), Anna 02 512 34 56"):
            with self.subTest(text=text):
                lead = self.make_leads(phone=text)
                self.assertEqual(self.reach(lead)[:2], ("+32471123456", "0471 12 34 56"))
                self.env["phone.blacklist"].add("+32471123456")
                self.assertEqual(self.reach(lead)[:2], ("+3225123456", "02 512 34 56"))
                self.assertIn("call", self.channels(lead))
                self.env["phone.blacklist"].add("+3225123456")
                self.assertEqual(self.reach(lead)[:2], ("", ""))
                self.assertFalse({"call", "sms", "voice"} & self.channels(lead))
                self.env["phone.blacklist"].remove("+32471123456")
                self.env["phone.blacklist"].remove("+3225123456")

    def test_b4_a_number_of_an_unknown_country_is_shown_and_never_dialled(self):
        self.env.company.country_id = False
        lead = self.make_leads(phone="0471 12 34 56", email_from=False, country_id=False)
        self.assertEqual(self.reach(lead)[:2], ("", "0471 12 34 56"))
        self.assertFalse({"call", "sms", "voice", "meeting"} & self.channels(lead))
        lead.country_id = self.env.ref("base.be")
        self.assertEqual(self.reach(lead).number, "+32471123456")

    def test_b4_the_country_is_that_of_the_contact_its_company_or_the_lead(self):
        france = self.env.ref("base.fr")
        company = self.make_partners(is_company=True, country_id=france.id)
        contact = self.make_partners(parent_id=company.id, phone="06 12 34 56 78", type="other")
        contact.country_id = False
        self.assertEqual(self.reach(partner=contact).number, "+33612345678", "its company's")
        company.country_id = False
        lead = self.make_leads(partner_id=contact.id, phone=False, country_id=france.id)
        contact.phone = "06 12 34 56 78"
        lead.country_id = france
        self.assertEqual(self.reach(lead).number, "+33612345678", "the lead's")
        contact.country_id = self.env.ref("base.be")
        lead.phone = False
        contact.phone = "0471 12 34 56"
        self.assertEqual(self.reach(lead).number, "+32471123456", "its own")

    def test_b5_a_number_without_digits_is_no_number(self):
        for text in ("n/a", "-", "none", "0", "?", "#N/A", "x"):
            with self.subTest(text=text):
                lead = self.make_leads(phone=text, email_from="n/a", street="n/a", city="-", website="n/a")
                self.assertEqual(self.reach(lead), ("", "", "", "", False))
                self.assertFalse(self.channels(lead))

    def test_b5_the_same_kind_of_addresses(self):
        lead = self.make_leads(phone=False, email_from="mailto:ann@acme.example; ben@acme.example", street="Main Street 1", city="Ghent")
        self.assertEqual((self.reach(lead).email, self.reach(lead).address), ("ann@acme.example", "lead"))
        self.env["mail.blacklist"]._add("ann@acme.example")
        self.assertEqual(self.reach(lead).email, "ben@acme.example")
        self.assertLessEqual({"email", "letter"}, self.channels(lead))

    def test_without_the_library_numbers_are_dialled_as_they_are_written(self):
        lead = self.make_leads(phone="0471 12 34 56 / n/a")
        with patch.object(touch_reach, "phonenumbers", None):
            self.assertEqual(self.reach(lead).number, "0471123456")
            lead.country_id = self.env.company.country_id = False
            self.assertEqual(self.reach(lead).number, "")

    def test_b17_the_contacts_mail_removed_the_leads_is_used(self):
        partner = self.make_partners(name="Ann Lee")
        lead = self.make_leads(partner_id=partner.id, email_from="ann@acme.example")
        self.cadence.enroll(lead)
        touch = self.planned(lead)
        touch.channel = "email"
        self.env.cr.execute("UPDATE res_partner SET email = NULL, email_normalized = NULL WHERE id = %s", [partner.id])
        self.env.invalidate_all()
        self.assertEqual(lead.email_from, "ann@acme.example")
        recipients = self.env["res.partner"].browse(touch.action_prepare()["context"]["default_partner_ids"])
        self.assertEqual(recipients.mapped("email_normalized"), ["ann@acme.example"])
        self.assertEqual(self.env["res.partner"].browse(touch.action_prepare()["context"]["default_partner_ids"]), recipients, "made once")
        partner.email = "ann@acme.example"
        self.assertEqual(touch.action_prepare()["context"]["default_partner_ids"], partner.ids)

    @users("tc_rep")
    def test_b4_desk_and_composer_go_by_the_number_of_the_decision(self):
        lead = self.make_leads(phone="0471 12 34 56 / 0472 12 34 56", email_from="ann@acme.example, ben@acme.example")
        self.env["phone.blacklist"].sudo().add("+32471123456")
        self.env["mail.blacklist"].sudo()._add("ann@acme.example")
        self.cadence.enroll(lead)
        touch = self.planned(lead).with_user(self.env.user)
        card = self.env["touch.desk"].cards(touch.ids)[touch.id]
        self.assertEqual((card["phone"], card["dial"], card["email"]), ("0472 12 34 56", "+32472123456", "ben@acme.example"))
        touch.sudo().channel = "sms"
        action = touch.action_prepare()
        with Form(self.env[action["res_model"]].with_context(**action["context"])) as form:
            self.assertEqual(form.recipient_single_number_itf, "+32472123456")
        with patch.object(type(self.env["sms.sms"]), "send"):  # no gateway here: what it refuses is no touch
            message = form.record._action_send_sms()
        self.assertEqual(self.env["sms.sms"].sudo().search([("mail_message_id", "=", message.id)]).mapped("number"), ["+32472123456"])
        self.assertEqual(lead.phone, "0471 12 34 56 / 0472 12 34 56", "what is known stays as it is")
        self.assertEqual(touch.state, "done")

    def test_the_letter_goes_to_the_address_of_the_decision(self):
        partner = self.make_partners(street="n/a", city="n/a")
        lead = self.make_leads(partner_id=partner.id, street="Main Street 1", city="Ghent")
        lead.write({"street": "Main Street 1", "city": "Ghent"})
        partner.write({"street": "n/a", "city": False})
        self.cadence.enroll(lead)
        self.assertIn("letter", self.channels(lead))
        self.assertIn("Main Street 1", self.planned(lead)._letter_address())

    def test_reading_costs_no_query_a_client(self):
        def read(count):
            leads = self.make_leads(count, phone="0471 12 34 56 / 02 512 34 56")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["touch.reach"]._read([(lead_id, False, self.env.company.id) for lead_id in leads.ids])
            return self.env.cr.sql_log_count - before

        read(2)
        self.assertLessEqual(read(40), read(10) + 1)

    def test_b18_dear_sofia(self):
        for name, first in (("Dr. Sofia Meier", "Sofia"), ("Mr John Smith", "John"), ("Meier, Sofia", "Sofia"), ("🔥 John", "John")):
            with self.subTest(name=name):
                lead = self.make_leads(contact_name=name)
                self.cadence.enroll(lead)
                self.assertEqual(self.planned(lead)._fill_values()["first_name"], first)

    def test_b18_dear_nagy_peter(self):
        partner = self.make_partners(name="Nagy Péter", country_id=self.env.ref("base.hu").id)
        self.cadence.enroll(partner)
        self.assertEqual(self.planned(partner)._fill_values()["first_name"], "Nagy Péter", "the family stands first there")

    def test_b19_a_birthday_without_a_year(self):
        self.env.company.touch_paper_age = 50
        today = fields.Date.today()
        for born in ("1604-03-04", "0001-03-04", "1900-03-04"):
            with self.subTest(born=born):
                partner = self.make_partners(birthdate_date=born)
                self.assertIsNone(partner._touch_age(today))
                self.care.enroll(partner)
                self.assertEqual(self.planned(partner).reason_id.kind, "birthday", "the birthday itself counts")
