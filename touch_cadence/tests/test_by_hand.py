from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TouchCase

REASON = "read about their new shop"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestByHand(TouchCase):
    """A touch that a rep plans himself (R50)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-02 09:30:00"):
            cls.lead = cls.make_leads()
            cls.cadence.enroll(cls.lead)

    def plan(self, day="2026-03-04", channel="call", reason=REASON, user=None, lead=None, **values):
        return (lead or self.lead).with_user(user or self.rep).plan_touch(channel, day, reason, **values)

    def test_it_replaces_the_planned_one_which_gives_its_reason_back(self):
        before = self.planned(self.lead)
        before.reason_id.moment = False  # it may also be told later
        touch = self.plan()
        self.assertRecordValues(before, [{"state": "skipped", "withdrawn": True}])
        self.assertEqual(self.planned(self.lead), touch)
        self.assertRecordValues(
            touch,
            [
                {
                    "own_reason": REASON, "reason_id": False, "date_deadline": date(2026, 3, 4), "channel": "call", "number": 1,
                    "user_id": self.rep.id, "summary": f"Touch 1 of 7: {REASON}",
                }
            ],
        )  # fmt: skip
        self.assertEqual(touch.activity_id.summary, f"Touch 1 of 7: {REASON}")
        self.assertIn("planned it", touch.why)
        touch.with_user(self.rep).done(self.outcomes["reached"])
        self.assertEqual(self.lead.enrollment_ids.touch_count, 1)
        following = self.planned(self.lead)
        # it is for the first touch of all, so it is not told now; but it is as new as before
        [(_run, facts, _decision)] = self.env["touch.facts"]._decide(self.lead.enrollment_ids)
        self.assertNotIn(before.reason_id.id, facts.history.reasons)
        self.assertEqual(following.step_id, before.step_id)
        self.assertFalse(following.own_reason)

    def test_the_planner_leaves_it_alone(self):
        touch = self.plan("2026-03-05")
        self.all_due()
        self.run_planner()
        self.lead.write({"temperature": "warm"})
        self.decide()
        self.run_planner()
        self.assertEqual(self.planned(self.lead), touch)
        self.assertRecordValues(touch, [{"own_reason": REASON, "date_deadline": date(2026, 3, 5), "state": "planned"}])

    def test_it_moves_from_a_day_on_which_nobody_works_and_keeps_its_reason(self):
        touch = self.plan("2026-03-05")
        self.holiday("2026-03-05", "2026-03-06")
        self.decide()
        self.all_due()
        self.run_planner()
        self.assertRecordValues(touch, [{"own_reason": REASON, "date_deadline": date(2026, 3, 9), "state": "planned"}])
        self.assertIn(REASON, touch.activity_id.summary)

    def test_who_turns_hot_is_asked_at_once(self):
        touch = self.plan("2026-03-05")
        self.lead.temperature = "hot"
        self.decide()
        self.assertEqual(self.planned(self.lead).purpose, "closing")
        self.assertFalse(self.planned(self.lead).own_reason)
        self.assertEqual(touch, self.planned(self.lead))

    def test_what_protects_the_client_binds_the_rep(self):
        for said, values in (
            ("2026-03-09", {"day": "2026-03-07"}),
            ("letter", {"channel": "letter"}),
            ("meeting", {"channel": "meeting"}),
            ("Say why", {"reason": " "}),
            ("200 characters", {"reason": "x" * 201}),
        ):
            with self.subTest(said=said), self.assertRaisesRegex(UserError, said.replace("2026-03-09", "03/09/2026")):
                self.plan(**values)
        self.lead.temperature = "hot"
        with self.assertRaisesRegex(UserError, "hot"):
            self.plan()
        self.assertTrue(self.plan(purpose="closing"))
        self.lead.enrollment_ids.action_pause("A break")
        with self.assertRaisesRegex(UserError, "Paused"):
            self.plan()

    def test_an_agreed_step_goes_first(self):
        touch = self.plan("2026-03-11")
        self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": "2026-03-09 10:00:00",
                "stop": "2026-03-09 11:00:00",
                "opportunity_id": self.lead.id,
                "partner_ids": [(6, 0, self.rep.partner_id.ids)],
            }
        )
        self.decide()
        self.all_due()
        self.run_planner()
        self.assertFalse(touch.exists().filtered(lambda one: one.state == "planned" and one.own_reason))
        with self.assertRaisesRegex(UserError, "Agreed"):
            self.plan("2026-03-10")
        self.assertTrue(self.plan("2026-03-04"))

    def test_of_a_client_in_no_cadence_it_is_said_what_to_do(self):
        with self.assertRaisesRegex(UserError, "in no cadence"):
            self.plan(lead=self.make_leads(name="Free"))

    def test_a_colleague_cannot(self):
        with self.assertRaises(AccessError):
            self.plan(user=self.rep_two)
        self.assertTrue(self.plan(user=self.manager))

    def test_the_dialog(self):
        action = self.lead.with_user(self.rep).action_touch_plan()
        wizard = self.env["touch.plan"].with_user(self.rep).with_context(**action["context"])
        wizard.create({"reason": REASON}).action_plan()
        self.assertRecordValues(self.planned(self.lead), [{"own_reason": REASON, "date_deadline": date(2026, 3, 3), "purpose": "warming"}])

    def test_nurture_is_told_in_months(self):
        run = self.lead.enrollment_ids
        touch = self.planned(self.lead)
        run.sudo().write({"date_start": "2025-10-30"})
        touch.sudo().write({"number": 16})
        self.assertEqual(touch.summary, f"4 months in Selling: {touch.reason_id.name}")
        run.sudo().write({"date_start": "2026-02-25"})
        self.assertEqual(touch.summary, f"Touch 16: {touch.reason_id.name}")
