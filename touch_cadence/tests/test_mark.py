from contextlib import suppress
from unittest.mock import patch

from freezegun import freeze_time
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.base.touch_mark import door
from .common import TouchCase

AT_ONCE = "odoo.addons.touch_cadence.models.plan.touch_review.DECIDE_AT_ONCE"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestMark(TouchCase):
    """Whatever may change a decision marks; what is marked is decided once, when what happens is over."""

    def setUp(self):
        super().setUp()
        self.lead = self.make_leads()
        self.run = self.cadence.enroll(self.lead)
        self.decided = []
        review = type(self.env["touch.enrollment"])._review

        def watched(enrollments):
            self.decided += enrollments.ids
            return review(enrollments)

        self.patch(type(self.env["touch.enrollment"]), "_review", watched)

    def test_a_public_method_returns_with_the_next_touch_planned(self):
        first = self.planned(self.lead)
        first.done(self.outcomes["reached"])
        self.assertEqual(self.planned(self.lead).number, 2)
        self.assertEqual(self.decided, self.run.ids, "decided once, whatever the outcome marked")

    def test_a_clear_no_is_decided_once(self):
        self.planned(self.lead).done(self.outcomes["clear_no"])
        self.assertEqual(self.run.state, "refused")
        self.assertEqual(len(self.decided), len(set(self.decided)))

    def test_what_odoo_writes_is_decided_before_the_commit_and_not_before(self):
        self.lead.temperature = "hot"
        self.assertEqual(self.planned(self.lead).purpose, "warming")
        self.assertFalse(self.decided)
        self.decide()
        self.assertEqual(self.planned(self.lead).purpose, "closing")

    def test_many_writes_are_decided_once(self):
        for temperature in ("hot", "cold", "warm", "hot"):
            self.lead.temperature = temperature
        self.lead.phone = "+3212345678"
        self.decide()
        self.assertEqual(self.decided, self.run.ids)

    def test_a_lost_deal_is_lost_and_not_archived(self):
        self.lead.with_user(self.rep).action_set_lost()
        self.assertEqual(self.run.stop_reason, "lost")

    def test_a_savepoint_within_a_door_decides_nothing(self):
        with door(self.env):
            self.lead.temperature = "hot"
            with self.env.cr.savepoint():
                self.assertEqual(self.planned(self.lead).purpose, "warming")
                self.lead.phone = "+3212345678"
            self.assertFalse(self.decided)
            with door(self.env):
                self.lead.phone = "+3212345679"
            self.assertFalse(self.decided, "the outermost door counts")
        self.assertEqual(self.planned(self.lead).purpose, "closing")
        self.assertEqual(self.decided, self.run.ids)

    def test_a_savepoint_that_is_undone_takes_no_mark_with_it(self):
        with door(self.env):
            self.lead.temperature = "hot"
            # not assertRaises, whose own savepoint would undo what was written before
            with suppress(ValueError), self.env.cr.savepoint():
                self.lead.phone = "+3212345678"
                raise ValueError("undone")
        self.assertEqual(self.planned(self.lead).purpose, "closing")

    def test_a_transaction_that_is_rolled_back_takes_its_marks_with_it(self):
        with self.registry.cursor() as cr:
            mark = self.env(cr=cr)["touch.mark"]
            mark._mark(self.run)
            self.assertTrue(mark._marks())
            cr.rollback()
            self.assertFalse(mark._marks())

    def test_a_door_that_fails_leaves_its_marks_to_the_commit(self):
        with suppress(ValueError), door(self.env):
            self.lead.temperature = "hot"
            self.env.cr.flush()  # as a savepoint that somebody opened: the hook is used up
            raise ValueError("undone")
        self.assertFalse(self.decided)
        self.decide()
        self.assertEqual(self.planned(self.lead).purpose, "closing")

    def test_the_form_shows_after_saving_what_was_decided(self):
        specification = {"next_touch_why": {}, "touch_ids": {"fields": {"purpose": {}, "state": {}}}}
        [saved] = self.lead.with_user(self.rep).web_save({"temperature": "hot"}, specification)
        self.assertIn("hot", saved["next_touch_why"])
        self.assertEqual([touch["purpose"] for touch in saved["touch_ids"]], ["closing"])
        [run] = self.run.with_user(self.rep).web_read({"why": {}})
        self.assertIn("hot", run["why"])

    def test_too_many_are_left_to_the_planner_by_one_statement(self):
        leads = self.make_leads(60)
        self.cadence.enroll(leads)
        self.decided.clear()
        with patch(AT_ONCE, 20):
            leads.user_id = self.rep_two
            self.decide()
        self.assertEqual(len(self.decided), 20)
        self.assertEqual(len(leads.enrollment_ids.filtered("review_since")), 40)
        self.assertEqual(len(self.planned(leads).filtered(lambda touch: touch.user_id == self.rep_two)), 20)
        self.run_planner()
        self.assertEqual(self.planned(leads).user_id, self.rep_two)
        self.assertEqual(self.planned(leads).activity_id.user_id, self.rep_two)
        self.assertFalse(leads.enrollment_ids.filtered("review_since"))

    def test_leads_given_to_another_rep_cost_no_query_each(self):
        batches = {count: self.make_leads(count) for count in (2, 100, 200)}
        for leads in batches.values():
            self.cadence.enroll(leads)
        with patch(AT_ONCE, 0):

            def act(count):
                for lead in batches[count]:
                    self.env["touch.mark"]._mark_clients(lead)
                self.decide()

            self.assertLess(self.slope(act), 0.05)

    @mute_logger("odoo.addons.touch_cadence.models.plan.touch_review")
    def test_a_review_that_fails_fails_nobodys_tick(self):
        touch = self.planned(self.lead)
        with patch.object(type(self.env["touch.planner"]), "_apply_touches", side_effect=ValueError("broken")):
            touch.done(self.outcomes["reached"])
        self.assertEqual(touch.state, "done")
        self.assertTrue(self.run.review_since or self.run.state == "blocked")

    def test_who_marks_without_end_is_left_to_the_planner(self):
        review = type(self.env["touch.enrollment"])._review

        def again(enrollments):
            review(enrollments)
            self.env["touch.mark"]._mark(enrollments)

        with patch.object(type(self.env["touch.enrollment"]), "_review", again):
            self.lead.temperature = "hot"
            self.decide()
        self.assertTrue(self.run.review_since)

    def test_what_a_hook_of_others_marks_after_ours_is_decided(self):
        self.lead.phone = "+3212345678"  # our hook is the first
        self.env.cr.precommit.add(lambda: self.lead.write({"temperature": "hot"}))
        self.decide()
        self.assertEqual(self.planned(self.lead).purpose, "closing")

    def test_a_hook_of_others_that_fails_leaves_what_is_marked_later_to_be_decided(self):
        self.lead.phone = "+3212345678"

        def broken():
            raise ValueError("broken")

        self.env.cr.precommit.add(broken)
        with suppress(ValueError):
            self.env.cr.flush()
        self.lead.temperature = "hot"
        self.decide()
        self.assertEqual(self.planned(self.lead).purpose, "closing")

    def test_a_record_that_fails_takes_no_decision_about_others_along(self):
        leads = self.lead | self.make_leads()

        def work(some):
            if self.lead in some:
                self.lead.temperature = "hot"
            if some != self.lead:
                with door(self.env):
                    pass  # a public method, which decides for what is marked
                raise ValueError("broken")

        self.env["touch.background"]._isolate_failures(leads, work, lambda culprit, error: None)
        self.decide()
        self.assertEqual(self.planned(self.lead).purpose, "closing")

    def failing(self, run):
        """Deciding for ``run`` fails."""
        decide = type(self.env["touch.facts"])._decide

        def broken(facts, enrollments, *args, **kwargs):
            if run & enrollments:
                raise ValueError("broken")
            return decide(facts, enrollments, *args, **kwargs)

        self.enterContext(mute_logger("odoo.addons.touch_cadence.models.plan.touch_review"))
        self.patch(type(self.env["touch.facts"]), "_decide", broken)

    def test_a_marked_one_that_fails_is_tried_once_a_run(self):
        others = self.make_leads(3)
        self.cadence.enroll(others)
        self.env["touch.mark"]._leave_to_planner((self.run | others.enrollment_ids).ids)
        self.failing(self.run)
        self.run_planner()
        self.assertEqual((self.run.state, self.run.blocked_count), ("blocked", 1))
        self.assertFalse((self.run | others.enrollment_ids).filtered("review_since"))

    def test_a_marked_one_that_is_over_stays_over(self):
        self.run.action_stop()
        state = self.run.state
        self.env["touch.mark"]._leave_to_planner(self.run.ids)
        self.failing(self.run)
        self.run_planner()
        self.assertEqual(self.run.state, state)
        self.assertFalse(self.run.review_since)

    def test_a_marked_one_that_is_over_ends_only_once(self):
        self.run.action_stop()
        reason = self.run.stop_reason
        self.lead.action_archive()
        self.env["touch.mark"]._leave_to_planner(self.run.ids)
        self.run_planner()
        self.assertEqual(self.run.stop_reason, reason)

    def test_what_is_paused_stays_paused_when_deciding_fails(self):
        self.run.action_pause()
        self.failing(self.run)
        self.lead.phone = "+3212345678"
        self.decide()
        self.assertEqual(self.run.state, "paused")
        self.env["touch.mark"]._leave_to_planner(self.run.ids)
        self.run_planner()
        self.assertEqual(self.run.state, "paused")
        self.assertFalse(self.run.review_since)

    def test_what_waits_goes_on_waiting_when_deciding_fails(self):
        partner = self.make_partners()
        first, second = self.make_leads(2, partner_id=partner.id)
        self.cadence.enroll(first)
        waiting = self.cadence.enroll(second)
        self.assertEqual(waiting.state, "waiting")
        self.failing(waiting)
        second.phone = "+3212345678"
        self.decide()
        self.assertEqual(waiting.state, "waiting")
        self.assertEqual(second.phone, "+3212345678")

    def test_a_blocked_one_that_is_left_to_the_planner_is_tried_again(self):
        self.run.write({"state": "blocked", "next_date": "2026-03-09 09:00:00"})
        with patch(AT_ONCE, 0):
            self.lead.phone = "+3212345678"
            self.decide()
        self.run_planner()
        self.run_planner()
        self.assertEqual(self.run.state, "running")

    def test_a_client_of_two_companies_is_decided_for_both(self):
        two = self.env["res.company"].create({"name": "Two", "touch_per_day": 0})
        groups = "sales_team.group_sale_salesman"
        tom = new_test_user(self.env, "tc_two", groups, name="Tom Two", tz="UTC", company_id=two.id, company_ids=[(6, 0, two.ids)])
        steps = [(0, 0, {"delay": 0, "times": 0})]
        care = self.env["touch.cadence"].create(
            {"name": "Care of two", "model": "res.partner", "company_id": two.id, "user_id": tom.id, "step_ids": steps}
        )
        client = self.make_partners()
        self.care.enroll(client)
        care.with_company(two).enroll(client.with_company(two))
        specification = {"touch_ids": {"fields": {"company_id": {}}}}
        own = client.with_user(self.rep).with_context(allowed_company_ids=self.env.company.ids)
        [saved] = own.web_save({"phone": False, "temperature": "hot"}, specification)
        touches = self.planned(client).sorted("company_id")
        found = [(touch.company_id, touch.purpose, touch.user_id, touch.activity_id.user_id) for touch in touches]
        self.assertEqual(found, [(self.env.company, "closing", self.rep, self.rep), (two, "closing", tom, tom)])
        self.assertNotIn("call", touches.mapped("channel"))
        self.assertEqual(
            [touch["company_id"] for touch in saved["touch_ids"]], self.env.company.ids, "nothing is told of the other company"
        )
