from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import MONDAY, TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestActivity(TouchCase):
    """What a rep does with an activity happens to the touch, whichever way it is done; all as the rep."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-02 09:30:00"):
            cls.lead = cls.make_leads()
            cls.cadence.enroll(cls.lead)
        cls.touch = cls.env["touch.touch"].search([("lead_id", "=", cls.lead.id)])
        cls.activity = cls.touch.activity_id

    def next_touch(self):
        self.decide()
        return self.env["touch.touch"].sudo().search([("lead_id", "=", self.lead.id), ("state", "=", "planned")])

    def assertPlannedOn(self, touch):
        self.assertEqual(touch.state, "done")
        upcoming = self.next_touch()
        self.assertEqual(len(upcoming), 1)
        self.assertEqual((upcoming.number, upcoming.date_deadline), (2, MONDAY + timedelta(days=2)))
        self.assertNotEqual(upcoming.reason_id, touch.reason_id)
        self.assertNotEqual(upcoming.channel, touch.channel)
        self.assertTrue(upcoming.activity_id.active)
        self.assertEqual(touch.enrollment_id.touch_count, 1)

    @users("tc_rep")
    def test_done_from_the_popover_with_an_outcome(self):
        outcome = self.outcomes["interested"]
        self.activity.with_user(self.env.user).with_context(touch_outcome_id=outcome.id).action_feedback(feedback="Likes blue")
        self.assertRecordValues(self.touch, [{"outcome_id": outcome.id, "reached": True, "note": "Likes blue"}])
        self.assertEqual(self.lead.temperature, "warm")
        self.assertFalse(self.activity.active)
        self.assertPlannedOn(self.touch)

    @users("tc_rep")
    def test_done_from_the_form_or_list(self):
        activity = self.activity.with_user(self.env.user)
        activity.touch_outcome_id = self.outcomes["not_now"]
        activity.action_done()
        self.assertEqual(self.touch.outcome_id, self.outcomes["not_now"])
        self.assertPlannedOn(self.touch)

    @users("tc_rep")
    def test_done_without_an_outcome_is_what_its_channel_says(self):
        self.assertEqual(self.touch.channel, "email")
        self.activity.with_user(self.env.user).action_feedback()
        self.assertRecordValues(self.touch, [{"outcome_id": self.outcomes["sent"].id, "counts": True, "reached": False}])
        self.assertPlannedOn(self.touch)

    @users("tc_rep")
    def test_done_and_schedule_next(self):
        self.activity.with_user(self.env.user).action_feedback_schedule_next(feedback="Later")
        self.assertPlannedOn(self.touch)

    @users("tc_rep")
    def test_done_on_the_touch_itself(self):
        self.touch.with_user(self.env.user).done(self.outcomes["reached"].id, "By id")
        self.assertEqual(self.touch.note, "By id")
        self.assertIn("By id", self.lead.message_ids[0].body)
        self.assertPlannedOn(self.touch)

    @users("tc_rep")
    def test_done_with_a_lost_activity(self):
        self.activity.unlink()
        self.touch.with_user(self.env.user).done()
        self.assertPlannedOn(self.touch)

    @users("tc_rep")
    def test_done_twice_is_refused(self):
        touch = self.touch.with_user(self.env.user)
        touch.done()
        with self.assertRaisesRegex(UserError, "is already over"):
            touch.done()

    @users("tc_rep_two")
    def test_an_assignee_who_cannot_read_the_lead_finishes_it(self):
        self.activity.user_id = self.rep_two
        self.assertEqual(self.touch.user_id, self.rep_two)
        self.activity.with_user(self.env.user).action_feedback(feedback="As asked")
        self.assertPlannedOn(self.touch)
        self.assertEqual(self.next_touch().user_id, self.rep)

    def test_done_in_batch(self):
        leads = self.make_leads(10)
        self.cadence.enroll(leads)
        touches = self.planned(leads)
        touches.activity_id.with_user(self.rep).action_feedback()
        self.decide()
        self.assertEqual(set(touches.mapped("state")), {"done"})
        self.assertEqual(set(self.planned(leads).mapped("number")), {2})
        self.assertEqual(len(self.planned(leads)), 10)

    @users("tc_rep")
    def test_no_answer_is_a_try_and_keeps_its_reason(self):
        self.touch.with_user(self.env.user).done(self.outcomes["no_answer"])
        upcoming = self.next_touch()
        self.assertEqual((upcoming.number, upcoming.reason_id), (1, self.touch.reason_id))
        self.assertNotEqual(upcoming.channel, self.touch.channel)
        self.assertEqual(self.touch.enrollment_id.touch_count, 0)

    @users("tc_rep")
    def test_ready_to_buy_is_closed_the_same_day(self):
        self.touch.with_user(self.env.user).done(self.outcomes["ready_to_buy"])
        upcoming = self.next_touch()
        self.assertEqual((upcoming.purpose, upcoming.date_deadline, upcoming.temperature), ("closing", MONDAY, "hot"))

    @users("tc_rep")
    def test_hot_by_hand_turns_the_planned_touch_into_a_closing_one(self):
        self.lead.with_user(self.env.user).temperature = "hot"
        self.decide()
        self.assertEqual((self.touch.purpose, self.touch.state), ("closing", "planned"))
        self.assertEqual(self.touch.activity_id, self.activity)
        self.assertIn(self.touch.reason_id.name, self.activity.summary)

    @users("tc_rep")
    def test_skip_and_snooze(self):
        touch = self.touch.with_user(self.env.user)
        touch.snooze(MONDAY + timedelta(days=3))
        self.assertEqual((touch.date_deadline, self.activity.date_deadline), (MONDAY + timedelta(days=3),) * 2)
        with self.assertRaisesRegex(UserError, "that day is over"):
            touch.snooze(MONDAY - timedelta(days=1))
        touch.skip("Not now")
        self.assertRecordValues(touch, [{"state": "skipped", "skip_reason": "Not now", "withdrawn": False}])
        self.assertFalse(self.activity.exists())
        upcoming = self.next_touch()
        self.assertEqual((upcoming.number, upcoming.step_id), (1, self.cadence.step_ids[1]))
        self.assertEqual(upcoming.reason_id, touch.reason_id, "a skipped reason is still new to the client")

    @users("tc_rep")
    def test_moving_the_activity_moves_the_touch(self):
        self.activity.with_user(self.env.user).date_deadline = MONDAY + timedelta(days=7)
        self.assertEqual(self.touch.date_deadline, MONDAY + timedelta(days=7))

    def test_other_activities_are_left_alone(self):
        other = self.lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.rep.id)
        self.assertFalse(other.touch_id)
        other.action_feedback()
        self.assertEqual(self.touch.state, "planned")

    def test_the_web_client_is_told_what_is_a_touch(self):
        from odoo.addons.mail.tools.discuss import Store

        data = Store().add(self.activity).get_result()
        self.assertTrue(data["mail.activity"][0]["touch_id"])

    @users("tc_rep")
    def test_a_hot_client_who_does_not_answer_is_tried_again_tomorrow(self):
        self.lead.with_user(self.env.user).temperature = "hot"
        self.touch.with_user(self.env.user).done(self.outcomes["no_answer"])
        upcoming = self.next_touch()
        self.assertEqual((upcoming.purpose, upcoming.date_deadline), ("closing", MONDAY + timedelta(days=1)))
        upcoming.with_user(self.env.user).skip()
        self.assertEqual(self.next_touch().date_deadline, MONDAY + timedelta(days=1))

    def test_a_closing_touch_gives_way_when_the_client_cools(self):
        self.touch.done(self.outcomes["ready_to_buy"])
        self.next_touch().done(self.outcomes["reached"])
        again = self.next_touch()
        self.assertEqual(again.purpose, "closing")
        self.lead.temperature = "warm"
        self.decide()
        self.assertEqual((again.purpose, again.state), ("warming", "planned"))

    def test_a_planner_that_fails_fails_no_one_else(self):
        """A rep's tick, an unsubscription, a new phone number: kept, whatever is wrong with the plan."""
        with (
            patch.object(type(self.env["touch.facts"]), "_read_facts", side_effect=ValueError("no such planet")),
            mute_logger("odoo.addons.touch_cadence.models.plan.touch_review"),
        ):
            self.touch.done(self.outcomes["interested"])
            self.lead.phone = "+3225000000"
            self.env["mail.blacklist"]._add(self.lead.email_from)
        self.assertEqual((self.touch.state, self.lead.temperature, self.lead.is_blacklisted), ("done", "warm", True))
        enrollment = self.touch.enrollment_id
        self.assertEqual(enrollment.state, "blocked")
        enrollment.action_resume()
        self.assertEqual(len(self.next_touch()), 1)

    @users("tc_rep")
    def test_b15_a_mail_that_became_a_call_is_a_call(self):
        types = self.env["mail.activity.type"]._touch_types_by_channel()
        activity = self.activity.with_user(self.env.user)
        self.activity.activity_type_id, self.touch.channel = types["email"], "email"
        activity.activity_type_id = types["call"]
        self.assertEqual(self.touch.channel, "call")
        activity.activity_type_id = self.env.ref("mail.mail_activity_data_todo")
        self.assertEqual(self.touch.channel, "call", "a type without a channel says nothing about it")
        activity.activity_type_id = types["call"]
        activity.action_feedback()
        self.assertEqual((self.touch.state, self.touch.channel), ("done", "call"))
        activity.sudo().write({"activity_type_id": types["email"].id})
        self.assertEqual(self.touch.channel, "call", "what is done stays as it was")
