from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import MONDAY, TouchCase

MIXIN = "odoo.addons.touch_cadence.models.background.touch_bulk_mixin"
JOB = "odoo.addons.touch_cadence.models.background.touch_job"


class WizardCase(TouchCase):
    def wizard(self, records, act=None, user=None, model="touch.act", **values):
        """The wizard as ``user`` (the manager) opens it on ``records`` selected in a list."""
        wizard = self.env[model].with_user(user or self.manager).with_context(active_model=records._name, active_ids=records.ids)
        return wizard.create({**({"act": act} if act else {}), **values})

    def said(self, wizard):
        """:return: what the preview says, as text"""
        return " ".join(wizard.preview.striptags().split())


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestActs(WizardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads = cls.make_leads(4)
        cls.running, cls.paused, cls.resting, cls.none = cls.leads
        cls.cadence.enroll(cls.leads - cls.none)
        cls.paused.enrollment_ids.action_pause()
        cls.resting.enrollment_ids.action_stop()
        cls.resting.enrollment_ids._begin_rest(cls.cadence, cls.resting, 30)

    def states(self):
        return [lead.enrollment_ids[:1].state for lead in self.leads]

    # --- who is left out, and why -----------------------------------------------------------------

    def test_each_act_says_who_is_left_out_and_why_before_it_acts(self):
        expected = {
            "pause": (
                1,
                ("1: Not possible while it is “Paused”. Deal 1", "1: Resting until", "1: Not in a cadence. Deal 3"),
            ),
            "resume": (
                1,
                ("1: Not possible while it is “Running”. Deal 0", "1: Resting until", "1: Not in a cadence. Deal 3"),
            ),
            "stop": (3, ("1: Not in a cadence. Deal 3",)),
            "change": (1, ("1: Not possible while it is “Paused”", "1: Resting", "1: Not in a cadence. Deal 3")),
            "hand_over": (3, ("1: Not in a cadence. Deal 3",)),
        }
        before = self.states()
        for act, (count, sentences) in expected.items():
            wizard = self.wizard(self.leads, act, cadence_id=self.nurture.id if act == "change" else False)
            self.assertEqual((wizard.selected_count, wizard.do_count, wizard.left_out_count), (4, count, 4 - count), act)
            for sentence in sentences:
                self.assertIn(sentence, self.said(wizard), act)
        self.assertEqual(self.states(), before)

    def test_nobody_left_says_why(self):
        wizard = self.wizard(self.none, "pause")
        self.assertEqual(wizard.do_count, 0)
        with self.assertRaises(UserError) as caught:
            wizard.action_act()
        self.assertIn("Not in a cadence", str(caught.exception))

    def test_fifty_are_named_and_all_are_counted(self):
        wizard = self.wizard(self.make_leads(60), "pause")
        self.assertEqual((wizard.do_count, wizard.left_out_count), (0, 60))
        self.assertEqual(self.said(wizard).count("60: Not in a cadence"), 1, "one line, not sixty equal ones")
        self.assertEqual(self.said(wizard).count("Deal"), 50)
        self.assertIn("and 10 more", self.said(wizard))

    def test_leads_contacts_and_enrolments_lead_to_the_same(self):
        company = self.make_partners(is_company=True)
        contact, other = self.make_partners(2, parent_id=company.id)
        enrollment = self.cadence.enroll(contact)
        self.assertIn("Another record of the same client", self.said(self.wizard(other, "pause")))
        self.wizard(company, "pause").action_act()
        self.assertEqual(enrollment.state, "paused")
        self.wizard(contact, "resume").action_act()
        self.assertEqual(enrollment.state, "running")
        self.wizard(enrollment, "stop", reason="Enough").action_act()
        self.assertEqual((enrollment.state, enrollment.stop_note), ("stopped", "Enough"))

    def test_a_select_all_beyond_what_the_web_client_sends_is_meant_as_a_whole(self):
        self.env["ir.config_parameter"].sudo().set_param("web.active_ids_limit", 2)
        context = {"active_model": "crm.lead", "active_ids": self.leads[:2].ids, "active_domain": [("id", "in", self.leads.ids)]}
        wizard = self.env["touch.act"].with_user(self.manager).with_context(**context).create({"act": "stop"})
        self.assertEqual(wizard.selected_count, 4)
        context["active_ids"] = self.leads[:1].ids
        wizard = self.env["touch.act"].with_user(self.manager).with_context(**context).create({"act": "stop"})
        self.assertEqual(wizard.selected_count, 1)

    # --- pause and resume -------------------------------------------------------------------------

    def test_a_pause_says_why_and_until_when_and_ends_by_itself(self):
        enrollment = self.running.enrollment_ids
        self.wizard(self.running, "pause", reason="Fair in Basel", until="2026-03-16").action_act()
        self.assertEqual((enrollment.state, enrollment.date_paused), ("paused", MONDAY))
        self.assertIn("Paused until 03/16/2026. “Fair in Basel”", enrollment.explanation)
        self.assertFalse(self.planned(self.running))
        with freeze_time("2026-03-15 10:00:00"):
            self.run_planner()
            self.assertEqual(enrollment.state, "paused")
        with freeze_time("2026-03-16 10:00:00"):
            self.run_planner()
            self.assertEqual((enrollment.state, enrollment.pauses), ("running", [["2026-03-02", "2026-03-16"]]))
            self.assertEqual(self.planned(self.running).date_deadline, date(2026, 3, 16))
        self.assertEqual(self.paused.enrollment_ids.state, "paused", "a pause without an end waits for somebody")

    def test_a_pause_does_not_end_before_it_begins(self):
        with self.assertRaises(UserError):
            self.running.enrollment_ids.action_pause(until="2026-03-02")
        self.assertEqual(self.running.enrollment_ids.state, "running")

    def test_a_pause_that_cannot_end_is_blocked_and_the_others_end(self):
        leads = self.make_leads(3)
        enrollments = self.cadence.enroll(leads)
        enrollments.action_pause(until="2026-03-09")
        resume = type(self.env["touch.enrollment"])._resume

        def failing(records):
            if enrollments[1] in records:
                raise ValueError("no such planet")
            resume(records)

        with (
            freeze_time("2026-03-09 10:00:00"),
            patch.object(type(self.env["touch.enrollment"]), "_resume", failing),
            mute_logger("odoo.addons.touch_cadence.models.plan.touch_review"),
        ):
            self.run_planner()
        self.assertEqual(enrollments.mapped("state"), ["running", "blocked", "running"])

    def test_a_pause_moves_the_dates_by_its_length(self):
        """The touch after the first is due two working days later, on Wednesday the 4th; a pause of two weeks makes it the 18th."""
        lead = self.running
        self.planned(lead).done(self.outcomes["reached"])
        with freeze_time("2026-03-03 09:00:00"):
            lead.enrollment_ids.action_pause()
        with freeze_time("2026-03-17 09:00:00"):
            wizard = self.wizard(lead, "resume")
            self.assertIn("Dates move by 14 days", self.said(wizard))
            wizard.action_act()
            self.assertEqual(self.planned(lead).date_deadline, date(2026, 3, 18))

    def test_a_pause_takes_nothing_of_the_decision_window(self):
        enrollment = self.running.enrollment_ids
        self.planned(self.running).done(self.outcomes["reached"])
        enrollment.action_pause()
        with freeze_time(MONDAY + timedelta(days=70)):  # the window is 60 days
            enrollment.action_resume()
            self.assertEqual(enrollment.state, "running")
            self.assertTrue(self.planned(self.running))
        with freeze_time(MONDAY + timedelta(days=131)):
            self.planned(self.running).skip()
            self.all_due()
            self.run_planner()
            self.assertEqual((enrollment.state, enrollment.stop_reason), ("exhausted", "window_over"))

    def test_pauses_of_several_lengths_are_told_as_a_range(self):
        with freeze_time("2026-03-12 09:30:00"):
            self.running.enrollment_ids.action_pause()
        with freeze_time("2026-03-16 09:30:00"):
            self.assertIn("Dates move by 4 to 14 days", self.said(self.wizard(self.leads, "resume")))

    def test_who_rests_after_a_no_is_resumed_only_when_asked_for(self):
        self.wizard(self.leads, "resume").action_act()
        self.assertEqual(self.states()[:3], ["running", "running", "resting"])
        self.wizard(self.resting, "resume", also_resting=True).action_act()
        self.assertEqual(self.resting.enrollment_ids[:1].state, "running")

    def test_a_rest_is_not_resumed_beside_another_run_of_the_client(self):
        self.nurture._create_enrollments(self.resting)
        wizard = self.wizard(self.resting.enrollment_ids.filtered(lambda one: one.state == "resting"), "resume", also_resting=True)
        self.assertIn("Already enrolled in cadence “Nurture”", self.said(wizard))

    # --- stop, change -----------------------------------------------------------------------------

    def test_a_stop_asks_why(self):
        with self.assertRaises(UserError):
            self.wizard(self.running, "stop", reason=" ").action_act()
        self.assertEqual(self.running.enrollment_ids.state, "running")
        self.wizard(self.leads, "stop", reason="Closed down").action_act()
        self.assertEqual(self.states(), ["stopped", "stopped", "stopped", False])
        self.assertEqual(self.running.enrollment_ids.stop_note, "Closed down")
        self.assertFalse(self.planned(self.leads))

    def test_a_change_of_cadence_keeps_who_cannot_be_enrolled_there_where_he_is(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids |= company  # whoever may not read the cadence cannot name it
        mine = self.make_leads(company_id=self.env.company.id)
        old = self.cadence.enroll(mine)
        self.nurture.company_id = company
        wizard = self.wizard(mine | self.running, "change", cadence_id=self.nurture.id)
        self.assertEqual((wizard.do_count, wizard.left_out_count), (0, 2))
        self.assertIn("belongs to company Other", self.said(wizard))
        self.nurture.company_id = False
        self.running.enrollment_ids.cadence_id = self.nurture
        wizard = self.wizard(mine | self.running, "change", cadence_id=self.nurture.id)
        self.assertIn("Already enrolled in cadence “Nurture”", self.said(wizard))
        wizard.action_act()
        self.assertEqual((old.state, old.stop_reason), ("stopped", "changed"))
        self.assertIn("continues in cadence “Nurture”", old.why)
        new = mine.enrollment_ids - old
        self.assertEqual((new.cadence_id, new.state), (self.nurture, "running"))
        self.assertEqual(self.planned(mine).enrollment_id, new)
        self.assertEqual(self.running.enrollment_ids.state, "running")

    def test_a_change_by_code_leaves_out_whom_the_wizard_leaves_out(self):
        enrollments = self.leads.enrollment_ids.filtered(lambda one: one.state != "stopped")
        new = enrollments.with_user(self.rep).action_change_cadence(self.nurture.id)
        self.assertEqual(new.lead_id, self.running)
        self.assertEqual(self.states()[1:3], ["paused", "resting"])

    def test_a_change_keeps_companies_apart(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids |= company
        partner = self.make_partners()
        ours = self.cadence.enroll(partner)
        theirs = self.cadence.with_company(company).enroll(partner)
        both = self.env["touch.act"].with_user(self.manager).with_context(allowed_company_ids=(self.env.company | company).ids)
        both.create({"model": "res.partner", "res_ids": partner.ids, "act": "change", "cadence_id": self.nurture.id}).action_act()
        self.assertEqual((ours | theirs).mapped("state"), ["stopped", "stopped"])
        new = partner.enrollment_ids - ours - theirs
        self.assertEqual(new.company_id, self.env.company | company)

    # --- hand over --------------------------------------------------------------------------------

    def test_a_hand_over_says_whom_it_leaves_out(self):
        self.running.user_id = self.rep_two
        wizard = self.wizard(self.running | self.paused, "hand_over", user_id=self.rep_two.id)
        self.assertEqual(wizard.do_count, 1)
        self.assertIn("1: Rob Rep already works this client. Deal 0", self.said(wizard))
        wizard.action_act()
        self.assertEqual(self.paused.user_id, self.rep_two)
        self.team.member_ids = self.rep_two
        self.assertIn("Nobody in the team is free", self.said(self.wizard(self.running, "hand_over")))

    def test_who_is_paused_or_waits_for_his_day_is_handed_over_too(self):
        self.env.company.touch_horizon = 0
        waiting = self.make_leads()
        self.cadence.enroll(waiting)
        self.planned(waiting).done(self.outcomes["reached"])
        self.assertFalse(self.planned(waiting))
        self.wizard(waiting | self.paused, "hand_over", user_id=self.rep_two.id).action_act()
        self.assertEqual((waiting | self.paused).enrollment_ids.user_id, self.rep_two)

    # --- rights -----------------------------------------------------------------------------------

    def test_a_rep_acts_on_his_own_clients(self):
        for act, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
            self.wizard(self.running, act, user=self.rep, reason="Mine").action_act()
            self.assertEqual(self.running.enrollment_ids.state, state)

    def test_a_rep_does_not_act_on_a_colleagues_clients(self):
        shared = self.make_leads(user_id=False)
        self.cadence.enroll(shared)
        shared.enrollment_ids.user_id = self.rep_two
        wizard = self.wizard(shared, "stop", user=self.rep, reason="Not mine")
        self.assertIn("a colleague's client", self.said(wizard))
        with self.assertRaises(UserError):
            wizard.action_act()
        # nor on a lead that he does not see, by its number
        wizard = self.wizard(self.running, "stop", user=self.rep_two, reason="Not mine")
        with self.assertRaises(UserError), mute_logger("odoo.addons.base.models.ir_rule"):
            wizard.action_act()
        enrollment = self.running.enrollment_ids.with_user(self.rep_two)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            enrollment.action_change_cadence(self.nurture)
        self.assertEqual(self.running.enrollment_ids.state, "running")

    def test_portal_and_plain_users_open_no_wizard_and_no_job(self):
        for groups in ("base.group_portal", "base.group_public", "base.group_user"):
            user = new_test_user(self.env, f"tc_{groups[-6:]}", groups)
            for model in ("touch.act", "touch.enroll", "touch.log", "touch.job", "touch.job.left.out"):
                for operation in ("read", "create"):
                    self.assertFalse(self.env[model].with_user(user).has_access(operation), f"{groups} {operation} {model}")

    # --- speed ------------------------------------------------------------------------------------

    def test_queries_of_each_act(self):
        batches = {}
        for count in (2, 100, 200):
            batches[count] = self.make_leads(count)
            self.cadence._create_enrollments(batches[count])._review()
        for act in ("pause", "resume", "change", "hand_over", "stop"):
            values = {"reason": "Because", "cadence_id": self.nurture.id, "user_id": self.rep_two.id}

            def preview(count, act=act, values=values):
                wizard = self.wizard(batches[count], act, **values)
                self.assertEqual(wizard.do_count, count)

            def do(count, act=act, values=values):
                self.wizard(batches[count], act, **values).action_act()

            self.assertLess(self.slope(preview), 0.1, f"preview of {act}")
            self.assertLess(self.slope(do), 0.2, act)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestEnrollAndLog(WizardCase):
    def test_a_touch_is_logged_for_many_with_those_left_out_named(self):
        leads = self.make_leads(3)
        leads[0].partner_id = self.make_partners()
        wizard = self.wizard(leads, model="touch.log", user=self.rep, channel="letter", direction="out", note="Catalogue")
        self.assertEqual((wizard.do_count, wizard.left_out_count), (3, 0))
        wizard.nps_score = "9"
        self.assertEqual((wizard.do_count, wizard.left_out_count), (1, 2))
        self.assertIn("2: There is no contact", self.said(wizard))
        wizard.nps_score = False
        wizard.action_log()
        touches = self.env["touch.touch"].search([("lead_id", "in", leads.ids)])
        self.assertEqual(touches.mapped("note"), ["Catalogue"] * 3)
        self.assertEqual(touches.user_id, self.rep)

    def test_queries_of_logging(self):
        batches = {count: self.make_leads(count) for count in (2, 100, 200)}
        for leads in batches.values():
            self.cadence._create_enrollments(leads)._review()

        def log(count):
            self.wizard(batches[count], model="touch.log", channel="letter", direction="out").action_log()

        self.assertLess(self.slope(log), 0.2)

    def test_without_a_cadence_nobody_is_left_out_yet(self):
        form = Form(self.env["touch.enroll"].with_context(active_model="crm.lead", active_ids=self.make_leads(2).ids))
        form.cadence_id = self.env["touch.cadence"]
        self.assertEqual(form.do_count, 2)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestJobs(WizardCase):
    def setUp(self):
        super().setUp()
        for target, value in ((f"{MIXIN}.AT_ONCE", 10), (f"{JOB}.BATCH", 10)):
            patcher = patch(target, value)
            patcher.start()
            self.addCleanup(patcher.stop)

    def work(self):
        self.decide()
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_work").method_direct_trigger()
        self.env.invalidate_all()

    def job(self):
        return self.env["touch.job"].search([], limit=1)

    def test_many_are_done_in_the_background_as_the_user_who_asked(self):
        leads = self.make_leads(35)
        leads[3].potential = "low"
        leads[30].potential = "low"
        wizard = self.wizard(leads, model="touch.enroll", user=self.rep, cadence_id=self.cadence.id)
        self.assertEqual((wizard.selected_count, wizard.do_count, wizard.left_out_count), (35, 9, 1))
        self.assertIn("35 are selected. Of the first 10, 1 are left out.", self.said(wizard))
        told = wizard.action_enroll()["params"]
        self.assertIn("in the background", told["message"])
        job = self.job()
        self.assertTrue(told["links"][0]["url"].endswith(f"/{job.id}"))
        self.assertRecordValues(job, [{"user_id": self.rep.id, "state": "waiting", "total": 35, "progress": 0}])
        self.assertFalse(self.cadence.enrollment_ids)
        sent = []
        with patch.object(type(self.rep), "_bus_send", lambda user, *told: sent.append((user, *told))):
            self.work()
        self.assertRecordValues(job, [{"state": "done", "done_count": 33, "left_out_count": 2, "progress": 100, "error": False}])
        self.assertEqual(job.left_out_ids.mapped("name"), ["Deal 3", "Deal 30"])
        self.assertIn("potential is low", job.left_out_ids[0].why)
        self.assertEqual(len(self.cadence.enrollment_ids), 33)
        self.assertEqual(self.cadence.enrollment_ids.create_uid, self.rep)
        [(user, message)] = [(user, message) for user, kind, message in sent if kind == "simple_notification"]
        self.assertEqual((user, message["type"]), (self.rep, "success"))
        self.assertIn("33 of 35", message["message"])
        self.assertEqual(job.with_user(self.rep).left_out_ids[0].action_open()["res_id"], leads[3].id)

    def test_what_was_asked_for_goes_along(self):
        leads = self.make_leads(12)
        self.cadence.enroll(leads)
        self.wizard(leads, "pause", reason="Fair", until="2026-03-20").action_act()
        self.work()
        enrollments = leads.enrollment_ids
        self.assertEqual((set(enrollments.mapped("state")), set(enrollments.mapped("not_before"))), ({"paused"}, {date(2026, 3, 20)}))
        self.wizard(leads, "resume").action_act()
        self.work()
        self.assertEqual(set(enrollments.mapped("state")), {"running"})
        self.wizard(leads, model="touch.log", channel="letter", direction="out", note="Catalogue").action_log()
        self.work()
        self.assertEqual(enrollments.mapped("touch_count"), [1] * 12)
        self.wizard(leads, "change", cadence_id=self.nurture.id).action_act()
        self.work()
        self.assertEqual(leads.enrollment_ids.filtered(lambda one: one.state == "running").cadence_id, self.nurture)
        self.wizard(leads, "stop", reason="Enough").action_act()
        self.work()
        self.assertEqual(set(leads.enrollment_ids.mapped("state")), {"stopped"})

    def test_killed_it_goes_on_where_it_was(self):
        leads = self.make_leads(35)
        self.wizard(leads, model="touch.enroll", cadence_id=self.cadence.id).action_enroll()
        job = self.job()
        jobs = type(job)
        work, seen = jobs._work_on, []

        def killed(one, ids):
            if len(seen) == 2:
                raise KeyboardInterrupt
            seen.append(ids)
            return work(one, ids)

        # a batch and its position are one transaction: what stood before the kill stands, what it cut off is still to do
        with patch.object(jobs, "_work_on", killed):
            job._work_next()
            job._work_next()
            with self.assertRaises(KeyboardInterrupt), self.env.cr.savepoint():
                job._work_next()
        self.env.invalidate_all()
        self.assertEqual((job.position, job.state, len(self.cadence.enrollment_ids)), (20, "running", 20))
        self.work()
        self.assertEqual((job.position, job.state, job.left_out_count, len(self.cadence.enrollment_ids)), (35, "done", 0, 35))

    def test_a_fault_is_halved_until_the_culprit_stands_alone_and_is_listed(self):
        leads = self.make_leads(35)
        culprits = leads[7] | leads[22]
        self.wizard(leads, model="touch.enroll", cadence_id=self.cadence.id).action_enroll()
        create = type(self.cadence)._create_enrollments

        def failing(cadence, clients, *starts, **values):
            if clients & culprits:
                raise ValueError("no such planet")
            return create(cadence, clients, *starts, **values)

        with patch.object(type(self.cadence), "_create_enrollments", failing), mute_logger(JOB):
            self.work()
        job = self.job()
        self.assertEqual((job.state, job.done_count, job.left_out_count), ("done", 33, 2))
        self.assertEqual(job.left_out_ids.filtered("failed").mapped("name"), culprits.mapped("name"))
        self.assertIn("no such planet", job.left_out_ids[0].why)
        self.assertEqual(self.cadence.enrollment_ids.lead_id, leads - culprits)

    def test_a_lost_race_is_run_again(self):
        from psycopg2.errors import SerializationFailure

        leads = self.make_leads(15)
        self.wizard(leads, model="touch.enroll", cadence_id=self.cadence.id).action_enroll()
        jobs = type(self.env["touch.job"])
        work, races = jobs._work_on, []

        def racing(one, ids):
            if not races:
                races.append(ids)
                raise SerializationFailure
            return work(one, ids)

        with patch.object(jobs, "_work_on", racing), mute_logger("odoo.addons.touch_cadence.models.plan.touch_planner"):
            self.work()
        self.assertEqual(len(races), 1)

    def test_what_was_removed_meanwhile_is_listed(self):
        leads = self.make_leads(15)
        self.wizard(leads, model="touch.enroll", cadence_id=self.cadence.id).action_enroll()
        leads[4].unlink()
        self.work()
        self.assertEqual((self.job().done_count, self.job().left_out_ids.why), (14, "The lead or contact was removed."))

    def test_jobs_take_turns(self):
        long, short = self.make_leads(40), self.make_leads(12)
        self.wizard(long, model="touch.enroll", cadence_id=self.cadence.id).action_enroll()
        self.wizard(short, model="touch.enroll", cadence_id=self.cadence.id).action_enroll()
        second, first = self.env["touch.job"].search([], limit=2)
        order = []
        jobs = type(first)
        work = jobs._work
        moments = (f"2099-03-02 09:31:{number:02}" for number in range(60))

        def noted(job):
            order.append(job)
            done = work(job)
            # one transaction in a test, many in life: each with its own time
            self.env.flush_all()
            self.env.cr.execute("UPDATE touch_job SET write_date = %s WHERE id = %s", [next(moments), job.id])
            self.env.invalidate_all()
            return done

        with patch.object(jobs, "_work", noted):
            while first._work_next():
                pass
        self.assertEqual(order, [first, second, first, second, first, first])

    def test_a_job_ends_with_the_rights_of_its_user(self):
        leads = self.make_leads(15)
        self.cadence.enroll(leads)
        self.wizard(leads, "hand_over", user_id=self.rep_two.id).action_act()
        self.manager.group_ids = [Command.unlink(self.env.ref("sales_team.group_sale_manager").id)]
        with mute_logger(JOB):
            self.work()
        self.assertEqual(self.job().state, "failed")
        self.assertTrue(self.job().error)
        self.assertEqual(leads.user_id, self.rep)

    def test_a_job_that_makes_no_sense_any_more_fails_as_a_whole(self):
        leads = self.make_leads(15)
        self.cadence.enroll(leads)
        self.wizard(leads, "pause", until="2026-03-03").action_act()
        with freeze_time("2026-03-04 09:00:00"), mute_logger(JOB):
            self.work()
        self.assertEqual((self.job().state, self.job().position), ("failed", 0))
        self.assertIn("choose a later day", self.job().error)
        self.assertEqual(set(leads.enrollment_ids.mapped("state")), {"running"})

    def test_clients_given_away_meanwhile_are_left_out(self):
        leads = self.make_leads(15)
        self.cadence.enroll(leads)
        self.wizard(leads, "stop", user=self.rep, reason="Mine").action_act()
        leads[:5].user_id = self.rep_two
        self.work()
        self.assertEqual((self.job().done_count, self.job().left_out_count), (10, 5))
        self.assertEqual(set(leads[:5].enrollment_ids.mapped("state")), {"running"})
        self.assertFalse(any(self.job().left_out_ids.mapped("name")), "what the user may not read is not named to him")

    def test_cancelled_no_more_is_done(self):
        leads = self.make_leads(35)
        self.wizard(leads, model="touch.enroll", user=self.rep, cadence_id=self.cadence.id).action_enroll()
        job = self.job()
        job._work_next()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            job.with_user(self.rep_two).action_cancel()
        job.with_user(self.rep).action_cancel()
        self.work()
        self.assertEqual((job.state, job.position, len(self.cadence.enrollment_ids)), ("cancelled", 10, 10))
        with self.assertRaises(UserError):
            job.with_user(self.rep).action_cancel()

    def test_a_job_is_its_users_and_the_managers_and_nobody_writes_one_by_hand(self):
        self.wizard(self.make_leads(15), model="touch.enroll", user=self.rep, cadence_id=self.cadence.id).action_enroll()
        job = self.job()
        for user, sees in ((self.rep, True), (self.rep_two, False), (self.manager, True)):
            self.assertEqual(bool(self.env["touch.job"].with_user(user).search([])), sees, user.login)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(job.with_user(user).has_access(operation), f"{user.login} {operation}")

    def test_old_work_is_cleared_away(self):
        self.wizard(self.make_leads(15), model="touch.enroll", cadence_id=self.cadence.id).action_enroll()
        self.work()
        job = self.job()
        job._gc_over()
        self.assertTrue(job.exists())
        job.date_end = MONDAY - timedelta(days=61)
        job._gc_over()
        self.assertFalse(job.exists())
