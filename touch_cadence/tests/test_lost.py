from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import MONDAY
from .test_method import MethodCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestLost(MethodCase):
    """Deals that are given up early (R3, R47)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.why = cls.env["crm.lost.reason"].create({"name": "Too dear"})
        cls.cadence.target = 3
        cls.kind = cls.env.ref("touch_cadence.mail_activity_type_lost")

    def worked(self, count=1, touches=1, outcome="reached", **values):
        leads = self.make_leads(count, **values)
        self.cadence.enroll(leads)
        for number in range(touches):
            with freeze_time(MONDAY + timedelta(days=7 * number, hours=10)):
                self.all_due()
                self.run_planner()
                self.planned(leads).done(self.outcomes[outcome])
        return leads

    def asked(self, leads):
        return leads.activity_ids.filtered(lambda one: one.activity_type_id == self.kind)

    def lose(self, leads, user=None, reason=None):
        wizard = self.env["crm.lead.lost"].with_user(user or self.rep).with_context(default_lead_ids=leads.ids)
        wizard = Form(wizard)
        if reason:
            wizard.lost_reason_id = reason
        wizard.save().action_lost_reason_apply()

    # --------------------------------------------------------------
    # The dialog
    # --------------------------------------------------------------

    def test_R47_the_dialog_asks_why_below_the_target(self):
        lead = self.worked()
        form = Form(self.env["crm.lead.lost"].with_user(self.rep).with_context(default_lead_ids=lead.ids))
        self.assertTrue(form.touch_asks_reason)
        self.assertIn("1 of 3 touches", form.touch_lost_text)
        with self.assertRaises(AssertionError):
            form.save()  # required in the view
        wizard = self.env["crm.lead.lost"].with_user(self.rep).create({"lead_ids": [(6, 0, lead.ids)]})
        with self.assertRaisesRegex(UserError, "1 of 3 touches"):
            wizard.action_lost_reason_apply()
        self.assertEqual(lead.won_status, "pending")
        self.lose(lead, reason=self.why)
        self.assertRecordValues(
            lead,
            [
                {
                    "won_status": "lost",
                    "lost_reason_id": self.why.id,
                    "lost_early": "explained",
                    "lost_touches": 1,
                    "lost_target": 3,
                }
            ],
        )
        self.decide()
        self.assertFalse(self.planned(lead), "touches stop at once")

    def test_R47_the_dialog_does_not_ask_at_the_target_nor_after_a_clear_no_nor_outside_cadences(self):
        at_target = self.worked(touches=3)
        refused = self.worked(outcome="clear_no")
        stranger = self.make_leads()
        leads = at_target | refused | stranger
        form = Form(self.env["crm.lead.lost"].with_user(self.rep).with_context(default_lead_ids=leads.ids))
        self.assertFalse(form.touch_asks_reason)
        self.lose(leads)
        self.assertEqual(leads.mapped("won_status"), ["lost"] * 3)
        self.assertEqual(leads.mapped("lost_early"), [False] * 3)
        self.assertEqual((at_target.lost_touches, refused.lost_target), (3, 3))

    def test_R47_many_at_once_are_named_by_their_number(self):
        leads = self.worked(2) | self.make_leads()
        wizard = self.env["crm.lead.lost"].with_user(self.rep).create({"lead_ids": [(6, 0, leads.ids)]})
        with self.assertRaisesRegex(UserError, "2 of 3 deals"):
            wizard.action_lost_reason_apply()

    def test_R47_selling_and_nurture_count_together(self):
        lead = self.worked(touches=2)
        lead.enrollment_ids._stop("exhausted", "window_over")
        self.run_planner()
        self.assertEqual(lead._touch_losses()[lead], (2, self.nurture.target, True))
        self.nurture.target = 2
        self.assertFalse(lead._touch_losses()[lead].early)

    def test_R45_what_belongs_to_an_agreed_step_brings_no_deal_to_its_target(self):
        lead = self.worked(touches=2)
        with freeze_time(MONDAY + timedelta(days=14, hours=10)) as clock:
            self.all_due()
            self.run_planner()
            agreed, meeting = self.env.ref("touch_cadence.touch_outcome_next_step"), self.env.ref("touch_cadence.touch_next_step_meeting")
            day = MONDAY + timedelta(days=17)
            self.planned(lead).done(agreed, next_step=meeting, next_day=day)
            for purpose, when in (("confirming", day - timedelta(days=1)), ("asking", day + timedelta(days=1))):
                clock.move_to(f"{when} 10:00:00")
                self.all_due()
                self.run_planner()
                touch = self.planned(lead)
                self.assertEqual(touch.purpose, purpose)
                touch.done(self.outcomes["reached"])
        run = lead.enrollment_ids
        self.assertEqual(len(run.touch_ids.filtered(lambda one: one.state == "done" and one.counts)), 5)
        self.cadence.target = 4
        self.assertEqual(lead._touch_losses()[lead], (run.touch_count, 4, True))
        self.assertEqual(run.touch_count, 3)

    # --------------------------------------------------------------
    # Other ways
    # --------------------------------------------------------------

    def test_R47_no_other_way_is_refused_and_the_deal_stands_in_the_list(self):
        by_action, by_write, by_import = self.worked(3)
        by_action.with_user(self.rep).action_set_lost()
        by_write.with_user(self.rep).write({"active": False, "probability": 0})
        by_import.with_user(self.rep).load([".id", "active", "probability"], [[str(by_import.id), "False", "0"]])
        leads = by_action | by_write | by_import
        self.assertEqual(leads.mapped("lost_early"), ["open"] * 3)
        self.assertFalse(self.planned(leads))
        action = self.env.ref("touch_cadence.crm_lead_action_touch_lost_early")
        listed = self.env["crm.lead"].with_user(self.rep).with_context(**safe_eval(action.context))
        self.assertEqual(listed.search(safe_eval(action.domain)) & leads, leads)
        self.assertFalse(self.asked(leads), "leaders are asked where the company wants it")

    def test_R47_leaders_are_asked_once_a_deal_and_reopening_answers(self):
        self.env.company.touch_lost_agree = True
        lead, own = self.worked(2)
        lead.with_user(self.rep).action_set_lost()
        own.with_user(self.leader).action_set_lost()
        [activity] = self.asked(lead | own)
        self.assertEqual((activity.user_id, activity.res_id), (self.leader, lead.id))
        self.assertIn("1 of 3 touches", activity.summary)
        activity.unlink()
        for _night in range(2):
            self.night()
        self.assertFalse(self.asked(lead | own), "asked once")
        lead.with_user(self.leader).action_restore()
        self.assertFalse(lead.lost_early or lead.lost_target)
        self.decide()
        self.assertTrue(self.planned(lead), "it is worked again")
        lead.with_user(self.rep).action_set_lost()
        self.assertEqual((len(self.asked(lead)), lead.lost_touches), (1, 1), "lost again, asked again, of the same approach")
        lead.with_user(self.rep).action_restore()
        self.assertFalse(self.asked(lead))

    def test_R47_the_leader_agrees_by_his_activity_or_by_the_button_and_a_rep_does_not(self):
        self.env.company.touch_lost_agree = True
        first, second = self.worked(2)
        (first | second).with_user(self.rep).action_set_lost()
        with self.assertRaisesRegex(AccessError, "team leader or a sales manager"):
            first.with_user(self.rep).action_touch_agree_lost()
        self.asked(second).with_user(self.rep).action_feedback()
        self.assertEqual(second.lost_early, "open", "a rep cannot agree to his own loss")
        self.assertFalse(self.asked(second))
        self.night()
        self.assertEqual(self.asked(second).user_id, self.leader, "nor take the question away from the leader")
        self.asked(first).with_user(self.leader).action_feedback()
        self.assertEqual(first.lost_early, "agreed")
        second.with_user(self.leader).action_touch_agree_lost()
        self.assertEqual(second.lost_early, "agreed")
        with self.assertRaises(AccessError):
            first.with_user(self.manager).lost_early = "open"

    def test_R47_the_night_sees_what_nobody_told(self):
        self.env.company.touch_lost_agree = True
        behind, leaderless = self.worked(2)
        self.team.user_id = False
        leaderless.with_user(self.rep).action_set_lost()
        self.assertFalse(self.asked(leaderless))
        self.team.user_id = self.leader
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET active = FALSE, probability = 0, won_status = 'lost' WHERE id = %s", [behind.id])
        self.env.invalidate_all()
        self.night()
        self.run_planner()
        self.night()
        self.assertEqual((behind.lost_early, behind.lost_touches), ("open", 1))
        self.assertEqual([len(self.asked(lead)) for lead in (behind, leaderless)], [1, 1])

    def test_R47_many_lost_at_once_cost_a_few_queries_each(self):
        self.env.company.touch_lost_agree = True
        batches = {}
        for count in (2, 100, 200):
            batches[count] = self.make_leads(count)
            self.cadence._create_enrollments(batches[count])
        self.decide()
        lost = {count: leads.sudo() for count, leads in batches.items()}
        self.assertLess(self.slope(lambda count: lost[count]._touch_losses()), 0.1)
        for leads in batches.values():
            self.env.cr.execute("UPDATE crm_lead SET active = FALSE, probability = 0, won_status = 'lost' WHERE id = ANY(%s)", [leads.ids])
        self.env.invalidate_all()
        # an activity of Odoo's for each, made in one go
        self.assertLess(self.slope(lambda count: lost[count]._touch_see_losses()), 1.1)
        self.assertEqual(set(batches[200].mapped("lost_early")), {"open"})
