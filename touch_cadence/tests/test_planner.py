from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MONDAY, TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestPlanner(TouchCase):
    def enrolled(self, clients):
        """Enrol without planning, as if by a large import."""
        with patch("odoo.addons.touch_cadence.models.plan.touch_review.DECIDE_AT_ONCE", 0):
            return self.cadence.enroll(clients)

    def test_plans_the_first_touch_as_an_activity(self):
        lead = self.make_leads()
        enrollment = self.enrolled(lead)
        self.assertFalse(self.planned(lead))
        self.run_planner()
        touch = self.planned(lead)
        self.assertRecordValues(
            touch,
            [
                {
                    "enrollment_id": enrollment.id,
                    "number": 1,
                    "purpose": "warming",
                    "user_id": self.rep.id,
                    "date_deadline": MONDAY,
                    "lead_id": lead.id,
                    "temperature": "cold",
                }
            ],
        )
        activity = touch.activity_id
        self.assertRecordValues(
            activity,
            [
                {
                    "res_model": "crm.lead",
                    "res_id": lead.id,
                    "user_id": self.rep.id,
                    "date_deadline": MONDAY,
                    "res_name": lead.name,
                    "automated": True,
                }
            ],
        )
        self.assertIn("Touch 1 of 7", activity.summary)
        self.assertTrue(activity.note)
        self.assertEqual(activity.activity_type_id.touch_channel, touch.channel)
        self.assertIn("Touch 1 of 7", touch.why)
        self.assertFalse(enrollment.next_date)

    def test_R44_who_did_not_answer_is_tried_at_another_hour(self):
        lead = self.make_leads(phone="+32 2 290 34 90", email_from=False)
        self.cadence.enroll(lead)
        no_answer = self.env.ref("touch_cadence.touch_outcome_no_answer")
        self.planned(lead).done(no_answer)
        touch = self.planned(lead)
        self.assertEqual(touch.date_deadline, MONDAY + timedelta(days=1))
        self.assertEqual(touch.date_planned, datetime(2026, 3, 3, 13, 30), "tried in the morning, and so in the afternoon")
        self.assertIn("another hour", touch.why)
        # where a channel counts in hours, it is today
        self.env.ref("mail.mail_activity_data_call").write({"touch_retry": 3, "touch_retry_unit": "hours"})
        with freeze_time("2026-03-03 09:30:00"):
            touch.channel = "call"
            touch.done(no_answer)
            touch = self.planned(lead)
            self.assertEqual(touch.date_deadline, MONDAY + timedelta(days=1))
            self.assertEqual(touch.date_planned, datetime(2026, 3, 3, 12, 30))

    def test_run_twice_makes_one_touch(self):
        leads = self.make_leads(5)
        self.enrolled(leads)
        self.run_planner()
        first = self.planned(leads)
        self.all_due()
        self.run_planner()
        self.assertEqual(self.planned(leads), first)
        self.assertEqual(len(first), 5)

    def test_one_batch_after_the_other(self):
        leads = self.make_leads(7)
        self.enrolled(leads)
        with patch("odoo.addons.touch_cadence.models.plan.touch_review.PLAN_BATCH", 2):
            self.run_planner()
        self.assertEqual(self.planned(leads).lead_id, leads)

    def test_shards_share_the_work(self):
        leads = self.make_leads(6)
        enrollments = self.enrolled(leads)
        cron = self.env.ref("touch_cadence.ir_cron_plan_touches")
        cron.code = "model._cron_plan_touches(0, 2)"
        self.run_planner()
        self.assertEqual(self.planned(leads).enrollment_id, enrollments.filtered(lambda one: one.id % 2 == 0))
        cron.code = "model._cron_plan_touches(1, 2)"
        self.run_planner()
        self.assertEqual(len(self.planned(leads)), 6)

    @mute_logger("odoo.addons.touch_cadence.models.plan.touch_review")
    def test_one_broken_client_does_not_block_the_batch(self):
        leads = self.make_leads(9)
        enrollments = self.enrolled(leads)
        broken = enrollments[4]
        read = type(self.env["touch.facts"])._read_facts

        def failing(planner, subjects):
            if any(subject.enrollment == broken.id for subject in subjects):
                raise ValueError("no such planet")
            return read(planner, subjects)

        with patch.object(type(self.env["touch.facts"]), "_read_facts", failing):
            self.run_planner()
        self.assertEqual(broken.state, "blocked")
        self.assertIn("no such planet", broken.why)
        self.assertEqual(self.planned(leads).enrollment_id, enrollments - broken)
        broken.action_resume()
        self.assertTrue(self.planned(leads[4]))

    @mute_logger("odoo.addons.touch_cadence.models.plan.touch_review")
    def test_what_blocks_is_said_where_a_touch_is_planned_too(self):
        enrollment = self.enrolled(self.make_leads())
        self.run_planner()
        touch = self.planned()
        enrollment._block(ValueError("no such planet"))
        self.assertEqual((enrollment.state, touch.state), ("blocked", "planned"))
        for said in (enrollment.why, enrollment.explanation, enrollment.lead_id.next_touch_why):
            self.assertRegex(said, "no such planet.*The planner tries again on")
        self.assertIn(touch.why, enrollment.explanation)

    @mute_logger("odoo.addons.touch_cadence.models.plan.touch_review")
    def test_a_database_error_does_not_void_the_batch(self):
        leads = self.make_leads(3)
        enrollments = self.enrolled(leads)
        bad = enrollments[1]
        apply = type(self.env["touch.planner"])._apply

        def failing(planner, decided):
            if any(entry[0].id == bad.id for entry in decided):
                planner.env.cr.execute("SELECT 1 / 0")
            return apply(planner, decided)

        with patch.object(type(self.env["touch.planner"]), "_apply", failing), mute_logger("odoo.sql_db"):
            self.run_planner()
        self.assertEqual(bad.state, "blocked")
        self.assertEqual(len(self.planned(leads)), 2)

    def failing_for_all(self):
        """Everything that decides fails, as after a bad update or with a setting that nobody can read."""
        planner = type(self.env["touch.planner"])
        return patch.object(planner, "_apply", side_effect=KeyError("pigeon"))

    @mute_logger("odoo.addons.touch_cadence.models.background.touch_background", "odoo.addons.base.models.ir_cron")
    def test_c1_a_fault_that_hits_all_blocks_nobody_and_is_told_once(self):
        enrollments = self.enrolled(self.make_leads(60))
        told = [("subject", "=", "No touches are planned at the moment"), ("partner_ids", "in", self.manager.partner_id.ids)]
        cron = self.env.ref("touch_cadence.ir_cron_plan_touches")
        with self.failing_for_all():
            for _run in range(3):
                self.run_planner()
        self.assertEqual(set(enrollments.mapped("state")), {"running"})
        self.assertFalse(enrollments.filtered(lambda one: not one.next_date), "all are still due")
        self.assertEqual(cron.failure_count, 3, "the cron shows red")
        [message] = self.env["mail.message"].search(told)
        self.assertIn("KeyError: 'pigeon'", message.body)
        # put right, it goes on by itself; the next fault is told again
        self.run_planner()
        self.assertEqual(len(self.planned(enrollments.lead_id)), 60)
        self.assertFalse(cron.failure_count)
        others = self.enrolled(self.make_leads(20))
        with self.failing_for_all():
            self.run_planner()
        self.assertEqual(self.env["mail.message"].search_count(told), 2)
        self.assertEqual(set(others.mapped("state")), {"running"})

    @mute_logger("odoo.addons.touch_cadence.models.plan.touch_review", "odoo.addons.touch_cadence.models.background.touch_background")
    def test_c1_nor_does_an_event_block_all_whom_it_reaches(self):
        leads = self.make_leads(30)
        enrollments = self.enrolled(leads)
        self.run_planner()
        with self.failing_for_all():
            leads.write({"phone": "+3212345678"})
            self.decide()
        self.assertEqual(set(enrollments.mapped("state")), {"running"})
        self.assertEqual(len(self.planned(leads)), 30, "what was planned stays")
        self.assertTrue(all(enrollments.mapped("review_since")), "the planner looks again")
        self.run_planner()
        self.assertFalse(any(enrollments.mapped("next_date")))

    @mute_logger("odoo.addons.touch_cadence.models.plan.touch_review")
    def test_c1_what_is_blocked_for_its_own_faults_stops_nobody(self):
        leads = self.make_leads(40)
        enrollments = self.enrolled(leads)
        bad = enrollments[:15]
        apply = type(self.env["touch.planner"])._apply

        def failing(planner, decided):
            if any(entry[0].id in bad.ids for entry in decided):
                raise KeyError("pigeon")
            return apply(planner, decided)

        with patch.object(type(self.env["touch.planner"]), "_apply", failing):
            self.run_planner()
            self.assertEqual(set(bad.mapped("state")), {"blocked"})
            self.assertEqual(len(self.planned(leads)), 25)
            bad.next_date = "2026-03-02 09:00:00"  # tried again, all in one run
            later = self.enrolled(self.make_leads(2))
            self.run_planner()
        self.assertEqual(set(bad.mapped("state")), {"blocked"})
        self.assertEqual(len(self.planned(later.lead_id)), 2)

    def test_c7_a_decision_that_nobody_can_carry_out_is_not_dropped(self):
        enrollment = self.enrolled(self.make_leads())
        with self.assertRaisesRegex(TypeError, "carry out .'str'"):
            self.env["touch.planner"]._apply([(enrollment, None, "dance")])

    def test_creating_touches_mails_nobody(self):
        leads = self.make_leads(20)
        before = self.env["mail.mail"].search_count([]), self.env["mail.message"].search_count([])
        self.enrolled(leads)
        self.run_planner()
        self.assertEqual(len(self.planned(leads)), 20)
        self.assertEqual((self.env["mail.mail"].search_count([]), self.env["mail.message"].search_count([])), before)

    def test_the_rep_follows_as_with_any_activity(self):
        lead = self.make_leads(user_id=self.rep.id)
        lead.message_unsubscribe(self.rep.partner_id.ids)
        self.enrolled(lead)
        self.run_planner()
        follower = lead.message_follower_ids.filtered(lambda one: one.partner_id == self.rep.partner_id)
        default, _internal, _external = self.env["mail.message.subtype"].default_subtypes("crm.lead")
        self.assertEqual(follower.subtype_ids, default)

    # --- invariant 5 -----------------------------------------------------------------------------

    def test_public_holiday_and_leave_move_the_touch(self):
        self.holiday(MONDAY, MONDAY)
        self.holiday(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2), self.rep)
        theirs, others = self.make_leads(2)
        others.user_id = self.rep_two
        self.cadence.enroll(theirs | others)
        self.assertEqual(self.planned(theirs).date_deadline, MONDAY + timedelta(days=3))
        self.assertEqual(self.planned(others).date_deadline, MONDAY + timedelta(days=1))

    def test_a_leave_of_four_years_does_not_crash(self):
        self.holiday(MONDAY + timedelta(days=1), MONDAY + timedelta(days=1500), self.rep)
        self.env.company.touch_hour_to = 9.25  # today's hours are over
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        self.assertFalse(self.planned(lead))
        self.assertEqual(enrollment.why_data[0][0], "no_working_day")
        self.assertGreater(enrollment.next_date, fields.Datetime.now())

    def test_a_calendar_without_a_working_day_does_not_crash(self):
        self.cadence.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Never", "attendance_ids": [(5, 0, 0)], "tz": "UTC"}
        )
        enrollment = self.cadence.enroll(self.make_leads())
        self.assertEqual(enrollment.why_data[0][0], "no_working_day")

    def test_hours_are_the_clients(self):
        partner = self.make_partners(tz="America/New_York")
        self.cadence.enroll(partner)
        self.assertEqual(fields.Datetime.to_string(self.planned(partner).date_planned), "2026-03-02 14:00:00")

    def test_flexible_hours_still_have_weekends_and_leave(self):
        self.env["resource.resource"].create({"name": "Rita", "user_id": self.rep.id, "calendar_id": False, "tz": "UTC"})
        self.holiday(MONDAY, MONDAY, self.rep)
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.assertEqual(self.planned(lead).date_deadline, MONDAY + timedelta(days=1))
        self.cadence.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "As they like", "flexible_hours": True, "hours_per_day": 8, "full_time_required_hours": 40, "tz": "UTC"}
        )
        with freeze_time("2026-03-07 10:00:00"):
            saturday = self.make_leads()
            self.cadence.enroll(saturday)
            self.assertEqual(self.planned(saturday).date_deadline, MONDAY + timedelta(days=7))

    def test_a_former_employment_does_not_count(self):
        self.holiday(MONDAY, MONDAY + timedelta(days=900), self.rep).resource_id.active = False
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.assertEqual(self.planned(lead).date_deadline, MONDAY)

    def test_a_company_without_a_calendar_works_from_monday_to_friday(self):
        self.env.company.resource_calendar_id = False
        with freeze_time("2026-03-07 10:00:00"):
            lead = self.make_leads()
            self.cadence.enroll(lead)
            self.assertEqual(self.planned(lead).date_deadline, MONDAY + timedelta(days=7))

    def test_the_callers_view_does_not_change_the_decision(self):
        self.env["touch.reason"].search([]).active = False
        enrollment = self.cadence.with_context(active_test=False, default_state="done").enroll(self.make_leads())
        self.assertEqual(enrollment.why_data[0][0], "no_reason")

    # --- responsible -----------------------------------------------------------------------------

    def test_the_substitute_takes_over_while_the_rep_is_away(self):
        self.rep.touch_substitute_id = self.rep_two
        self.holiday(MONDAY, MONDAY + timedelta(days=4), self.rep)
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.assertEqual(self.planned(lead).user_id, self.rep_two)

    def test_nobody_in_charge_is_said_and_healed(self):
        lead = self.make_leads(user_id=False, team_id=False)
        enrollment = self.cadence.enroll(lead)
        self.assertEqual(enrollment.why_data[0][0], "no_rep")
        self.assertFalse(self.planned(lead))
        lead.user_id = self.rep
        self.decide()
        self.assertEqual(self.planned(lead).user_id, self.rep)

    def test_team_leader_and_fallback(self):
        of_team, of_none = self.make_leads(2, user_id=False)
        of_none.team_id = False
        self.cadence.user_id = self.manager
        self.cadence.enroll(of_team | of_none)
        self.assertEqual(self.planned(of_team).user_id, self.leader)
        self.assertEqual(self.planned(of_none).user_id, self.manager)

    def test_a_new_salesperson_gets_the_planned_touch(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        touch = self.planned(lead)
        lead.user_id = self.rep_two
        self.decide()
        self.assertEqual((touch.user_id, touch.activity_id.user_id, touch.enrollment_id.user_id), (self.rep_two,) * 3)

    def test_a_touch_given_away_by_hand_stays_there(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        touch = self.planned(lead)
        touch.activity_id.user_id = self.rep_two
        lead.temperature = "warm"
        self.assertEqual(touch.user_id, self.rep_two)

    # --- healing (invariant 9) -------------------------------------------------------------------

    def test_an_archived_salesperson_loses_no_touch(self):
        leads = self.make_leads(3)
        self.cadence.enroll(leads)
        touches = self.planned(leads)
        self.rep.action_archive()
        self.assertFalse(touches.activity_id)
        self.run_planner()
        self.assertEqual(self.planned(leads), touches)
        self.assertEqual(touches.user_id, self.leader)
        self.assertEqual(touches.activity_id.user_id, self.leader)
        self.assertEqual(len(touches.activity_id), 3)

    def test_R11_the_why_of_a_touch_that_stays_counts_what_came_in_between(self):
        """The tab said "1 of 5", the desk showed three dots."""
        lead = self.make_leads()
        self.cadence.enroll(lead)
        touch = self.planned(lead)
        touch.done(self.outcomes["reached"])
        later = self.planned(lead)
        self.assertIn("1 of 5", later.why)
        later.date_deadline = MONDAY + timedelta(days=9)  # as if by hand, so that it stays
        lead.log_touch({"channel": "letter"})
        self.decide()
        self.assertEqual(self.planned(lead), later)
        self.assertIn("2 of 5", later.why)

    def test_a_deleted_cancelled_or_archived_activity_is_made_again(self):
        leads = self.make_leads(3)
        self.cadence.enroll(leads)
        touches = self.planned(leads).sorted("id")
        touches[0].activity_id.unlink()
        leads[1].activity_unlink(["mail.mail_activity_data_call", "mail.mail_activity_data_email", "mail.mail_activity_data_meeting"])
        touches[2].activity_id.active = False
        self.env.invalidate_all()
        self.assertFalse(touches.activity_id)
        self.run_planner()
        self.assertEqual(len(touches.activity_id), 3)
        self.assertEqual(set(touches.mapped("state")), {"planned"})

    # --- channels (invariant 2) ------------------------------------------------------------------

    def test_blacklisted_addresses_are_closed(self):
        partner = self.make_partners(phone=False)
        self.cadence.enroll(partner)
        self.assertEqual(self.planned(partner).channel, "email")
        self.env["mail.blacklist"]._add(partner.email)
        self.decide()
        enrollment = partner.enrollment_ids
        self.assertEqual((enrollment.state, enrollment.stop_reason), ("stopped", "no_channel"))
        self.assertFalse(self.planned(partner))
        self.assertFalse(partner.activity_ids)

    def test_a_blacklisted_number_moves_the_touch_to_another_channel(self):
        self.cadence.step_ids[0].channel = "call"
        partner = self.make_partners(phone="+32456001122", country_id=self.env.ref("base.be").id)
        self.assertEqual(partner.phone_sanitized, "+32456001122")
        self.cadence.enroll(partner)
        touch = self.planned(partner)
        activity = touch.activity_id
        self.assertEqual(touch.channel, "call")
        partner._phone_set_blacklisted()
        self.decide()
        self.assertEqual(self.planned(partner), touch)
        self.assertEqual(touch.channel, "email")
        self.assertEqual(touch.activity_id, activity)
        self.assertEqual(activity.activity_type_id.touch_channel, "email")

    def test_the_lead_counts_before_its_contact(self):
        partner = self.make_partners(phone=False, email=False)
        lead = self.make_leads(partner_id=partner.id, email_from="own@touch.example", phone=False)
        self.cadence.enroll(lead)
        self.assertEqual(self.planned(lead).channel, "email")

    # --- reasons ---------------------------------------------------------------------------------

    def test_no_reason_left_is_said(self):
        self.env["touch.reason"].search([]).active = False
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        self.assertEqual(enrollment.why_data[0][0], "no_reason")
        reason = self.env["touch.reason"].create({"name": "At last"})
        self.all_due()
        self.run_planner()
        self.assertEqual(self.planned(lead).reason_id, reason)

    def test_a_reason_for_some_clients(self):
        self.env["touch.reason"].search([]).active = False
        ours, theirs = self.make_partners(2)
        ours.category_id = self.env["res.partner.category"].create({"name": "Builders"})
        self.env["touch.reason"].create({"name": "For builders", "domain": "[('category_id.name', '=', 'Builders')]"})
        enrollments = self.cadence.enroll(ours | theirs)
        self.assertTrue(self.planned(ours))
        self.assertEqual(enrollments[1].why_data[0][0], "no_reason")

    # --- explaining ------------------------------------------------------------------------------

    def test_explain_writes_nothing_and_speaks_the_users_language(self):
        lead = self.make_leads()
        enrollment = self.enrolled(lead)
        [said] = enrollment.explain()
        self.assertIn("Touch 1 of 7", said["text"])
        self.assertFalse(self.planned(lead))
        self.cadence.step_ids[0].delay = 15
        [said] = enrollment.explain()
        self.assertIn("03/23/2026", said["text"])
        self.run_planner()
        self.assertEqual(enrollment.why, said["text"])
