from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import MONDAY, TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestEnrollment(TouchCase):
    def test_an_enrolment_is_named_after_person_and_company(self):
        lead = self.make_leads(name="Ten desks", contact_name="Carla Cole", partner_name="Cole Ltd")
        nameless = self.make_leads(name="Some chairs", contact_name=False, partner_name=False)
        self.cadence.enroll(lead | nameless)
        self.assertEqual(lead.enrollment_ids.display_name, f"Carla Cole · Cole Ltd · {self.cadence.name}")
        self.assertEqual(nameless.enrollment_ids.display_name, f"Some chairs · {self.cadence.name}")

    def test_an_enrolment_says_when_its_next_touch_is(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        run, touch = lead.enrollment_ids, self.planned(lead)
        self.assertEqual(run.with_user(self.rep).next_touch_date, touch.date_deadline)
        touch.done(self.outcomes["reached"])
        self.assertEqual(run.next_touch_date, self.planned(lead).date_deadline)
        run.action_stop("Asked for it")
        self.assertFalse(run.next_touch_date)

    def test_who_had_no_touch_stands_first_in_the_report(self):
        none, one = self.make_leads(2)
        self.cadence.enroll(none | one)
        self.planned(one).done(self.outcomes["reached"])
        runs = (none | one).enrollment_ids
        self.env.flush_all()
        groups = self.env["touch.enrollment"].formatted_read_group([("id", "in", runs.ids)], ["touch_count"], ["__count"])
        self.assertEqual([group["touch_count"] for group in groups], [0, 1])

    def test_enrolling_again_makes_no_second_schedule(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.assertFalse(self.cadence.enroll(lead))
        self.assertFalse(self.nurture.enroll(lead))
        self.assertEqual(len(self.planned(lead)), 1)

    def test_the_days_of_a_run_are_the_companys_whoever_works_it_where(self):
        """In Kiritimati the next day has begun when it is morning in California."""
        self.env.company.resource_calendar_id.tz = "America/Los_Angeles"
        lead = self.make_leads()
        afar = self.cadence.with_user(self.rep).with_context(tz="Pacific/Kiritimati")
        with freeze_time("2026-03-03 18:00:00") as clock:
            subjects = afar.env["touch.client"]._subjects_of_clients(lead.with_env(afar.env), afar)
            self.assertEqual(subjects[0].started, MONDAY + timedelta(days=1))
            run = afar.enroll(lead.with_env(afar.env))
            self.assertEqual((run.date_start, self.planned(lead).date_deadline), (MONDAY + timedelta(days=1),) * 2)
            # a meeting of this afternoon is one of this run
            start = fields.Datetime.to_datetime("2026-03-03 23:00:00")
            self.env["calendar.event"].create(
                {"name": "Today", "opportunity_id": lead.id, "start": start, "stop": start + timedelta(hours=1)}
            )
            self.assertTrue(self.env["touch.facts"]._decide(run)[0][1].agreed)
            run.action_pause()
            self.assertEqual(run.date_paused, MONDAY + timedelta(days=1))
            clock.move_to("2026-03-04 18:00:00")
            run.action_resume()
            self.assertEqual(run.pauses, [["2026-03-03", "2026-03-04"]])
            run.action_stop("Enough")
            self.assertEqual(run.date_end, MONDAY + timedelta(days=2))

    def test_the_preview_says_who_is_left_out_and_why(self):
        fine, known, poor, gone, mute, done = self.make_leads(6)
        self.cadence.enroll(known)
        poor.potential = "low"
        gone.active = False
        mute.write({"phone": False, "email_from": False})
        done.action_set_won()
        rows = self.cadence.preview_enroll(fine | known | poor | gone | mute | done)
        self.assertEqual([row["id"] for row in rows], (fine | known | poor | gone | mute | done).ids)
        self.assertEqual(rows[0]["reason"], "")
        for row, part in zip(rows[1:], ("Selling", "low", "archived", "cannot be reached", "won")):
            self.assertIn(part, row["reason"])
        self.assertEqual(self.cadence.enroll(fine | known | poor | gone | mute | done).lead_id, fine)

    def test_one_place_a_client(self):
        company = self.make_partners(is_company=True)
        contacts = self.make_partners(2, parent_id=company.id)
        enrollments = self.cadence.enroll(contacts)
        self.assertEqual(enrollments.partner_id, contacts[0])
        self.assertEqual(enrollments.client_key, company.id)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["touch.touch"].create(
                {"partner_id": contacts[1].id, "channel": "call", "company_id": self.env.company.id, "state": "planned"}
            )

    def test_one_place_a_deal_where_the_company_says_so(self):
        partner = self.make_partners()
        leads = self.make_leads(2, partner_id=partner.id)
        self.env.company.touch_per_deal = True
        self.assertEqual(self.cadence.enroll(leads).lead_id, leads)
        self.assertEqual(len(self.planned(leads)), 2)
        self.env.company.touch_per_deal = False
        self.assertEqual(sorted(leads.enrollment_ids.mapped("state")), ["running", "waiting"])
        self.assertEqual(len(self.planned(leads)), 1)

    def test_pause_resume_stop(self):
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        touch = self.planned(lead)
        enrollment.action_pause()
        self.assertEqual((touch.state, touch.withdrawn, enrollment.state), ("skipped", True, "paused"))
        self.assertFalse(lead.activity_ids)
        self.all_due()
        self.run_planner()
        self.assertFalse(self.planned(lead))
        enrollment.action_resume()
        again = self.planned(lead)
        self.assertEqual((again.step_id, again.reason_id, again.number), (touch.step_id, touch.reason_id, 1))
        enrollment.action_stop("Moved to Peru")
        self.assertRecordValues(
            enrollment, [{"state": "stopped", "stop_reason": "manual", "stop_note": "Moved to Peru", "date_end": MONDAY}]
        )
        self.assertFalse(self.planned(lead))
        with self.assertRaisesRegex(UserError, "Stopped|stopped"):
            enrollment.action_resume()

    def test_hot_cold_hot_starts_run_two(self):
        lead = self.make_leads()
        first = self.cadence.enroll(lead)
        first.action_stop()
        second = self.cadence.enroll(lead)
        self.assertEqual((first.run, second.run), (1, 2))
        self.assertEqual(self.planned(lead).number, 1)

    def test_run_two_uses_new_reasons(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        used = self.planned(lead).reason_id
        self.planned(lead).done(self.outcomes["reached"])
        lead.enrollment_ids.action_stop()
        self.cadence.enroll(lead)
        self.assertNotEqual(self.planned(lead).reason_id, used)

    def test_won_lost_archived_low_opted_out_stop_it(self):
        won, lost, archived, low, opted = leads = self.make_leads(5)
        for lead, partner in zip(leads, self.make_partners(5)):
            lead.partner_id = partner
        enrollments = self.cadence.enroll(leads)
        self.assertEqual(len(self.planned(leads)), 5)
        won.action_set_won()
        lost.action_set_lost()
        archived.action_archive()
        low.potential = "low"
        opted.partner_id.touch_opt_out = True
        self.decide()
        self.assertEqual(
            [(one.state, one.stop_reason) for one in enrollments],
            [("won", "won"), ("refused", "lost"), ("stopped", "archived"), ("stopped", "low_potential"), ("stopped", "opt_out")],
        )
        self.assertFalse(self.planned(leads))
        self.assertFalse(leads.activity_ids)
        for enrollment in enrollments:
            self.assertTrue(enrollment.why)

    def test_a_stage_drag_to_won_stops_it(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        self.decide()
        self.assertEqual(lead.enrollment_ids.state, "won")

    def test_an_archived_contact_stops_it(self):
        partner = self.make_partners()
        self.cadence.enroll(partner)
        partner.active = False
        self.decide()
        self.assertEqual(partner.enrollment_ids.stop_reason, "archived")

    # --- what follows ----------------------------------------------------------------------------

    def test_a_buyer_goes_to_care(self):
        lead = self.make_leads(partner_id=self.make_partners().id)
        self.cadence.enroll(lead)
        self.planned(lead).done(self.outcomes["bought"])
        self.assertEqual(lead.won_status, "won")
        self.assertRecordValues(
            lead.partner_id.enrollment_ids.sorted("id"),
            [
                {"cadence_id": self.cadence.id, "state": "won", "stop_reason": "bought", "lead_id": lead.id},
                {"cadence_id": self.care.id, "state": "running", "stop_reason": False, "lead_id": False},
            ],
        )

    def test_an_exhausted_cadence_goes_on_in_nurture(self):
        self.cadence.stop_after = 1
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.planned(lead).done(self.outcomes["no_answer"])
        self.assertEqual(lead.enrollment_ids.sorted("id").mapped("state"), ["exhausted", "running"])
        self.assertEqual(lead.enrollment_ids.sorted("id")[1].cadence_id, self.nurture)

    def test_a_clear_no_rests_and_comes_back_as_the_next_run(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.planned(lead).done(self.outcomes["clear_no"])
        refused, resting = lead.enrollment_ids.sorted("id")
        self.assertEqual((refused.state, resting.state, resting.run), ("refused", "resting", 2))
        self.assertEqual(resting.not_before, MONDAY + timedelta(days=30))
        self.assertIn("04/01/2026", resting.why)
        self.assertIn("Resting", self.cadence.preview_enroll(lead)[0]["reason"])
        self.all_due()
        self.run_planner()
        self.assertFalse(self.planned(lead))
        with freeze_time("2026-04-01 10:00:00"):
            self.run_planner()
            self.assertEqual(resting.state, "running")
            self.assertEqual(self.planned(lead).enrollment_id, resting)

    def test_a_clear_no_stops_the_whole_company(self):
        self.env.company.touch_per_deal = True
        company = self.make_partners(is_company=True)
        first, second = self.make_leads(2)
        for lead, contact in zip(first | second, self.make_partners(2, parent_id=company.id)):
            lead.partner_id = contact
        self.cadence.enroll(first | second)
        self.assertEqual(len(self.planned(first | second)), 2)
        self.planned(first).done(self.outcomes["clear_no"])
        self.assertFalse(self.planned(first | second))
        self.assertIn("refused_by_colleague", second.enrollment_ids.mapped("stop_reason"))

    def test_a_rest_gives_way_to_another_cadence(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.planned(lead).done(self.outcomes["clear_no"])
        resting = lead.enrollment_ids.filtered(lambda one: one.state == "resting")
        other = self.nurture._create_enrollments(lead)
        resting.write({"not_before": MONDAY, "next_date": fields.Datetime.now()})
        self.run_planner()
        self.assertEqual((resting.state, resting.stop_reason), ("stopped", "superseded"))
        self.assertEqual(self.planned(lead).enrollment_id, other)

    # --- many ------------------------------------------------------------------------------------

    def test_many_are_planned_by_the_cron(self):
        leads = self.make_leads(90)
        with (
            patch("odoo.addons.touch_cadence.models.enrollment.touch_cadence_enroll.ENROLL_BATCH", 40),
            patch("odoo.addons.touch_cadence.models.plan.touch_review.DECIDE_AT_ONCE", 30),
        ):
            self.assertEqual(len(self.cadence.enroll(leads)), 90)
        self.assertEqual(len(self.planned(leads)), 30)
        self.run_planner()
        self.assertEqual(len(self.planned(leads)), 90)

    def test_enrol_by_rule(self):
        leads = self.make_leads(4)
        leads[3].potential = "low"
        self.cadence.write({"auto_enroll": True, "domain": f"[('id', 'in', {leads[1:].ids})]"})
        cron = self.env.ref("touch_cadence.ir_cron_enroll_by_rule")
        for _day in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(self.cadence.enrollment_ids.lead_id, leads[1:3])
        self.cadence.enrollment_ids.action_stop()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(len(self.cadence.enrollment_ids), 2, "who was in the cadence once is not enrolled by rule again")

    def test_a_broken_rule_is_refused_with_a_sentence(self):
        with self.assertRaisesRegex((UserError, ValidationError), "rule of cadence “Selling”"):
            self.cadence.domain = "[('no_such_field', '=', 1)]"

    def test_the_wizard_previews_and_enrols(self):
        leads = self.make_leads(3)
        self.cadence.enroll(leads[0])
        wizard = (
            self.env["touch.enroll"].with_context(active_model="crm.lead", active_ids=leads.ids).create({"cadence_id": self.cadence.id})
        )
        self.assertEqual((wizard.enrolled_count, wizard.left_out_count), (2, 1))
        self.assertIn("Deal 0", wizard.preview)
        wizard.action_enroll()
        self.assertEqual(len(self.planned(leads)), 3)

    # --- merge and re-parenting (invariant 9) ----------------------------------------------------

    def test_merging_contacts_leaves_one_running_enrolment(self):
        one, two = self.make_partners(2, email="same@touch.example")
        enrollments = self.cadence.enroll(one | two)
        self.planned(two).done(self.outcomes["interested"])
        self.env["base.partner.merge.automatic.wizard"]._merge((one | two).ids, one)
        self.env.invalidate_all()
        self.assertEqual(sorted(enrollments.mapped("state")), ["running", "stopped"])
        running = enrollments.filtered(lambda each: each.state == "running")
        self.assertEqual(running.touch_count, 1, "the one with more touches goes on")
        self.assertEqual(len(self.planned(one)), 1)
        self.assertEqual(set(one.touch_ids.mapped("client_key")), {one.id})
        self.assertEqual(one.touch_count, 1)

    def test_re_parenting_keeps_history_and_one_enrolment(self):
        company = self.make_partners(is_company=True)
        person = self.make_partners()
        enrollments = self.cadence.enroll(company | person)
        self.planned(person).done(self.outcomes["reached"])
        person.parent_id = company
        self.assertEqual(sorted(enrollments.mapped("state")), ["running", "stopped"])
        self.assertEqual(len(enrollments._open_touches()), 1)
        self.assertEqual(company.touch_count, 1)
        person.parent_id = False
        self.env.invalidate_all()
        self.assertEqual(company.touch_count, 0)
        self.assertEqual(person.touch_count, 1)

    def test_a_lead_that_gets_its_contact_keeps_one_enrolment(self):
        partner = self.make_partners()
        lead = self.make_leads()
        enrollments = self.cadence.enroll(partner) | self.cadence.enroll(lead)
        self.assertEqual(enrollments.mapped("state"), ["running", "running"])
        lead.partner_id = partner
        self.assertEqual(sorted(enrollments.mapped("state")), ["running", "stopped"])
        self.assertEqual(len(enrollments._open_touches()), 1)

    def test_merging_leads_leaves_one_running_enrolment(self):
        leads = self.make_leads(2)
        self.cadence.enroll(leads)
        self.planned(leads[1]).done(self.outcomes["reached"])
        merged = leads.merge_opportunity()
        self.assertEqual(sorted(merged.enrollment_ids.mapped("state")), ["running", "stopped"])
        self.assertEqual(len(self.planned(merged)), 1)
        self.assertEqual(merged.touch_count, 1)

    # --- removal ---------------------------------------------------------------------------------

    def test_removal_cancels_what_is_queued(self):
        lead, other, third = self.make_leads(3)
        other.partner_id = self.make_partners()
        self.cadence.enroll(lead | other | third)
        self.planned(other).done(self.outcomes["reached"])
        partner = other.partner_id
        (lead | other).unlink()
        self.assertEqual(partner.enrollment_ids.stop_reason, "removed")
        self.assertEqual(partner.touch_count, 1, "what was done stays with the contact")
        self.assertEqual(self.planned().lead_id, third)
        third.enrollment_ids.unlink()
        self.assertFalse(self.planned(third))
        self.assertFalse(third.activity_ids)

    def test_deleting_a_contact_takes_all_of_it(self):
        partner = self.make_partners()
        enrollment = self.cadence.enroll(partner)
        touches = self.planned(partner)
        self.planned(partner).done(note="Likes tea")
        touches |= self.planned(partner)
        partner.unlink()
        # the rows stay for the counts, and tell of nobody
        self.assertEqual((enrollment.state, enrollment.stop_reason, enrollment.client_key), ("stopped", "removed", 0))
        self.assertEqual(touches.mapped("state"), ["done", "skipped"])
        self.assertEqual(set(touches.mapped("client_key")), {0})
        self.assertFalse(touches.partner_id | touches.commercial_partner_id)
        self.assertFalse(any(touches.mapped("note")))

    def test_deleting_a_company_keeps_the_history_of_its_contacts(self):
        company = self.make_partners(is_company=True)
        contact = self.make_partners(parent_id=company.id)
        self.cadence.enroll(contact)
        self.planned(contact).done()
        company.unlink()
        self.assertEqual(contact.touch_count, 1)
        self.assertEqual(contact.enrollment_ids.client_key, contact.id)
        self.assertEqual(len(self.planned(contact)), 1)

    def test_deleting_a_leads_contact_keeps_the_deal(self):
        lead = self.make_leads(partner_id=self.make_partners().id)
        enrollment = self.cadence.enroll(lead)
        self.planned(lead).done()
        lead.partner_id.unlink()
        self.assertEqual((enrollment.state, enrollment.client_key, lead.touch_count), ("running", -lead.id, 1))
        self.assertEqual(len(self.planned(lead)), 1)

    # --- decided anew when the client changes ------------------------------------------------------

    def test_a_contact_who_wants_none_stops_the_lead_he_comes_to(self):
        lead, other = self.make_leads(2)
        self.cadence.enroll(lead | other)
        lead.partner_id = self.make_partners(touch_opt_out=True)
        self.decide()
        self.assertEqual(lead.enrollment_ids.stop_reason, "opt_out")
        closed = self.make_partners(is_company=True, touch_opt_out=True)
        person = self.make_partners()
        self.cadence.enroll(person)
        person.parent_id = closed
        self.decide()
        self.assertEqual(person.enrollment_ids.stop_reason, "opt_out")
        self.assertEqual(self.planned().lead_id, other)

    def test_a_lead_that_moves_to_another_company_is_stopped_here(self):
        lead = self.make_leads(user_id=False)
        self.cadence.user_id = self.manager
        self.cadence.enroll(lead)
        lead.write({"team_id": False, "company_id": self.env["res.company"].create({"name": "Other"}).id})
        self.decide()
        self.assertEqual(lead.enrollment_ids.stop_reason, "moved")

    def test_what_follows_stays_in_the_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.rep.company_ids += company  # who has no access to it works nobody in it (B14)
        self.cadence.stop_after = 1
        partner = self.make_partners()
        self.cadence.with_company(company).enroll(partner)
        self.planned(partner).done()
        self.assertEqual(partner.enrollment_ids.company_id, company)
        self.assertEqual(len(partner.enrollment_ids), 2)

    def test_cadences_without_steps_do_not_chase_each_other(self):
        empty = self.env["touch.cadence"].create({"name": "Empty"})
        empty.exhausted_cadence_id = empty
        lead = self.make_leads()
        self.assertIn("no steps", empty.preview_enroll(lead)[0]["reason"])
        self.assertFalse(empty.enroll(lead))

    def test_two_deals_of_one_client_share_reasons_and_no(self):
        self.env.company.touch_per_deal = True
        partner = self.make_partners()
        first, second = self.make_leads(2, partner_id=partner.id)
        self.cadence.enroll(first)
        self.planned(first).done()
        self.cadence.enroll(second)
        self.assertNotEqual(self.planned(second).reason_id, first.touch_ids.filtered(lambda touch: touch.state == "done").reason_id)
        self.assertEqual(self.planned(second).number, 1, "the run counts its own touches")
        self.assertEqual(partner.touch_count, 1)
        first.log_touch({"channel": "call", "outcome_id": self.outcomes["clear_no"].id})
        self.assertIn("refused_by_colleague", second.enrollment_ids.mapped("stop_reason"))
        self.assertFalse(self.planned(first | second))

    def test_over_rpc_ids_are_enough(self):
        leads = self.make_leads(2)
        self.assertEqual([row["reason"] for row in self.cadence.preview_enroll(leads.ids)], ["", ""])
        self.assertEqual(self.cadence.enroll(leads.ids).lead_id, leads)

    def test_a_failing_rule_keeps_no_other_from_its_own(self):
        lead = self.make_leads()
        self.nurture.auto_enroll = True
        self.cadence.write({"auto_enroll": True, "domain": f"[('id', '=', {lead.id})]"})
        enroll = type(self.cadence)._enroll_next_by_rule

        def failing(cadence):
            if cadence == self.nurture:
                raise ValueError("no such planet")
            return enroll(cadence)

        with patch.object(type(self.cadence), "_enroll_next_by_rule", failing), self.enter_registry_test_mode():
            with mute_logger("odoo.addons.touch_cadence.models.enrollment.touch_cadence_rule", "odoo.addons.base.models.ir_cron"):
                self.env.ref("touch_cadence.ir_cron_enroll_by_rule").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.cadence.enrollment_ids.lead_id, lead)

    def test_a_used_cadence_is_not_deleted(self):
        self.cadence.enroll(self.make_leads())
        with self.assertRaisesRegex(UserError, "Selling"):
            self.cadence.unlink()

    def test_the_cadence_form(self):
        with Form(self.env["touch.cadence"]) as form:
            form.name, form.start_from = "By hand", "empty"
            form.step_ids.remove(0)
            with form.step_ids.new() as step:
                step.delay = 1
                step.channel = "letter"
        self.assertEqual(form.record._method_cadence(self.env.company).steps[0].channel, "letter")
