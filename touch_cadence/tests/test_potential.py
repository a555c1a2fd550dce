from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import MONDAY
from .test_method import MethodCase


class PotentialCase(MethodCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["touch.marker.question"].search([]).active = False
        cls.env["crm.stage"].search([]).team_ids = False
        cls.questions = cls.env["touch.marker.question"].create(
            [
                {
                    "name": name,
                    "option_ids": [
                        Command.create({"name": f"{name}: {potential}", "potential": potential, "sequence": number})
                        for number, potential in enumerate(("low", "standard", "high"))
                    ],
                }
                for name in ("People", "Today", "Who decides")
            ]
        )
        cls.stages = cls.env["crm.stage"].search([("is_won", "=", False)], order="sequence, id")
        cls.won_stage = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        cls.high = cls.env.ref("touch_cadence.touch_cadence_high")
        cls.high.company_id = False

    def options(self, letters):
        """:param letters: one of l, s, h a question"""
        groups = {"l": "low", "s": "standard", "h": "high"}
        return self.env["touch.marker.option"].union(
            *(
                question.option_ids.filtered(lambda one, letter=letter: one.potential == groups[letter])
                for question, letter in zip(self.questions, letters)
            )
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestPotential(PotentialCase):
    def test_R32_a_rep_answers_and_deal_and_client_are_judged(self):
        lead = self.make_leads(partner_id=self.make_partners().id)
        wizard = Form(self.env["touch.judge"].with_user(self.rep).with_context(default_lead_id=lead.id))
        self.assertEqual(wizard.question_count, 3)
        wizard.option_1_id, wizard.option_2_id, wizard.option_3_id = self.options("hhs")
        wizard.save().action_judge()
        self.assertEqual((lead.potential, lead.partner_id.potential, lead.potential_date), ("high", "high", MONDAY))
        why = lead.with_user(self.rep).potential_why
        self.assertIn("By majority: 0 low, 1 standard, 2 high.", why)
        self.assertIn("People: high", why)
        self.assertEqual(lead.judgement_ids.user_id, self.rep)

    def test_R32_the_manager_sets_the_rule(self):
        lead, other = self.make_leads(2, team_id=self.team.id)
        self.team.touch_judge_rule = "any_low"
        lead.judge(self.options("hhl"))
        self.assertEqual(lead.potential, "low")
        self.questions[0].weight = 5
        self.team.touch_judge_rule = "weights"
        other.judge(self.options("hll").ids)
        self.assertEqual(other.potential, "high")
        self.assertIn("By weights: 10 of 14 points.", other.potential_why)

    def test_R32_set_by_hand_with_a_reason(self):
        lead = self.make_leads()
        with self.assertRaisesRegex(UserError, "Give a reason"):
            lead.judge_by_hand("high", " ")
        with self.assertRaisesRegex(UserError, "low, standard or high"):
            lead.judge_by_hand("huge", "Because")
        with self.assertRaisesRegex(UserError, "at least one question"):
            lead.judge(self.env["touch.marker.option"])
        lead.judge(self.options("lll"))
        lead.with_user(self.rep).judge_by_hand("high", "Their parent company buys next year")
        self.assertEqual(lead.potential, "high")
        self.assertEqual(lead.potential_why, "By hand: Their parent company buys next year")
        self.assertEqual(lead.judgement_ids.sorted("id").mapped("potential"), ["low", "high"])

    def test_R32_a_rep_does_not_write_a_potential_over_a_manager_may(self):
        lead = self.make_leads()
        lead.judge(self.options("hhh"))
        with self.assertRaisesRegex(UserError, "by the marker questions"):
            lead.with_user(self.rep).potential = "standard"
        lead.with_user(self.rep).write({"potential": "high", "priority": "1"})  # nothing changes
        lead.with_user(self.rep).judge_by_hand("standard", "Only one plant")
        lead.with_user(self.manager).potential = "high"
        self.assertEqual(lead.potential, "high")

    def test_R32_teams_ask_their_own_questions_four_at_most(self):
        other = self.env["crm.team"].create({"name": "Other team"})
        self.questions[0].team_ids = other
        self.assertEqual(self.env["touch.marker.question"]._of_team(self.team), self.questions[1:])
        self.assertEqual(self.env["touch.marker.question"]._of_team(other), self.questions)
        self.assertEqual(self.env["touch.marker.question"]._of_team(self.env["crm.team"]), self.questions[1:])
        self.questions[0].copy({"team_ids": False})
        empty = self.env["touch.marker.question"].create({"name": "Fifth"})
        with self.assertRaises(ValidationError):
            empty.option_ids = [Command.create({"name": "Yes"})]
        with self.assertRaisesRegex(ValidationError, "“Other team” would have more than 4 questions"):
            self.questions[0].copy({"team_ids": False})

    def test_R32_who_passed_the_first_third_unjudged_is_listed_and_nudged_once(self):
        self.cadence.enroll(self.make_leads())
        fresh, late, judged, old, won = self.make_leads(5, stage_id=self.stages[0].id)
        (late | judged | old | won).stage_id = self.stages[-1]
        judged.judge(self.options("sss"))
        old.judge(self.options("sss"))
        old.potential_date = "2025-01-01"
        won.action_set_won()
        every = fresh | late | judged | old | won
        due = self.env["crm.lead"].search([("potential_due", "=", True), ("id", "in", every.ids)])
        self.assertEqual(due, late | old)
        self.assertEqual(every.filtered("potential_due"), late | old)
        self.assertEqual(self.env["crm.lead"].search([("potential_due", "=", False), ("id", "in", every.ids)]), fresh | judged | won)
        nudge = self.env.ref("touch_cadence.mail_activity_type_judge")
        for _night in range(2):
            self.night()
            nudges = every.activity_ids.filtered(lambda activity: activity.activity_type_id == nudge)
            self.assertEqual(len(nudges), 2)
        self.assertEqual(nudges.user_id, self.rep)
        late.with_user(self.rep).judge(self.options("sss"))
        self.assertNotIn(nudge, late.activity_ids.activity_type_id)
        self.env.company.touch_judge_days = 0
        self.assertFalse(self.env["crm.lead"].search([("potential_due", "=", True), ("id", "in", every.ids)]))

    def test_R33_low_ends_what_runs_and_is_taken_up_again_when_judged_anew(self):
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        self.assertTrue(self.planned(lead))
        lead.judge(self.options("lll"))
        self.assertEqual((enrollment.state, enrollment.stop_reason), ("stopped", "low_potential"))
        self.assertFalse(self.planned(lead))
        self.assertEqual(lead.touch_strategy, "0")
        low = safe_eval(self.env.ref("touch_cadence.crm_lead_action_touch_low").domain)
        self.assertIn(lead, self.env["crm.lead"].search(low))
        self.env["touch.cadence"].search([("potential", "=", "standard")]).potential = False
        lead.judge_by_hand("standard", "They grow")
        again = lead.enrollment_ids.filtered(lambda one: one.state == "running")
        self.assertEqual((again.cadence_id, again.run), (self.cadence, 2))
        self.assertTrue(self.planned(lead))

    def test_R33_the_strategy_follows_the_potential(self):
        self.env["touch.cadence"].search([("potential", "=", "standard")]).potential = False
        self.cadence.potential = "standard"
        lead, unknown = self.make_leads(2)
        first = self.cadence.enroll(lead)
        lead.judge(self.options("hhh"))
        self.assertEqual((first.state, first.stop_reason), ("stopped", "strategy"))
        running = lead.enrollment_ids.filtered(lambda one: one.state == "running")
        self.assertEqual((running.cadence_id, lead.touch_strategy), (self.high, "2"))
        self.assertEqual(len(self.planned(lead)), 1)
        lead.judge(self.options("sss"))
        running = lead.enrollment_ids.filtered(lambda one: one.state == "running")
        self.assertEqual((running.cadence_id, running.run), (self.cadence, 2))
        unknown.with_user(self.rep).judge(self.options("sss"))
        self.assertEqual((unknown.enrollment_ids.cadence_id, unknown.enrollment_ids.state), (self.cadence, "running"))
        unknown.judge(self.options("hhs"))
        running = unknown.enrollment_ids.filtered(lambda one: one.state == "running")
        self.assertEqual(running.cadence_id, self.high)

    def test_R33_a_deal_in_a_cadence_for_any_potential_stays_there_when_judged_standard(self):
        lead = self.make_leads()
        nurturing = self.nurture.enroll(lead)
        lead.judge(self.options("sss"))
        self.assertEqual((lead.enrollment_ids, nurturing.state), (nurturing, "running"))

    def test_R33_the_first_deal_ever_judged_standard_is_worked(self):
        self.assertFalse(self.env["touch.presence"]._in_use())
        lead = self.make_leads()
        lead.with_user(self.rep).judge(self.options("sss"))
        self.assertEqual(lead.enrollment_ids.cadence_id, self.env.ref("touch_cadence.touch_cadence_standard"))
        self.assertTrue(self.planned(lead))

    def test_R33_the_first_deal_ever_judged_high_is_worked(self):
        self.assertFalse(self.env["touch.presence"]._in_use())
        lead = self.make_leads()
        lead.judge(self.options("hhh"))
        self.assertEqual(lead.enrollment_ids.cadence_id, self.high)

    def test_R33_a_large_deal_goes_before_the_others_of_its_client(self):
        small, large = self.make_leads(2, partner_id=self.make_partners().id)
        first = self.cadence.enroll(small)
        large.judge(self.options("hhh"))
        self.assertEqual(first.state, "waiting")
        self.assertEqual((large.enrollment_ids.cadence_id, large.enrollment_ids.state), (self.high, "running"))
        self.assertEqual(self.planned(large).number, 1)

    def test_R33_who_was_paused_by_hand_stays_paused(self):
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        enrollment.action_pause()
        lead.judge(self.options("hhh"))
        self.assertEqual((lead.enrollment_ids, enrollment.state), (enrollment, "paused"))

    def test_R32_a_potential_that_came_without_judging_has_a_date_and_merges_along(self):
        imported, unjudged = self.make_leads(2, team_id=self.team.id)
        imported = self.make_leads(team_id=self.team.id, potential="high")
        self.assertEqual(imported.potential_date, MONDAY)
        (imported | unjudged).merge_opportunity()
        self.assertEqual((imported | unjudged).exists().mapped("potential"), ["high"])

    def test_R34_need_wish_money_and_authority_make_ready(self):
        lead = self.make_leads()
        self.assertEqual(lead.readiness, 0)
        lead.with_user(self.rep).write({"has_need": True, "has_wish": True, "has_money": True})
        self.assertEqual(lead.readiness, 3)
        lead.has_authority = True
        self.assertEqual(self.env["crm.lead"].search([("readiness", ">=", 4)]) & lead, lead)

    def test_R37_ten_times_the_average_is_a_large_deal(self):
        won = self.make_leads(2, team_id=self.team.id, expected_revenue=100)
        won.action_set_won()
        large, usual = self.make_leads(2, team_id=self.team.id)
        large.expected_revenue, usual.expected_revenue = 1000, 999
        self.assertEqual(self.team.touch_average_won, 100)
        self.assertEqual((large.touch_is_large, usual.touch_is_large), (True, False))
        self.assertEqual(self.env["crm.lead"].search([("touch_is_large", "=", True)]) & (large | usual), large)
        self.env.company.touch_large_factor = 0
        self.assertFalse(self.env["crm.lead"].search([("touch_is_large", "=", True)]))
        (large | usual).invalidate_recordset(["touch_is_large"])
        self.assertFalse(large.touch_is_large)

    # --------------------------------------------------------------
    # R40: beginners
    # --------------------------------------------------------------

    def test_R40_levels_are_proposed_from_deals_and_months_and_set_by_the_manager(self):
        with freeze_time("2025-06-01 09:00:00"):
            deals = self.make_leads(3, user_id=self.rep.id)
        deals.action_set_won()
        self.env.company.write({"touch_experienced_won": 3, "touch_experienced_months": 6})
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2025-06-01' WHERE id = ANY(%s)", [deals.ids])
        self.env.invalidate_all()
        self.assertEqual(self.rep._touch_levels(), {self.rep.id: "experienced"})
        self.assertEqual(self.rep_two._touch_levels(), {self.rep_two.id: "beginner"})
        self.env.company.touch_experienced_months = 12
        self.assertEqual(self.rep._touch_levels(), {self.rep.id: "beginner"})
        member = self.env["crm.team.member"].search([("user_id", "=", self.rep.id)], limit=1)
        self.assertEqual(member.with_user(self.manager).touch_level_proposed, "beginner")
        member.with_user(self.manager).touch_level = "experienced"
        self.env.flush_all()
        self.assertEqual(self.rep._touch_levels(), {self.rep.id: "experienced"})

    def test_R40_a_beginners_large_deal_does_not_pass_the_gate_without_an_expert(self):
        self.team.touch_gate_stage_id = self.stages[0]
        lead = self.make_leads(team_id=self.team.id, stage_id=self.stages[0].id)
        lead.judge(self.options("hhh"))
        mine = lead.with_user(self.rep)
        self.assertIn(self.stages[0].name, mine.expert_blocks)
        with self.assertRaisesRegex(RedirectWarning, "an expert must help before"):
            mine.stage_id = self.stages[1]
        with self.assertRaises(RedirectWarning):
            mine.action_set_won()
        mine.priority = "2"  # other things may change
        # the beginner's own words do not count: neither a tick on the planned touch, nor a touch written over
        self.planned(lead).with_user(self.rep).done()
        with self.assertRaises(AccessError):
            lead.touch_ids.with_user(self.rep).write({"expert_id": self.leader.id})
        with self.assertRaises(RedirectWarning):
            mine.stage_id = self.stages[1]
        with self.assertRaises(RedirectWarning):
            lead.with_user(self.rep).log_touch({"channel": "call", "outcome_id": self.outcomes["bought"].id})
        self.env.company.touch_expert_notice = 0
        self.env["touch.expert"].create({"user_id": self.leader.id})
        booking = lead.ask_expert()
        with freeze_time("2026-03-03 15:30:00"):
            booking.with_user(self.leader).action_done(note="Good")
        self.env.invalidate_all()
        self.assertFalse(mine.expert_blocks)
        mine.stage_id = self.stages[1]
        self.assertEqual(lead.stage_id, self.stages[1])

    def test_R40_a_rep_cannot_make_the_experts_touch_himself(self):
        self.team.touch_gate_stage_id = self.stages[0]
        lead = self.make_leads(team_id=self.team.id, stage_id=self.stages[0].id)
        lead.judge(self.options("hhh"))
        lead.with_user(self.rep).log_touch({"channel": "meeting", "expert_id": self.leader.id})
        with self.assertRaises(RedirectWarning):
            lead.with_user(self.rep).stage_id = self.stages[1]
        touch = self.planned(lead)
        touch.with_user(self.rep).done()
        with self.assertRaises(RedirectWarning):
            lead.with_user(self.rep).stage_id = self.stages[1]

    def test_R40_who_is_experienced_or_works_standard_deals_passes(self):
        self.team.touch_gate_stage_id = self.stages[0]
        lead, standard = self.make_leads(2, team_id=self.team.id, stage_id=self.stages[0].id)
        standard.judge(self.options("sss"))
        standard.with_user(self.rep).stage_id = self.stages[1]
        self.rep.touch_level = "experienced"
        lead.judge(self.options("hhh"))
        self.assertEqual(lead.expert_status, "asked")
        lead.with_user(self.rep).stage_id = self.stages[1]

    def test_R40_a_manager_may_pass_it_and_a_team_without_a_gate_has_none(self):
        lead, free = self.make_leads(2, team_id=self.team.id, stage_id=self.stages[0].id)
        (lead | free).judge(self.options("hhh"))
        free.with_user(self.rep).stage_id = self.stages[1]
        self.team.touch_gate_stage_id = self.stages[0]
        lead.with_user(self.manager).stage_id = self.stages[1]

    def test_R40_an_experienced_rep_says_why_he_works_alone_a_beginner_cannot(self):
        lead = self.make_leads()
        lead.judge(self.options("hhh"))
        with self.assertRaisesRegex(UserError, "must be worked with an expert"):
            lead.with_user(self.rep).work_alone("I can do it")
        self.rep.touch_level = "experienced"
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Give a reason"):
            lead.with_user(self.rep).work_alone("")
        lead.with_user(self.rep).work_alone("I sold them two plants")
        self.assertEqual((lead.expert_status, lead.expert_text), ("alone", "I sold them two plants"))
