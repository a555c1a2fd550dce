from datetime import timedelta

from freezegun import freeze_time
from odoo.tests import new_test_user, tagged

from ..hooks import post_init_hook
from ..method.plan.decision import Stop
from .common import MONDAY
from .test_method import MethodCase

MOMENT = "2026-03-02 09:30:00"
TICKS = {"has_need": True, "has_wish": True, "has_money": True}


@tagged("post_install", "-at_install")
@freeze_time(MOMENT)
class TestApproach(MethodCase):
    """Not giving up early, and not holding on blindly (R20, R33)."""

    def try_again(self, lead, day, outcome="no_answer"):
        with freeze_time(MONDAY + timedelta(days=day, hours=10)):
            self.all_due()
            self.run_planner()
            self.planned(lead).with_user(self.rep).done(self.outcomes[outcome])

    def test_R33_stop_after_counts_selling_and_its_nurture_together_and_the_approach_is_resumed_after_a_rest(self):
        self.cadence.write({"stop_after": 0, "step_ids": [(5, 0, 0), (0, 0, {"delay": 1})]})  # three tries that fail use a step up
        self.nurture.write({"stop_after": 5, "rest_days": 30})
        lead = self.make_leads()
        self.cadence.enroll(lead)
        for number in range(3):
            self.try_again(lead, 7 * number)
        self.assertEqual(lead.enrollment_ids.sorted("id").mapped("state"), ["exhausted", "running"])
        self.try_again(lead, 21)
        self.try_again(lead, 28)
        ended, resting = lead.enrollment_ids.sorted("id")[1:]
        self.assertEqual((ended.state, ended.stop_reason, ended.why), ("exhausted", "stop_after", "5 tries brought no success."))
        self.assertEqual((resting.state, resting.cadence_id), ("resting", self.nurture))
        self.assertEqual(resting.not_before, MONDAY + timedelta(days=58))
        self.assertFalse(self.planned(lead))
        self.try_again(lead, 60)
        self.assertEqual((resting.state, lead.enrollment_ids.sorted("id")[-1]), ("running", resting), "it begins anew")

    def test_R33_what_comes_of_the_last_try_is_said_before(self):
        self.cadence.write({"exhausted_cadence_id": False, "rest_days": 30})
        self.cadence.enroll(lead := self.make_leads())
        words, touch = self.env["touch.words"], self.planned(lead)
        said = words._say(words._decision_codes(Stop.because("exhausted", "stop_after", tries=12), touch))
        self.assertEqual(said, "12 tries brought no success. Rests until 04/01/2026.")
        said = words._say(words._decision_codes(Stop.because("exhausted", "steps_done", touches=7), touch))
        self.assertEqual(said, "All steps are done after 7 touches.")

    def test_R33_progress_counts_the_tries_anew(self):
        self.cadence.write({"stop_after": 3, "exhausted_cadence_id": False, "rest_days": 0})
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        for number, outcome in enumerate(("no_answer", "no_answer", "interested", "no_answer", "no_answer")):
            self.try_again(lead, 7 * number, outcome)
        self.assertEqual(enrollment.state, "running")
        self.try_again(lead, 35)
        self.assertEqual((enrollment.state, enrollment.stop_reason), ("exhausted", "stop_after"))

    def test_R20_what_came_before_a_purchase_or_a_no_is_another_approach(self):
        self.cadence.write({"stop_after": 2, "rest_days": 30})
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.try_again(lead, 0)
        self.try_again(lead, 3, "clear_no")
        self.try_again(lead, 40)
        self.assertEqual(lead.enrollment_ids.sorted("id").mapped("state"), ["refused", "running"])

    def test_R33_the_approach_is_read_for_all_clients_at_once(self):
        def measured(count):
            leads = self.make_leads(count)
            self.cadence.enroll(leads)
            its = leads.enrollment_ids
            its._stop("exhausted", "window_over")
            self.env.flush_all()
            subjects = self.env["touch.client"]._subjects_of_enrollments(leads.enrollment_ids)
            return self.queries(lambda: self.env["touch.facts"]._read_approaches(subjects))

        measured(2)
        self.assertEqual(measured(20), measured(40))

    def test_the_shipped_cadences_hand_over_and_nurture_can_end(self):
        for name in ("standard", "high", "nurture", "win_back"):
            self.assertEqual(self.env.ref(f"touch_cadence.touch_cadence_{name}").hand_over_after, 6, name)
        self.assertEqual(self.env.ref("touch_cadence.touch_cadence_nurture").stop_after, 12)

    # --------------------------------------------------------------
    # R34: need, wish, money, authority
    # --------------------------------------------------------------

    def test_R6_three_ticks_of_a_rep_make_the_client_hot_once_and_say_so(self):
        lead = self.make_leads().with_context(tracking_disable=False)
        self.cadence.enroll(lead)
        self.cr.precommit.run()
        own = lead.with_user(self.rep)
        own.write({"has_need": True, "has_wish": True, "has_authority": True})
        self.assertEqual(lead.temperature, "cold")
        own.has_money = True
        self.assertEqual(lead.temperature, "hot")
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertEqual(self.planned(lead).purpose, "closing")
        self.assertIn("need, wish and money", self.notes(lead))
        own.temperature = "warm"
        own.write({"has_money": True, "has_need": True})
        self.assertEqual(lead.temperature, "warm", "a person knows better")

    def test_R6_whoever_says_the_temperature_himself_is_believed_and_an_import_counts(self):
        by_hand = self.make_leads()
        by_hand.with_user(self.rep).write({**TICKS, "temperature": "warm"})
        self.assertEqual(by_hand.temperature, "warm")
        self.assertEqual(self.make_leads(**TICKS).temperature, "hot")
        self.assertEqual(self.make_leads(**TICKS, temperature="cold").temperature, "cold")
        lost = self.make_leads()
        lost.action_set_lost()
        lost.write(TICKS)
        self.assertEqual(lost.temperature, "cold")

    def test_R34_who_is_ready_and_warm_is_closed(self):
        lead = self.make_leads(temperature="warm")
        self.cadence.enroll(lead)
        self.assertEqual(self.planned(lead).purpose, "warming")
        lead.with_user(self.rep).write({**TICKS, "has_authority": True, "temperature": "warm"})
        self.decide()
        touch = self.planned(lead)
        self.assertEqual((lead.temperature, touch.purpose), ("warm", "closing"))
        self.assertIn("need, wish, money and authority are there", touch.why)

    def test_R34_who_decides_is_asked_next_where_authority_is_missing(self):
        asking = self.env.ref("touch_cadence.touch_reason_who_decides")
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.assertNotEqual(self.planned(lead).reason_id, asking)
        lead.with_user(self.rep).has_need = True
        self.decide()
        self.assertEqual(self.planned(lead).reason_id, asking)
        lead.with_user(self.rep).has_authority = True
        self.decide()
        self.assertNotEqual(self.planned(lead).reason_id, asking)

    # --------------------------------------------------------------
    # R40: the gate
    # --------------------------------------------------------------

    def test_R40_on_install_teams_get_a_gate_where_nothing_is_set(self):
        stages = self.env["crm.stage"].search([("is_won", "=", False)], order="sequence, id")
        stages.team_ids = False
        qualified = self.env.ref("crm.stage_lead2")
        after = stages[stages.ids.index(qualified.id) + 1]
        other = self.env["crm.team"].create({"name": "Set already", "touch_gate_stage_id": stages[0].id})
        post_init_hook(self.env)
        self.assertEqual((self.team.touch_gate_stage_id, other.touch_gate_stage_id), (after, stages[0]))

    def test_R40_a_pipeline_of_own_stages_has_its_gate_after_the_second(self):
        self.env["crm.stage"].search([("is_won", "=", False)]).team_ids = self.env["crm.team"].create({"name": "Another"})
        names = ("First", "Second", "Third", "Fourth")
        own = self.env["crm.stage"].create([{"name": one, "sequence": n, "team_ids": self.team.ids} for n, one in enumerate(names)])
        post_init_hook(self.env)
        self.assertEqual(self.team.touch_gate_stage_id, own[2])
        self.team.touch_gate_stage_id = False
        own[1:].unlink()
        post_init_hook(self.env)
        self.assertEqual(self.team.touch_gate_stage_id, own[0])


