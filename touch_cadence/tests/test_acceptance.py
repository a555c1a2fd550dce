"""The acceptance tests taken from other people's bugs, by their numbers."""

from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MONDAY
from .test_method import MethodCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestAcceptance(MethodCase):
    def test_01_hot_cold_hot_again_starts_run_2(self):
        lead = self.make_leads(temperature="hot")
        self.cadence.refused_cadence_id = False
        first = self.cadence.enroll(lead)
        self.planned(lead).done(self.outcomes["clear_no"])
        self.assertEqual((first.state, lead.temperature), ("refused", "cold"))
        second = (lead.enrollment_ids - first).ensure_one()
        self.assertEqual((second.state, second.run), ("resting", 2))
        lead.temperature = "hot"  # he calls and wants it after all: no rest keeps us from closing
        self.decide()
        self.assertEqual((second.state, self.planned(lead).purpose, self.planned(lead).number), ("running", "closing", 1))

    def test_02_enrolling_again_while_running_makes_no_second_schedule(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        touch = self.planned(lead)
        self.assertFalse(self.cadence.enroll(lead))
        self.assertFalse(self.nurture.enroll(lead))
        self.assertEqual(self.planned(lead), touch)

    def test_03_removal_cancels_what_is_queued(self):
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        activity = self.planned(lead).activity_id
        enrollment.action_stop("gone")
        self.assertFalse(self.planned(lead))
        self.assertFalse(activity.exists())
        self.all_due()
        self.run_planner()
        self.assertFalse(self.planned(lead))

    def test_04_the_weekday_rule_holds_after_every_kind_of_trigger(self):
        with freeze_time("2026-03-06 10:00:00"):  # Friday
            leads = self.make_leads(6)
            self.cadence.step_ids.delay = 1
            self.cadence.enroll(leads)
            self.planned(leads[0]).done()
            self.planned(leads[1]).skip("not now")
            self.planned(leads[2]).done(self.outcomes["no_answer"])
            self.planned(leads[3]).activity_id.action_feedback()
            leads[4].log_touch({"channel": "call"})
            leads[5].temperature = "hot"
        for day in ("2026-03-07 10:00:00", "2026-03-08 10:00:00"):
            with freeze_time(day):
                self.all_due()
                self.night()
                self.run_planner()
                for lead in leads:
                    lead.temperature = "warm"
                self.cadence.enroll(self.make_leads())
        days = self.planned().mapped("date_deadline")
        self.assertTrue(days)
        self.assertFalse([day for day in days if day.weekday() > 4])

    def test_05_cap_0_is_no_cap_and_over_the_cap_moves_once(self):
        leads = self.make_leads(5)
        self.env.company.touch_per_day = 0
        self.cadence.enroll(leads)
        self.assertEqual(set(self.planned(leads).mapped("date_deadline")), {MONDAY})
        self.env.company.touch_per_day = 6
        more = self.make_leads(3)
        self.cadence.enroll(more)
        days = sorted(self.planned(more).mapped("date_deadline"))
        self.assertEqual(days, [MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=1)])
        for _run in range(3):
            self.all_due()
            self.run_planner()
        self.assertEqual(sorted(self.planned(more).mapped("date_deadline")), days)

    def test_06_birthday_on_its_day_29_february_in_the_clients_time_zone(self):
        leap = self.make_partners(birthdate_date=date(1980, 2, 29))
        far = self.make_partners(birthdate_date=date(1980, 2, 27), tz="Pacific/Auckland")
        with freeze_time("2026-02-26 20:30:00"), freeze_time("2026-02-26 20:30:00"):  # the 27th in Auckland, half past nine
            self.env.company.write({"touch_hour_from": 9.0, "touch_hour_to": 21.0})
            self.care.enroll(leap | far)
            self.assertEqual(self.planned(far).date_deadline, date(2026, 2, 27))
            self.assertEqual(fields.Datetime.to_string(self.planned(far).date_planned), "2026-02-26 20:30:00")
            # the 28th of 2026 is a Saturday: wished on the next working day
            self.assertEqual(self.planned(leap).date_deadline, date(2026, 3, 2))
        with freeze_time("2028-02-28 10:00:00"):
            other = self.make_partners(birthdate_date=date(1980, 2, 29))
            self.care.enroll(other)
            self.assertEqual(self.planned(other).date_deadline, date(2028, 2, 29))

    def test_07_a_date_changed_the_same_day_after_the_cron_ran_is_still_seen(self):
        partner = self.make_partners()
        self.cadence.enroll(partner)
        self.night()
        self.run_planner()
        self.assertNotEqual(self.planned(partner).reason_id.kind, "birthday")
        partner.birthdate_date = date(1980, 3, 2)
        self.decide()
        self.assertEqual(self.planned(partner).reason_id.kind, "birthday")
        partner.birthdate_date = date(1980, 9, 2)
        self.decide()

    def test_08_the_cron_twice_the_same_day_makes_one_touch(self):
        leads = self.make_leads(4)
        with patch("odoo.addons.touch_cadence.models.plan.touch_review.DECIDE_AT_ONCE", 0):
            self.cadence.enroll(leads)
        for _run in range(2):
            self.all_due()
            self.run_planner()
            self.night()
        self.assertEqual(len(self.env["touch.touch"].search([("lead_id", "in", leads.ids)])), 4)

    @mute_logger("odoo.addons.touch_cadence.models.plan.touch_review")
    def test_09_one_broken_client_does_not_block_the_batch(self):
        leads = self.make_leads(5)
        with patch("odoo.addons.touch_cadence.models.plan.touch_review.DECIDE_AT_ONCE", 0):
            enrollments = self.cadence.enroll(leads)
        read = type(self.env["touch.facts"])._read_facts

        def failing(planner, subjects):
            if any(subject.enrollment == enrollments[2].id for subject in subjects):
                raise ValueError("broken")
            return read(planner, subjects)

        with patch.object(type(self.env["touch.facts"]), "_read_facts", failing):
            self.run_planner()
        self.assertEqual(enrollments.mapped("state"), ["running", "running", "blocked", "running", "running"])
        self.assertEqual(len(self.planned(leads)), 4)

    def test_10_salesperson_archived_touches_go_to_the_fallback(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        touch = self.planned(lead)
        self.rep.active = False
        self.run_planner()
        self.assertEqual(self.planned(lead), touch)
        self.assertEqual((touch.user_id, touch.activity_id.user_id), (self.leader, self.leader))

    def test_11_a_partner_merge_leaves_one_enrolment(self):
        one, two = self.make_partners(2)
        self.cadence.enroll(one | two)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((one | two).ids, one)
        running = self.env["touch.enrollment"].search([("partner_id", "=", one.id), ("state", "=", "running")])
        self.assertEqual((len(running), len(self.planned(one))), (1, 1))

    def test_12_a_reply_from_a_sibling_contact_stops_what_is_planned_for_the_company(self):
        company = self.make_partners(is_company=True)
        worked, sibling = self.make_partners(2, parent_id=company.id)
        self.cadence.enroll(worked)
        touch = self.planned(worked)
        stranger = self.make_leads(type="lead", partner_id=False, user_id=False, email_from=sibling.email)
        stranger.message_post(
            body="We looked at it", message_type="email", author_id=sibling.id, email_from=sibling.email, subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(touch.date_deadline, MONDAY + timedelta(days=2), "today belongs to the conversation")
        self.assertEqual(touch.activity_id.date_deadline, MONDAY + timedelta(days=2))
        heard = self.env["touch.touch"].search([("direction", "=", "in"), ("commercial_partner_id", "=", company.id)])
        self.assertEqual(heard.enrollment_id, worked.enrollment_ids)
        worked.enrollment_ids._review()
        self.assertEqual(touch.date_deadline, MONDAY + timedelta(days=2))

    def test_12_a_clear_no_of_a_sibling_contact_stops_the_company(self):
        company = self.make_partners(is_company=True)
        worked, sibling = self.make_partners(2, parent_id=company.id)
        enrollment = self.cadence.enroll(worked)
        sibling.log_touch({"channel": "call", "direction": "in", "outcome_id": self.outcomes["clear_no"].id})
        self.assertEqual(enrollment.state, "refused")
        self.assertFalse(self.planned(worked))

    def test_13_creating_500_touches_sends_no_mail_and_stays_near_two_queries_a_touch(self):
        leads = self.make_leads(500)
        enrollments = self.cadence._create_enrollments(leads)
        self.env.flush_all()
        mails = self.env["mail.mail"].search_count([])
        before = self.env.cr.sql_log_count
        enrollments._review()
        self.env.flush_all()
        self.assertEqual(len(self.planned(leads)), 500)
        self.assertLess(self.env.cr.sql_log_count - before, 2 * 500)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_14_an_expert_with_3_a_week_gets_exactly_3_and_the_fourth_waits(self):
        self.env.company.write({"touch_expert_weeks": 1, "touch_expert_notice": 0})
        windows = [(0, 0, {"dayofweek": str(day), "hour_from": 8, "hour_to": 18}) for day in range(5)]
        self.env["touch.expert"].create({"user_id": self.leader.id, "hours_week": 3, "slot_hours": 1, "window_ids": windows})
        leads = self.make_leads(4)
        for lead in leads:
            lead.ask_expert()
        with freeze_time("2026-03-06 09:30:00"):  # Friday: his week is full, whatever windows are left in it
            self.env["touch.expert.booking"]._assign_soon()
            this_week = leads.booking_ids.filtered(lambda one: one.start and one.start.date() < MONDAY + timedelta(days=7))
            self.assertEqual((this_week.lead_id, sum(this_week.mapped("hours"))), (leads[:3], 3))
            self.assertEqual(leads[3].booking_ids.start.date(), MONDAY + timedelta(days=7))

    def test_15_a_leave_of_four_years_or_no_working_day_at_all_does_not_crash(self):
        self.holiday(MONDAY, MONDAY + timedelta(days=1500), self.rep)
        lead = self.make_leads()
        never = self.env["resource.calendar"].create({"name": "Never", "attendance_ids": [(5, 0, 0)], "tz": "UTC"})
        self.cadence.enroll(lead)
        self.assertEqual(lead.enrollment_ids.state, "running")
        self.cadence.resource_calendar_id = never
        other = self.make_leads()
        self.cadence.enroll(other)
        self.night()
        self.run_planner()
        self.assertEqual((lead | other).enrollment_ids.mapped("state"), ["running", "running"])

    def test_16_the_manager_configures_the_rep_cannot_portal_and_public_see_nothing(self):
        self.cadence.enroll(self.make_leads())
        self.cadence.with_user(self.manager).write({"window_days": 21, "hand_over_after": 5})
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.cadence.with_user(self.rep).write({"window_days": 30})
        public = self.env.ref("base.public_user")
        for model in ("touch.cadence", "touch.enrollment", "touch.touch", "touch.reason", "touch.act", "touch.job", "touch.settings"):
            self.assertFalse(self.env[model].with_user(public).has_access("read"), model)
