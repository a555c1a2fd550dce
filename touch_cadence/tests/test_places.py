from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.base.inside import INSIDE
from .common import MONDAY, TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestPlaces(TouchCase):
    """Who holds a client's place, and who gives way (B1): whole stories."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.make_partners()
        cls.care.step_ids.delay = 2

    def deal(self, **values):
        return self.make_leads(partner_id=self.partner.id, **values)

    def states(self):
        """:return: [(what is worked, cadence, state)] of the client, oldest first"""
        found = self.env["touch.enrollment"].search([("partner_id", "=", self.partner.id)], order="id")
        return [(one.lead_id or one.partner_id, one.cadence_id.name, one.state) for one in found]

    def running(self, partner=None):
        """:return: who is worked; and one touch is planned, for the same"""
        found = self.env["touch.enrollment"].search([("partner_id", "=", (partner or self.partner).id), ("state", "=", "running")])
        self.assertLessEqual(len(found), 1)
        if not partner:
            self.assertLessEqual(set(self.planned().enrollment_id.ids), set(found.ids))
        return found.lead_id or found.partner_id, found.cadence_id

    def by_rule(self, cadence, domain):
        cadence.write({"auto_enroll": True, "domain": str(domain)})
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_enroll_by_rule").method_direct_trigger()
        self.env.invalidate_all()
        cadence.auto_enroll = False

    def test_b1_a_buyer_in_care_opens_a_new_deal(self):
        first = self.deal()
        self.cadence.enroll(first)
        first.action_set_won()
        self.assertEqual(self.running(), (self.partner, self.care))
        care = self.partner.enrollment_ids.filtered(lambda one: one.cadence_id == self.care)
        self.planned(self.partner).done()
        second = self.deal()
        self.assertEqual(self.cadence.preview_enroll(second)[0]["reason"], "")
        self.cadence.enroll(second)
        self.assertEqual(self.running(), (second, self.cadence))
        self.assertIn("deal of this client is worked in cadence “Selling”", care.why)
        self.assertEqual(len(self.planned()), 1)
        with freeze_time("2026-03-12 09:30:00"):
            self.planned(second).done(self.outcomes["bought"])
            self.assertEqual(self.running(), (self.partner, self.care))
            self.assertEqual(len(self.partner.enrollment_ids.filtered(lambda one: one.cadence_id == self.care)), 1, "the same care goes on")
            self.assertEqual(care.pauses, [["2026-03-02", "2026-03-12"]])
            self.assertEqual((care.touch_count, self.planned().number), (1, 2))

    def test_b1_by_rule_too(self):
        self.care.enroll(self.partner)
        deal = self.deal()
        self.by_rule(self.cadence, [("id", "=", deal.id)])
        self.assertEqual(self.running(), (deal, self.cadence))

    def test_b1_the_second_open_deal_takes_over_when_the_first_is_over(self):
        first, second, third = deals = self.deal() | self.deal() | self.deal()
        self.care.enroll(self.partner)
        wizard = self.env["touch.enroll"].create({"model": "crm.lead", "res_ids": deals.ids, "cadence_id": self.cadence.id})
        self.assertEqual((wizard.do_count, wizard.left_out_count), (3, 0))
        self.assertIn("Waiting: 2.", wizard.preview)
        self.assertIn("Begins when cadence “Selling” is over", wizard.preview)
        wizard.action_enroll()
        self.assertEqual(self.running(), (first, self.cadence))
        self.assertIn("Waiting: another enrolment works this client", second.enrollment_ids.why)
        self.assertIn(f"{second.name} · Selling: Waiting: another enrolment works this client", second.next_touch_why)
        self.assertIn("Already waiting", self.cadence.preview_enroll(second)[0]["reason"])
        first.action_set_won()
        self.assertEqual(self.running(), (second, self.cadence))
        self.assertEqual(self.planned(second).number, 1)
        second.action_set_lost()
        self.assertEqual(self.running(), (third, self.cadence))
        third.enrollment_ids.action_stop("No budget")
        self.assertEqual(self.running(), (self.partner, self.care))
        self.assertNotIn("waiting", [state for _record, _cadence, state in self.states()])

    def test_b1_a_waiting_deal_that_is_lost_waits_no_longer(self):
        first, second = self.deal(), self.deal()
        self.cadence.enroll(first | second)
        second.action_set_lost()
        self.assertEqual((second.enrollment_ids.state, second.enrollment_ids.stop_reason), ("refused", "lost"))
        self.assertEqual(self.running(), (first, self.cadence))

    def test_b1_a_won_deal_dragged_back_is_worked(self):
        deal = self.deal()
        stage = deal.stage_id
        self.cadence.enroll(deal)
        deal.action_set_won()
        self.assertEqual(self.running(), (self.partner, self.care))
        deal.write({"stage_id": stage.id, "probability": 20})
        self.assertEqual(self.running(), (deal, self.cadence))
        self.assertEqual(deal.enrollment_ids.mapped("run"), [1], "it goes on where it was")
        deal.action_set_won()
        self.assertEqual(self.running(), (self.partner, self.care))

    def test_R20_a_deal_that_is_open_again_goes_on_where_it_was(self):
        deal = self.deal()
        run = self.cadence.enroll(deal)
        self.planned(deal).done(self.outcomes["reached"])
        step, started = self.planned(deal).step_id, run.date_start
        deal.action_set_lost()
        self.assertEqual((run.state, run.stop_reason), ("refused", "lost"))
        with freeze_time("2026-04-13 09:30:00"):
            deal.action_unarchive()
            self.decide()
            self.assertEqual(deal.enrollment_ids, run, "the same run")
            self.assertEqual((run.state, run.stop_reason, run.date_end, run.touch_count), ("running", False, False, 1))
            self.assertEqual((run.date_start, run.pauses), (started, [["2026-03-02", "2026-04-13"]]), "the weeks between were a pause")
            self.all_due()
            self.run_planner()
            self.assertEqual((self.planned(deal).step_id, self.planned(deal).number), (step, 2), "the same step")

    def test_R20_a_deal_that_is_open_again_waits_for_the_other_that_is_worked(self):
        first, second = self.deal(), self.deal()
        run = self.cadence.enroll(first)
        first.action_set_lost()
        self.partner.enrollment_ids.filtered(lambda one: one.state == "resting").action_stop("A mistake")
        self.cadence.enroll(second)
        first.action_unarchive()
        self.assertEqual((run.state, run.stop_reason), ("waiting", False))
        second.action_set_lost()
        self.partner.enrollment_ids.filtered(lambda one: one.state == "resting").action_stop("A mistake")
        self.assertEqual(self.running(), (first, self.cadence))

    def test_b1_a_lost_deal_restored_is_worked_and_ends_its_rest(self):
        deal = self.deal()
        self.cadence.enroll(deal)
        deal.action_set_lost()
        rest = self.partner.enrollment_ids.filtered(lambda one: one.state == "resting")
        self.assertEqual(rest.partner_id, self.partner)
        deal.action_unarchive()
        self.assertEqual(self.running(), (deal, self.cadence))
        self.assertEqual((rest.state, rest.stop_reason), ("stopped", "superseded"))

    def test_b1_a_deal_that_was_over_is_worked_again_by_rule(self):
        deal = self.deal()
        self.cadence.enroll(deal)
        deal.action_set_lost()
        self.cadence.active = False
        deal.action_unarchive()
        self.assertIn("Not enrolled again in cadence “Selling”: Cadence “Selling” is archived", deal.message_ids[0].body)
        self.cadence.active = True
        self.partner.enrollment_ids.filtered(lambda one: one.state == "resting").action_stop("It was a mistake")
        self.by_rule(self.cadence, [("id", "=", deal.id)])
        self.assertEqual(self.running(), (deal, self.cadence))
        deal.enrollment_ids[0].action_stop("Enough")
        self.by_rule(self.cadence, [("id", "=", deal.id)])
        self.assertFalse(self.running()[0], "who was stopped by hand is not enrolled by rule again")

    def test_b1_a_rest_gives_way_to_a_new_deal_only(self):
        old, refused = self.deal(), self.deal()
        # they came to be on other days: one transaction knows one moment
        self.env.cr.execute("UPDATE crm_lead SET create_date = create_date - interval '3 days' WHERE id IN %s", [(old.id, refused.id)])
        self.env.invalidate_all()
        self.cadence.enroll(refused)
        self.planned(refused).done(self.outcomes["clear_no"])
        self.assertIn("Resting", self.cadence.preview_enroll(old)[0]["reason"])
        self.by_rule(self.cadence, [("id", "=", old.id)])
        self.assertFalse(self.running()[0])
        new = self.deal()
        self.cadence.enroll(new)
        self.assertEqual(self.running(), (new, self.cadence))
        with freeze_time(MONDAY + timedelta(days=31)):  # the rest of the other deal is over: it waits its turn
            self.all_due()
            self.run_planner()
            self.assertEqual(self.running(), (new, self.cadence))
            self.assertIn((refused, "Selling", "waiting"), self.states())
            new.enrollment_ids.action_stop()
            self.assertEqual(self.running(), (refused, self.cadence))

    def test_b1_a_clear_no_reaches_the_deals_that_wait(self):
        first, second = self.deal(), self.deal()
        self.cadence.enroll(first | second)
        self.planned(first).done(self.outcomes["clear_no"])
        self.assertFalse(self.running()[0])
        self.assertEqual(second.enrollment_ids.state, "waiting")
        self.run_planner()
        self.assertFalse(self.running()[0])
        with freeze_time(MONDAY + timedelta(days=31)):
            self.run_planner()
            self.assertEqual(self.running(), (first, self.cadence))
        other = self.make_partners()
        third, fourth = self.make_leads(2, partner_id=other.id)
        self.cadence.rest_days = 0
        self.cadence.enroll(third | fourth)
        self.planned(third).done(self.outcomes["clear_no"])
        self.assertEqual(fourth.enrollment_ids.mapped("stop_reason"), ["refused_by_colleague"], "nobody is approached again")

    def test_b1_what_was_paused_by_hand_stays(self):
        care = self.care.enroll(self.partner)
        care.action_pause("On holiday")
        deal = self.deal()
        self.by_rule(self.cadence, [("id", "=", deal.id)])
        self.assertFalse(self.running()[0])
        self.assertIn((deal, "Selling", "waiting"), self.states())
        care.action_resume()
        self.assertEqual(self.running(), (deal, self.cadence), "the deal goes before care")
        deal.enrollment_ids.action_stop()
        self.assertEqual(self.running(), (self.partner, self.care))
        care.action_pause("On holiday")
        second = self.deal()
        self.cadence.enroll(second)
        self.assertEqual(self.running(), (second, self.cadence), "by hand")
        second.action_set_lost()
        rest = self.partner.enrollment_ids.filtered(lambda one: one.state == "resting")
        rest.action_stop()
        self.assertEqual(care.state, "paused", "as it was")

    def test_b1_paused_runs_of_deals_that_are_over_hold_no_place(self):
        first, second = self.deal(), self.deal()
        self.cadence.enroll(first | second)
        first.enrollment_ids.action_pause()
        first.action_set_won()
        self.assertEqual(first.enrollment_ids.state, "won")
        self.assertEqual(self.running(), (second, self.cadence))

    def test_b1_per_deal_each_has_its_own_place(self):
        self.env.company.touch_per_deal = True
        first, second = self.deal(), self.deal()
        self.care.enroll(self.partner)
        self.cadence.enroll(first | second)
        self.assertEqual(len(self.planned()), 3)
        self.env.company.touch_per_deal = False
        self.assertEqual(self.running()[1], self.cadence)
        self.assertEqual(sorted(state for _record, _cadence, state in self.states()), ["running", "waiting", "waiting"])
        self.env.company.touch_per_deal = True
        self.assertEqual({state for _record, _cadence, state in self.states()}, {"running"})

    def test_b1_a_place_that_was_freed_behind_our_back_is_taken_by_the_planner(self):
        first, second = self.deal(), self.deal()
        self.cadence.enroll(first | second)
        self.planned(first).unlink()
        self.env.cr.execute("DELETE FROM touch_enrollment WHERE lead_id = %s", [first.id])
        self.env.invalidate_all()
        self.run_planner()
        self.assertEqual(self.running(), (second, self.cadence))

    def test_b1_what_sold_to_the_contact_has_what_it_wanted(self):
        win_back = self.cadence.copy({"name": "Win back", "model": "res.partner", "won_cadence_id": self.care.id})
        win_back.enroll(self.partner)
        deal = self.deal()
        self.cadence.enroll(deal)
        deal.action_set_won()
        self.assertIn((self.partner, "Win back", "won"), self.states())
        self.assertEqual(self.running(), (self.partner, self.care))

    def test_b1_a_contact_restored_is_worked_again(self):
        self.care.enroll(self.partner)
        self.partner.active = False
        self.decide()
        self.assertEqual(self.partner.enrollment_ids.stop_reason, "archived")
        self.partner.active = True
        self.assertEqual(self.running(), (self.partner, self.care))

    def test_b1_a_change_of_cadence_keeps_the_place(self):
        first, second = self.deal(), self.deal()
        self.cadence.enroll(first | second)
        other = self.cadence.copy({"name": "Other"})
        first.enrollment_ids.action_change_cadence(other)
        self.assertEqual(self.running(), (first, other))
        first.enrollment_ids[0].action_change_cadence(self.nurture)
        self.assertEqual(self.running(), (second, self.cadence), "a deal that is sold goes before nurture")
        second.action_set_won()
        self.assertEqual(self.running(), (first, self.nurture))

    # --- B20: what follows cannot begin -----------------------------------------------------------

    def closed(self, cadence, how):
        """Make a cadence one in which nobody can go on."""
        if how == "archived":
            cadence.active = False
        elif how == "no steps":
            cadence.step_ids.unlink()
        else:
            cadence.company_id = self.env["res.company"].create({"name": f"Elsewhere {cadence.name}"})

    def assertSaid(self, enrollment, how):
        self.assertTrue(enrollment.nothing_follows)
        self.assertRegex(enrollment.why, f"Nothing follows.*{how}")
        self.assertRegex("\n".join(enrollment._client_record().message_ids.mapped("body")), f"Nothing follows.*{how}")
        [finding] = [one["text"] for one in self.cadence.timeline["findings"] if one["text"].startswith("The next cadence cannot begin")]
        self.assertRegex(finding, how)

    def test_b20_a_deal_is_won_and_care_cannot_begin(self):
        for how, said in (("archived", "is archived"), ("no steps", "has no steps"), ("company", "belongs to company Elsewhere")):
            with self.subTest(how), self.env.cr.savepoint() as savepoint:
                self.assertFalse([one for one in self.cadence.timeline["findings"] if "next cadence" in one["text"]])
                deal = self.deal()
                enrollment = self.cadence.enroll(deal)
                self.closed(self.care, how)
                deal.action_set_won()
                self.assertEqual(enrollment.state, "won")
                self.assertIn("The deal is won.", enrollment.why)
                self.assertSaid(enrollment, said)
                self.assertIn(enrollment, self.env["touch.enrollment"].search([("nothing_follows", "=", True)]))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_b20_nurture_and_the_next_approach_alike(self):
        self.closed(self.nurture, "archived")
        self.cadence.stop_after = 1
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        self.planned(lead).done(self.outcomes["no_answer"])
        self.assertEqual(enrollment.state, "exhausted")
        self.assertSaid(enrollment, "“Nurture” is archived")
        again = self.cadence.copy({"name": "Again", "exhausted_cadence_id": False})
        self.cadence.write({"exhausted_cadence_id": False, "refused_cadence_id": again.id, "stop_after": 0})
        self.closed(again, "no steps")
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        self.planned(lead).done(self.outcomes["clear_no"])
        self.assertEqual(enrollment.state, "refused")
        self.assertSaid(enrollment, "“Again” has no steps")
        self.assertEqual(lead.enrollment_ids, enrollment, "no rest in a cadence that nobody can be in")

    def test_b20_win_back_alike(self):
        self.closed(self.nurture, "archived")
        self.cadence.write(
            {"model": "res.partner", "until_lapsed": True, "lapsed_cadence_id": self.nurture.id, "exhausted_cadence_id": False}
        )
        enrollment = self.cadence.enroll(self.partner)
        self.partner.lapses_on = MONDAY
        enrollment._review()
        self.assertEqual(enrollment.stop_reason, "lapsed")
        self.assertSaid(enrollment, "“Nurture” is archived")

    def test_R22_who_buys_without_a_contact_gets_one_and_is_cared_for(self):
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        lead.action_set_won()
        self.assertEqual(self.running(lead.partner_id), (lead.partner_id, self.care))
        self.assertFalse(enrollment.nothing_follows)
        self.assertEqual((lead.partner_id.purchase_count, lead.partner_id.temperature), (1, "warm"))
        self.assertEqual((lead.partner_id.email, lead.partner_id.user_id), (lead.email_from, lead.user_id))
        again = self.make_leads(email_from=lead.email_from)
        self.cadence.enroll(again)
        again.action_set_won()
        self.assertEqual(again.partner_id, lead.partner_id, "Odoo finds the contact that is there")

    def test_R22_the_contact_is_neither_another_companys_nor_a_colleague(self):
        company = self.env["res.company"].create({"name": "Other"})
        theirs = self.make_partners(email="both@touch.example", company_id=company.id)
        shared, alone, forwarded = self.make_leads(3, email_from="both@touch.example")
        alone.company_id = alone.team_id = False
        shared.contact_name, alone.contact_name = "Anna Weber", "Otto Kraus"  # who share an address are two people by their names
        forwarded.email_from = self.rep_two.email
        leads = shared | alone | forwarded
        self.cadence.enroll(leads)
        before = theirs.purchase_count, self.rep_two.partner_id.purchase_count
        for lead in leads:
            lead.action_set_won()
            self.assertEqual(self.running(lead.partner_id), (lead.partner_id, self.care), lead.partner_id.name)
            self.assertNotIn(lead.partner_id, theirs | self.rep_two.partner_id)
        self.assertEqual((theirs.purchase_count, self.rep_two.partner_id.purchase_count), before)
        self.assertFalse(theirs.enrollment_ids or self.rep_two.partner_id.enrollment_ids)

    def test_R20_who_is_lost_without_a_contact_rests_and_is_approached_again(self):
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        lead.action_set_lost()
        self.assertFalse(enrollment.nothing_follows)
        rest = lead.partner_id.enrollment_ids.filtered(lambda one: one.state == "resting")
        self.assertEqual(rest.not_before, MONDAY + timedelta(days=self.cadence.rest_days))
        with freeze_time(f"{rest.not_before + timedelta(days=1)} 10:00:00"):
            self.run_planner()
            self.all_due()
            self.run_planner()
            self.assertTrue(self.planned(lead.partner_id))

    def test_b20_where_no_contact_can_be_made_the_deal_says_that_nobody_is_cared_for(self):
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        with (
            patch.object(type(lead), "_create_customer", side_effect=ValueError("no contacts today")),
            mute_logger("odoo.addons.touch_cadence.models.enrollment.touch_enrollment_stop"),
        ):
            lead.action_set_won()
        self.assertRegex(enrollment.why, "Nothing follows.*no contact")

    def test_b20_who_wants_no_contact_is_said_too(self):
        deal = self.deal()
        enrollment = self.cadence.enroll(deal)
        self.partner.with_context(touch_unreviewed=INSIDE).touch_opt_out = True
        deal.action_set_won()
        self.assertRegex(enrollment.why, "Nothing follows.*wants no contact")

    def test_b20_the_desk_does_not_promise_it(self):
        deal = self.deal()
        self.cadence.enroll(deal)
        self.closed(self.care, "archived")
        card = self.env["touch.desk"].with_user(self.rep).load()["cards"]
        [card] = card.values()
        self.assertIn("Nothing follows. Cadence “Care” is archived", " ".join(card["outlook"][self.outcomes["bought"].id]))

    def test_b1_next_look_of_who_waits_is_empty(self):
        self.cadence.enroll(self.deal() | self.deal())
        waiting = self.env["touch.enrollment"].search([("state", "=", "waiting")])
        self.assertFalse(waiting.next_date)
        waiting.action_stop("Not needed")
        self.assertEqual(waiting.date_end, fields.Date.today())
