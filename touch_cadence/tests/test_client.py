from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.tests import Form, tagged, users
from odoo.tools import SQL

from .common import MONDAY, TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestClient(TouchCase):
    @users("tc_rep")
    def test_two_clicks_log_an_incoming_call(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        action = lead.with_user(self.env.user).action_touch_log()
        with Form(self.env[action["res_model"]].with_context(**action["context"])) as form:
            pass
        form.record.action_log()
        logged = lead.touch_ids.filtered(lambda touch: touch.state == "done")
        self.assertRecordValues(
            logged,
            [
                {
                    "direction": "in",
                    "channel": "call",
                    "number": 1,
                    "counts": True,
                    "reached": True,
                    "enrollment_id": lead.enrollment_ids.id,
                    "step_id": False,
                }
            ],
        )
        self.assertEqual(self.planned(lead).number, 2, "the planned touch counts one up")
        self.assertEqual(lead.touch_count, 1)

    def test_a_form_shows_what_is_planned_and_decides_nothing(self):
        lead, waiting = self.make_leads(2)
        self.cadence.enroll(lead | waiting)
        self.planned(waiting).done()  # the next one is days away
        planner = type(self.env["touch.facts"])
        with patch.object(planner, "_decide", autospec=True, side_effect=planner._decide) as decide:
            self.assertIn("Touch 1 of 7", lead.with_user(self.rep).next_touch_why)
            decide.assert_not_called()
            self.env.invalidate_all()
            self.assertIn("Touch 2", waiting.with_user(self.rep).next_touch_why)

    def test_a_logged_touch_of_nobodys_client(self):
        partner = self.make_partners()
        touch = partner.log_touch({"channel": "web", "direction": "in"})
        self.assertEqual((touch.state, touch.number), ("done", 0))
        self.assertEqual(partner.touch_count, 1)
        self.assertFalse(partner.enrollment_ids)

    def test_five_logged_warming_touches_bring_the_closing_one(self):
        partner = self.make_partners()
        for _times in range(5):
            partner.log_touch({"channel": "call"})
        self.cadence.enroll(partner)
        self.assertEqual(self.planned(partner).purpose, "closing")

    def test_a_logged_refusal_ends_it(self):
        partner = self.make_partners()
        self.cadence.enroll(partner)
        partner.log_touch({"channel": "call", "direction": "in", "outcome_id": self.outcomes["clear_no"].id})
        self.assertEqual(partner.enrollment_ids.sorted("id")[0].state, "refused")
        self.assertFalse(self.planned(partner))

    def test_log_for_many(self):
        partners = self.make_partners(3)
        self.assertEqual(partners.log_touch({"channel": "email"}).partner_id, partners)

    def test_a_colleague_sees_the_companys_figures(self):
        company = self.make_partners(is_company=True)
        one, two = self.make_partners(2, parent_id=company.id)
        self.cadence.enroll(one)
        self.planned(one).done()
        for record in company | one | two:
            self.assertEqual((record.touch_count, record.next_touch_date), (1, MONDAY + timedelta(days=2)))
            self.assertIn("Touch 2 of 7", record.next_touch_why)

    def test_figures_can_be_searched(self):
        one, two = self.make_partners(2)
        self.cadence.enroll(one)
        both = [("id", "in", (one | two).ids)]
        search = self.env["res.partner"].search
        self.assertEqual(search([*both, ("next_touch_date", "=", MONDAY)]), one)
        self.assertEqual(search([*both, ("next_touch_date", "=", False)]), two)
        self.assertFalse(search([*both, ("next_touch_date", "<", MONDAY)]))
        self.planned(one).done()
        self.assertEqual(search([*both, ("last_touch_date", ">=", "2026-03-02 00:00:00")]), one)

    def test_a_client_in_no_cadence_says_so(self):
        self.assertIn("nothing is planned", self.make_partners().next_touch_why)

    def test_a_new_lead_takes_its_contacts_temperature(self):
        partner = self.make_partners(temperature="hot")
        self.assertEqual(self.make_leads(partner_id=partner.id).temperature, "hot")
        self.assertEqual(self.make_leads().temperature, "cold")

    def test_an_outcome_warms_lead_and_contact(self):
        lead = self.make_leads(partner_id=self.make_partners().id)
        self.cadence.enroll(lead)
        self.planned(lead).done(self.outcomes["interested"])
        self.assertEqual((lead.temperature, lead.partner_id.temperature), ("warm", "warm"))

    def test_figures_and_filters_agree(self):
        company = self.make_partners(is_company=True)
        contact, stranger = self.make_partners(parent_id=company.id), self.make_partners()
        stranger.log_touch({"channel": "web"})
        self.cadence.enroll(contact)
        every = company | contact | stranger
        both = [("id", "in", every.ids)]
        search = self.env["res.partner"].search
        self.assertEqual(search([*both, ("next_touch_date", "!=", False)]), every.filtered("next_touch_date"))
        self.assertEqual(search([*both, ("last_touch_date", "!=", False)]), every.filtered("last_touch_date"))
        self.assertEqual(search([*both, ("last_touch_date", "=", False)]), every.filtered(lambda one: not one.last_touch_date))
        lead, lone = self.make_leads(partner_id=contact.id), self.make_leads()
        self.cadence.enroll(lone)
        found = self.env["crm.lead"].search([("id", "in", (lead | lone).ids), ("next_touch_date", "!=", False)])
        self.assertEqual(found, (lead | lone).filtered("next_touch_date"))
        self.assertEqual(found, lead | lone)

    def test_counts_when_several_are_logged_at_once(self):
        company = self.make_partners(is_company=True)
        contacts = self.make_partners(2, parent_id=company.id)
        enrollment = self.cadence.enroll(contacts)
        contacts.log_touch({"channel": "email"})
        touch = self.planned(contacts)
        self.assertEqual((enrollment.touch_count, touch.number), (2, 3))
        self.assertIn("Touch 3 of 7", touch.activity_id.summary)
        contacts[0].log_touch({"channel": "call", "outcome_id": self.outcomes["no_answer"].id})
        self.assertEqual((enrollment.touch_count, touch.number), (2, 3))


@tagged("post_install", "-at_install")
class TestStanding(TouchCase):
    """How warm a client is and what he could bring is said once, for records and for queries."""

    def test_records_and_queries_say_the_same(self):
        kinds = (False, "low", "high")
        company = {kind: self.make_partners(is_company=True, potential=kind) for kind in kinds}
        touches, clients = self.env["touch.touch"], self.env["touch.client"]
        for of_company in kinds:
            for of_contact in kinds:
                contact = self.make_partners(parent_id=company[of_company].id, potential=of_contact, temperature="warm")
                touches |= touches.create(
                    {"partner_id": contact.id, "channel": "call", "state": "done", "date_done": "2026-03-02 10:00:00"}
                )
                for of_deal, temperature in (("standard", "hot"), (False, "cold"), (False, False)):
                    lead = self.make_leads(partner_id=contact.id, potential=of_deal, temperature=temperature)
                    touches |= touches.create(
                        {
                            "lead_id": lead.id,
                            "partner_id": contact.id,
                            "channel": "call",
                            "state": "done",
                            "date_done": "2026-03-02 10:00:00",
                        }
                    )
        temperature, potential, joins = clients._standing_sql("touch")
        rows = self.env.execute_query(
            SQL("SELECT touch.id, %s, %s FROM touch_touch touch %s WHERE touch.id IN %s", temperature, potential, joins, touches._ids)
        )
        self.assertEqual(len(rows), 36)
        for id_, *found in rows:
            touch = touches.browse(id_)
            self.assertEqual(clients._standing_of_row(*found), clients._standing(touch.lead_id, touch.partner_id))
        self.assertEqual(
            {clients._standing(touch.lead_id, touch.partner_id) for touch in touches},
            {(warmth, kind) for warmth in ("warm", "cold") for kind in (None, "low", "high")} | {("hot", "standard")},
        )