@tagged("post_install", "-at_install")
@freeze_time(MOMENT)
class TestCloser(MethodCase):
    """Two hands by stage (R56)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.closer = new_test_user(cls.env, "tc_closer", "sales_team.group_sale_salesman", name="Cleo Closer", tz="UTC")
        cls.closer.touch_strength = "closing"
        cls.team.member_ids = cls.rep | cls.rep_two | cls.closer
        cls.cadence.hand_over_hot = True

    def test_R56_the_closer_takes_over_when_the_client_turns_hot(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.planned(lead).with_user(self.rep).done(self.outcomes["ready_to_buy"])
        self.decide()
        self.assertEqual(lead.user_id, self.closer)
        self.assertEqual((self.planned(lead).user_id, self.planned(lead).purpose), (self.closer, "closing"))
        self.assertIn("good at closing", self.notes(lead))

    def test_R56_not_where_it_is_off_nor_where_the_rep_closes_himself_nor_back_and_forth(self):
        self.cadence.hand_over_hot = False
        off = self.make_leads(temperature="hot")
        self.cadence.enroll(off)
        self.assertEqual(off.user_id, self.rep)
        self.cadence.hand_over_hot = True
        self.rep.touch_strength = "closing"
        own = self.make_leads(temperature="hot")
        self.cadence.enroll(own)
        self.assertEqual(own.user_id, self.rep)
        self.rep.touch_strength = False
        back = self.make_leads(temperature="hot")
        self.cadence.enroll(back)
        self.assertEqual(back.user_id, self.closer)
        self.planned(back).with_user(self.closer).done(self.outcomes["reached"])
        back.user_id = self.rep  # given back by hand
        self.decide()
        self.assertEqual((back.user_id, self.planned(back).user_id), (self.rep, self.rep))
