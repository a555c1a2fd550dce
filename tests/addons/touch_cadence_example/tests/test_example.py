from datetime import date, timedelta

from freezegun import freeze_time
from odoo.addons.touch_cadence.tests.common import MONDAY, TouchCase
from odoo.tests import tagged

FRIDAY = MONDAY + timedelta(days=4)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestExample(TouchCase):
    """Each door of docs/extending.md, walked through."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.activity.type"].search([("touch_channel", "not in", (False, "whatsapp"))]).touch_channel = False
        cls.whatsapp = cls.env.ref("touch_cadence_example.mail_activity_type_whatsapp")

    def planned(self, partner):
        return partner.enrollment_ids._open_touches()

    def test_a_channel_is_planned_prepared_and_answered(self):
        partner = self.make_partners()
        self.cadence.enroll(partner)
        touch = self.planned(partner)
        self.assertEqual((touch.channel, touch.activity_id.activity_type_id), ("whatsapp", self.whatsapp))
        self.assertIn("By WhatsApp:", touch.why)
        action = touch.with_user(self.rep).action_prepare()
        self.assertRegex(action["url"], r"^https://wa\.me/3225000000\?text=")
        channels = self.env["touch.desk"].with_user(self.rep).load()["channels"]
        self.assertEqual((channels["whatsapp"]["name"], channels["whatsapp"]["icon"]), ("WhatsApp", "fa-whatsapp"))
        self.assertEqual(channels["whatsapp"]["prepare"]["needs"], ["visible", "dial"])
        touch.with_user(self.rep).done(outcome=self.outcomes["reached"])
        self.assertTrue(touch.reached, "people answer there")
        self.assertEqual(self.planned(partner).channel, "whatsapp")

    def test_a_channel_may_stand_in_a_step_a_reason_and_a_log(self):
        step = self.cadence.step_ids[0]
        step.channel = "whatsapp"
        self.assertIn("WhatsApp", str(step._fields["channel"]._description_selection(self.env)))
        partner = self.make_partners()
        self.env["touch.log"].with_context(active_model="res.partner", active_ids=partner.ids).create({"channel": "whatsapp"}).action_log()
        self.assertEqual(partner.touch_ids.channel, "whatsapp")
        reason = self.env["touch.reason"].create({"name": "On the phone", "channel_ids": self.whatsapp.ids})
        self.assertEqual(reason.channel_ids, self.whatsapp)

    def test_a_client_without_a_number_is_not_reached_by_it(self):
        partner = self.make_partners(phone=False)
        self.cadence.enroll(partner)
        self.assertFalse(self.planned(partner))

    def test_a_channel_may_need_what_the_house_does_not_know(self):
        self.env.ref("touch_cadence_example.mail_activity_type_linkedin").touch_channel = "linkedin"
        page = "https://www.linkedin.com/in/ada"
        known, unknown = self.make_partners(phone=False, linkedin=page), self.make_partners(phone=False)
        deal = self.make_leads(phone=False, partner_id=self.make_partners(phone=False, linkedin=page).id)
        self.cadence.enroll(known | unknown)
        self.cadence.enroll(deal)
        touches = self.planned(known) | deal.enrollment_ids._open_touches()
        self.assertEqual(touches.mapped("channel"), ["linkedin", "linkedin"])
        self.assertFalse(self.planned(unknown))
        desk = self.env["touch.desk"].with_user(self.rep).load()
        button = desk["channels"]["linkedin"]["prepare"]
        for touch in touches:
            card = desk["cards"][touch.id]
            self.assertFalse(card["broken"])
            self.assertTrue(all(card[need] for need in button["needs"]))
            self.assertIn("By LinkedIn message:", card["why"])
            self.assertEqual(touch.with_user(self.rep).action_prepare()["url"], page)
        known.write({"linkedin": False, "phone": "+3225000001"})
        self.decide()
        self.assertEqual(self.planned(known).channel, "whatsapp", "the page is gone: another channel at once")

    def test_a_personal_field_is_exported_and_erased(self):
        partner = self.make_partners(linkedin="https://www.linkedin.com/in/ada")
        holding = self.env["touch.privacy.holding"]
        held = holding._held(partner, self.env["crm.lead"])
        _name, exported = holding._export(held, "json")
        self.assertIn("linkedin.com/in/ada", exported.decode())
        holding._erase(held, whole=True)
        self.assertFalse(partner.linkedin)

    def test_a_rule_of_the_company_holds_for_its_clients_only(self):
        partner, other = self.make_partners(2)
        self.cadence.enroll(partner | other)
        company = self.env["res.company"].create({"name": "Another"})
        # SQL: only the company of the run matters here
        self.planned(other).enrollment_id.flush_recordset()
        self.env.cr.execute("UPDATE touch_enrollment SET company_id = %s WHERE partner_id = %s", [company.id, other.id])
        self.env.invalidate_all()
        self.env.company.write({"fair_from": MONDAY, "fair_to": FRIDAY - timedelta(days=1)})
        self.decide()
        touch = self.planned(partner)
        self.assertEqual(touch.date_deadline, FRIDAY)
        self.assertIn("Our trade fair lasts until 03/05/2026", touch.why)
        self.assertEqual(self.planned(other).date_deadline, MONDAY)

    def test_a_touch_held_for_long_comes_back_when_its_day_is_near(self):
        partner = self.make_partners()
        enrollment = self.cadence.enroll(partner)
        self.env.company.write({"fair_from": MONDAY, "fair_to": MONDAY + timedelta(days=24)})
        self.decide()
        self.assertFalse(self.planned(partner))
        self.assertEqual(enrollment.state, "running")
        self.assertIn("Our trade fair lasts until 03/26/2026", enrollment.why)
        with freeze_time(MONDAY + timedelta(days=21)):
            self.run_planner()
            touch = self.planned(partner)
            self.assertEqual(touch.date_deadline, MONDAY + timedelta(days=25))
            self.assertIn("Our trade fair lasts until 03/26/2026", touch.why)

    def test_a_rule_forbids_days_and_says_why(self):
        partner = self.make_partners(closing_from=MONDAY, closing_to=FRIDAY)
        enrollment = self.cadence.enroll(partner)
        self.env["res.company"].search([]).touch_horizon = 9
        enrollment._review()
        touch = self.planned(partner)
        self.assertEqual(touch.date_deadline, date(2026, 3, 9))
        self.assertIn("nobody is touched in the closing week", touch.why)

    def test_a_planned_touch_moves_when_the_week_is_entered(self):
        partner = self.make_partners()
        self.cadence.enroll(partner)
        self.assertEqual(self.planned(partner).date_deadline, MONDAY)
        partner.write({"closing_from": MONDAY, "closing_to": FRIDAY})
        self.env.flush_all()
        self.env.cr.precommit.run()
        moved = self.planned(partner)
        self.assertEqual(moved.date_deadline, date(2026, 3, 9))
        self.assertIn("nobody is touched in the closing week", moved.why)

    def test_the_night_moves_nothing_into_the_closing_week(self):
        self.env["res.company"].search([]).touch_per_day = 1
        partners = self.make_partners(3)
        self.cadence.enroll(partners)
        touches = self.planned(partners)
        touches.snooze(MONDAY)
        late = partners[-1]
        # SQL: the night finds the week; a write would decide at once
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET closing_from = %s, closing_to = %s WHERE id = %s", [MONDAY + timedelta(days=1), FRIDAY, late.id]
        )
        self.env.invalidate_all()
        self.env["touch.planner"]._move_overflow()
        days = {touch.partner_id: touch.date_deadline for touch in touches}
        self.assertFalse(MONDAY < days[late] <= FRIDAY)
        self.assertIn(date(2026, 3, 3), days.values(), "others move to the next day")

    def test_a_fact_reader_changes_what_is_known(self):
        partner = self.make_partners(key_account=True)
        enrollment = self.cadence.enroll(partner)
        subjects = self.env["touch.client"]._subjects_of_enrollments(enrollment)
        [facts] = self.env["touch.facts"]._read_facts(subjects)
        self.assertTrue(facts.vip)

    def test_holds_and_facts_cost_no_query_a_client(self):
        reader = self.env["touch.facts"]

        def queries(count):
            partners = self.make_partners(count)
            subjects = self.env["touch.client"]._subjects_of_enrollments(self.cadence.enroll(partners))
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            reader._read_holds(subjects)
            reader._commercial_partners(subjects)
            return self.env.cr.sql_log_count - before

        self.assertEqual(queries(3), queries(30))

    def test_an_outcome_has_an_effect(self):
        outcome = self.env["touch.outcome"].create({"name": "Wants the catalogue", "sends_catalogue": True})
        partner = self.make_partners()
        self.cadence.enroll(partner)
        self.planned(partner).with_user(self.rep).done(outcome=outcome)
        self.assertIn("edition 2026", str(partner.message_ids.mapped("body")))

    def test_an_order_of_the_shop_is_a_purchase(self):
        partner = self.make_partners()
        enrollment = self.cadence.enroll(partner)
        self.env["shop.order"].create({"partner_id": partner.id, "day": MONDAY, "amount": 100})
        self.assertEqual((enrollment.state, partner.purchase_count), ("won", 1))
