from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ..models.plan.touch_review import DECIDE_AT_ONCE
from .common import TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestEditor(TouchCase):
    """The timeline of a cadence and edits while clients are on it, as the sales manager makes them."""

    def setUp(self):
        super().setUp()
        self.steps = self.cadence.step_ids
        self.edited = self.cadence.with_user(self.manager)

    def start(self, count=1, done=0, **values):
        """:return: leads on the cadence, with so many touches done"""
        leads = self.make_leads(count, **values)
        self.cadence.enroll(leads)
        for _time in range(done):
            self.forward(leads)
        return leads

    def forward(self, leads):
        """The planned touches are made, and the next ones planned, however far away they are."""
        self.planned(leads).done()
        self.env.company.touch_horizon = 200
        leads.enrollment_ids._review()

    def steps_of(self, leads):
        """:return: the steps of all touches that were made or are planned, in their order"""
        touches = self.env["touch.touch"].search([("lead_id", "in", leads.ids), ("withdrawn", "=", False)], order="id")
        return touches.mapped(lambda touch: touch.step_id)

    def to_the_end(self, lead):
        """:return: ids of the steps of all touches until nothing is planned any more"""
        for _time in range(20):
            if not self.planned(lead):
                break
            self.forward(lead)
        touches = self.env["touch.touch"].search([("lead_id", "=", lead.id), ("cadence_id.exhausted_cadence_id", "=", self.nurture.id)])
        return touches.filtered(lambda touch: not touch.withdrawn).sorted("id").mapped(lambda touch: touch.step_id.id)

    # --------------------------------------------------------------
    # The timeline
    # --------------------------------------------------------------

    @users("tc_manager")
    def test_the_timeline_follows_while_steps_are_edited(self):
        form = Form(self.env["touch.cadence"])
        form.name, form.start_from, form.window_days = "Mine", "empty", 0
        form.step_ids.remove(0)
        self.assertIn("no steps", form.timeline["findings"][0]["text"])
        for number, purpose in enumerate(("closing", "warming", "warming", "warming", "closing"), 1):
            with form.step_ids.new() as step:
                step.sequence, step.delay, step.purpose = number, 5, purpose
        [finding] = [one for one in form.timeline["findings"] if one["severity"] == "wrong"]
        self.assertEqual(finding["steps"], [0, 4])
        self.assertIn("1 and 5 have only 3 warming touches between them: the rhythm is 5", finding["text"])
        self.assertEqual([touch["day"] for touch in form.timeline["touches"]], [7, 14, 21, 28, 35])
        form.rhythm = 3
        self.assertFalse([one for one in form.timeline["findings"] if one["severity"] == "wrong"])
        # steps run by their order, whatever order they stand in
        with form.step_ids.edit(0) as step:
            step.sequence = 9
        self.assertEqual([touch["purpose"] for touch in form.timeline["touches"]][-2:], ["closing", "warming"])
        form.window_days = 20
        self.assertIn(
            "Touch 3 (about 21 days after the start) and all later ones are not made",
            " ".join(one["text"] for one in form.timeline["findings"]),
        )
        cadence = form.save()
        self.assertEqual(len(cadence.timeline["touches"]), 5)

    def test_a_channel_keeps_its_icon(self):
        self.env.ref("mail.mail_activity_data_call").icon = "fa-headphones"
        self.steps[0].channel, self.steps[1].channel = "call", "web"
        touches = self.cadence.timeline["touches"]
        self.assertEqual([touch["icon"] for touch in touches[:3]], ["fa-headphones", "fa-globe", "fa-random"])

    @users("tc_rep")
    def test_a_rep_sees_the_timeline_and_changes_nothing(self):
        cadence = self.cadence.with_env(self.env)
        self.assertEqual(len(cadence.timeline["touches"]), 7)
        for values in ({"rhythm": 3}, {"rhythm": 3, "under_way": "finish"}):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                cadence.write(values)
        self.assertFalse(self.cadence.version_ids)

    def test_spreading_is_an_edit_like_others(self):
        lead = self.start(done=2)
        self.assertEqual(self.planned(lead).date_deadline.isoformat(), "2026-03-05")
        self.cadence.window_days = 140
        self.edited.action_spread_steps()
        self.assertEqual([delay for _line, delay in self.cadence.timeline["spread"]], self.cadence.step_ids.mapped("delay"))
        self.assertGreater(self.planned(lead).date_deadline.isoformat(), "2026-03-10")

    # --------------------------------------------------------------
    # Move to the new
    # --------------------------------------------------------------

    def test_a_step_put_in_before_is_made_next_and_none_again(self):
        lead = self.start(done=3)
        self.edited.write({"step_ids": [Command.create({"sequence": 0, "channel": "letter", "delay": 1})], "under_way": "move"})
        self.decide()
        new = self.cadence.step_ids - self.steps
        lead.write({"street": "1 Street", "city": "Ghent"})
        self.decide()
        self.assertEqual(self.planned(lead).step_id, new)
        self.assertEqual(self.planned(lead).number, 4)
        self.assertEqual(self.to_the_end(lead), [*self.steps[:3].ids, new.id, *self.steps[3:].ids])

    def test_steps_in_another_order_repeat_none_and_leave_none_out(self):
        lead = self.start(done=2)
        order = self.steps[4] | self.steps[6] | self.steps[0] | self.steps[3] | self.steps[1] | self.steps[2] | self.steps[5]
        self.edited.write({"step_ids": [Command.update(step.id, {"sequence": number}) for number, step in enumerate(order)]})
        self.decide()
        self.env.invalidate_all()
        self.assertEqual(
            self.to_the_end(lead),
            [*self.steps[:2].ids, *(step.id for step in order if step not in self.steps[:2])],
        )

    def test_the_planned_touch_is_the_same_with_other_contents(self):
        lead = self.start(done=1)
        touch, activity = self.planned(lead), self.planned(lead).activity_id
        self.assertEqual(touch.step_id, self.steps[1])
        self.edited.write(
            {"step_ids": [Command.update(self.steps[1].id, {"channel": "meeting", "purpose": "closing"}), Command.delete(self.steps[2].id)]}
        )
        self.decide()
        self.assertEqual((self.planned(lead), touch.activity_id), (touch, activity))
        self.assertEqual((touch.channel, touch.purpose, touch.outdated), ("call", "closing", False))
        self.assertEqual(activity.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        self.assertTrue(activity.touch_asks)

    def test_a_planned_touch_whose_step_is_gone_makes_another_step(self):
        lead = self.start(done=1)
        touch = self.planned(lead)
        self.edited.write({"step_ids": [Command.delete(self.steps[1].id)]})
        self.decide()
        self.assertEqual((self.planned(lead), touch.step_id), (touch, self.steps[2]))
        self.edited.write({"step_ids": [Command.delete(step.id) for step in self.steps[2:]]})
        self.decide()
        self.assertEqual((touch.state, touch.withdrawn), ("skipped", True))
        self.assertEqual(lead.enrollment_ids.sorted("id")[0].stop_reason, "steps_done")

    def test_a_waiting_client_waits_as_long_as_the_new_step_says(self):
        self.steps[1].delay = 60
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.planned(lead).done()
        self.assertFalse(self.planned(lead))
        self.edited.write({"step_ids": [Command.update(self.steps[1].id, {"delay": 2})], "under_way": "move"})
        self.decide()
        self.assertEqual(self.planned(lead).date_deadline.isoformat(), "2026-03-04")

    def test_a_birthday_stays_whatever_the_steps_are(self):
        lead = self.start(done=1)
        touch = self.planned(lead)
        touch.step_id = False
        self.edited.write({"step_ids": [Command.update(self.steps[1].id, {"channel": "meeting"})]})
        self.assertFalse(touch.outdated)

    def test_R16_the_shipped_plans_ask_for_meetings_and_nothing_is_wrong_with_them(self):
        cadences = self.env["touch.cadence"].search([("id", "in", self.shipped("touch.cadence"))])
        self.assertGreater(len(cadences), 4)
        for cadence in cadences:
            self.assertFalse([one["text"] for one in cadence.timeline["findings"] if one["severity"] == "wrong"], cadence.name)
        touches = self.env.ref("touch_cadence.touch_cadence_high").timeline["touches"]
        self.assertEqual([touch["number"] for touch in touches if touch["asks"]], [2, 8])
        self.assertEqual([touch["number"] for touch in touches if touch["purpose"] == "closing"], [2, 8])
        reasons = self.env["touch.reason"].with_context(active_test=False).search([("id", "in", self.shipped("touch.reason"))])
        self.assertFalse(reasons.filtered(lambda reason: "meeting" in reason.channel_ids.mapped("touch_channel")))

    def shipped(self, model):
        return self.env["ir.model.data"].search([("module", "=", "touch_cadence"), ("model", "=", model)]).mapped("res_id")

    def test_names_and_scripts_ask_nothing_and_look_at_nothing(self):
        lead = self.start()
        before = self.planned(lead).write_date
        self.edited.write(
            {"name": "Selling, anew", "step_ids": [Command.update(self.steps[0].id, {"name": "Hello"})], "under_way": "finish"}
        )
        self.assertFalse(self.cadence.version_ids)
        self.assertEqual(self.planned(lead).write_date, before)

    def test_many_are_left_to_the_planner(self):
        leads = self.start(DECIDE_AT_ONCE + 1)
        self.edited.write({"step_ids": [Command.update(self.steps[0].id, {"channel": "sms"})], "under_way": "move"})
        self.decide()
        self.assertEqual(len(self.planned(leads).filtered("outdated")), 1)
        self.assertEqual(len(leads.enrollment_ids.filtered("review_since")), 1)
        self.run_planner()
        self.assertEqual(set(self.planned(leads).mapped("channel")), {"sms"})
        self.assertFalse(leads.enrollment_ids.filtered("review_since"))

    # --------------------------------------------------------------
    # Finish on the old
    # --------------------------------------------------------------

    def finish(self, values=None):
        self.edited.write({**(values or {"step_ids": [Command.delete(step.id) for step in self.steps[1:]]}), "under_way": "finish"})
        return self.cadence.version_ids

    def test_clients_under_way_finish_on_the_steps_as_they_were(self):
        lead, late = self.start(done=3), self.make_leads()
        paused = self.start(name="Paused")
        paused.enrollment_ids.action_pause()
        touch, enrollment = self.planned(lead), lead.enrollment_ids
        delays = self.steps.mapped("delay")
        old = self.finish()
        self.assertEqual((old.active, old.version_of_id, old.step_ids.mapped("delay")), (False, self.cadence, delays))
        self.assertIn("Selling (until 03/02/2026)", old.display_name)
        self.assertEqual((enrollment | paused.enrollment_ids).cadence_id, old)
        self.assertEqual((touch.state, touch.step_id, touch.cadence_id), ("planned", old.step_ids[3], old))
        self.assertEqual((self.edited.under_way_count, old.under_way_count), (0, 2))
        self.assertEqual(self.to_the_end(lead), old.step_ids.ids)
        self.assertEqual((enrollment.stop_reason, enrollment.run), ("steps_done", 1))
        # who comes now begins on the new steps, and is done after the first
        self.cadence.enroll(late)
        self.forward(late)
        self.assertEqual(late.enrollment_ids.filtered(lambda one: one.cadence_id == self.cadence).stop_reason, "steps_done")

    def test_steps_that_were_reordered_are_finished_in_their_order(self):
        """Lines are copied by their ids; what a client had must not be taken for another step."""
        for number, step in enumerate(reversed(self.steps), 1):
            step.sequence = number
        self.cadence.invalidate_recordset(["step_ids"])
        lead = self.start(done=2)
        ids = self.cadence.step_ids.ids
        old = self.finish({"rhythm": 3})
        old.invalidate_recordset(["step_ids"])
        self.assertEqual(old.step_ids.mapped("delay"), self.cadence.step_ids.mapped("delay"))
        self.assertNotEqual(ids, sorted(ids))
        self.assertEqual(self.to_the_end(lead), old.step_ids.ids)

    def test_an_old_version_takes_nobody_new(self):
        lead, other = self.start(), self.make_leads()
        old = self.finish()
        self.assertIn("archived", old.preview_enroll(other)[0]["reason"])
        self.assertFalse(old.enroll(other))
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            old.active = True
            self.env.flush_all()
        with self.assertRaises(UserError) as error:
            old.with_user(self.manager).write({"rhythm": 2})
        self.assertIn("Selling", str(error.exception))
        # the next approach after a no is made on the new steps
        self.planned(lead).done(self.outcomes["clear_no"])
        resting = lead.enrollment_ids.filtered(lambda one: one.state == "resting")
        self.assertEqual((resting.cadence_id, resting.run), (self.cadence, 2))

    def test_what_follows_and_rules_stay_with_the_cadence(self):
        lead = self.start()
        self.nurture.exhausted_cadence_id = self.cadence
        self.cadence.write({"auto_enroll": True, "potential": "standard", "domain": "[('name', 'like', 'Deal')]"})
        old = self.finish()
        self.assertEqual(self.nurture.exhausted_cadence_id, self.cadence)
        self.assertEqual((self.cadence.auto_enroll, old.auto_enroll), (True, False))
        # who was ever in the cadence is not enrolled by its rule again
        self.assertNotIn(lead, self.cadence._rule_search())
        # who is judged as before stays where he is
        lead.with_user(self.manager).judge_by_hand("standard", "As before")
        self.assertEqual((lead.enrollment_ids.cadence_id, lead.enrollment_ids.state), (old, "running"))

    def test_runs_are_counted_over_the_versions(self):
        lead = self.start()
        old = self.finish()
        lead.enrollment_ids.action_stop()
        again = self.cadence.enroll(lead)
        self.assertEqual((again.run, again.cadence_id), (2, self.cadence))
        self.assertNotEqual(old, self.cadence)
        # and so once more
        self.edited.write({"rhythm": 1, "under_way": "finish"})
        self.assertEqual(len(self.cadence.version_ids), 2)
        again.action_stop()
        self.assertEqual(self.cadence.enroll(lead).run, 3)

    def test_of_every_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        partner = self.make_partners(user_id=self.manager.id)
        theirs = self.cadence.with_company(company).enroll(partner)
        self.assertEqual(theirs.company_id, company)
        self.assertEqual(self.edited.under_way_count, 1)
        self.assertFalse(self.edited.enrollment_count)
        old = self.finish()
        self.assertEqual((theirs.cadence_id, old.under_way_count), (old, 1))

    def test_without_clients_under_way_there_is_no_old_version(self):
        lead = self.start()
        lead.enrollment_ids.action_stop()
        self.assertFalse(self.finish())
        self.assertEqual(len(self.cadence.step_ids), 1)

    def test_texts_reasons_materials_and_translations_go_along(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        script = self.env["touch.script"].create({"channel": "call", "text": "<p>Hello</p>"})
        paper = self.env["ir.attachment"].create({"name": "A list.txt", "raw": b"1"})
        reason = self.env.ref("touch_cadence.touch_reason_story")
        self.steps[0].write({"script_id": script.id, "reason_id": reason.id, "attachment_ids": [Command.link(paper.id)]})
        self.steps[0].with_context(lang="fr_FR").name = "Premier appel"
        self.start()
        old = self.finish()
        self.assertEqual((old.step_ids[0].script_id, old.step_ids[0].reason_id, old.step_ids[0].attachment_ids), (script, reason, paper))
        self.assertEqual(old.step_ids[0].with_context(lang="fr_FR").name, "Premier appel")

    def test_the_form_says_how_many_and_shows_old_versions(self):
        self.start(3)
        with Form(self.edited) as form:
            self.assertEqual(form.under_way_count, 3)
        self.finish()
        self.assertEqual(self.edited.version_count, 1)
        action = self.edited.action_view_versions()
        self.assertEqual(self.env["touch.cadence"].with_context(**action["context"]).search(action["domain"]), self.cadence.version_ids)
        with self.assertRaises(UserError):
            self.cadence.version_ids.unlink()


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestEditorSlopes(TouchCase):
    """Queries of an edit grow with the clients on the cadence only as much as said here."""

    def cost(self, count, under_way):
        cadence = self.cadence.copy()
        cadence._create_enrollments(self.make_leads(count))._review()
        edit = {"step_ids": [Command.update(cadence.step_ids[0].id, {"channel": "meeting"})], "under_way": under_way}
        return self.queries(lambda: cadence.with_user(self.manager).write(edit))

    def test_moving(self):
        self.cost(2, "move")
        self.assertLess((self.cost(60, "move") - self.cost(30, "move")) / 30, 0.2)
        self.assertLess((self.cost(200, "move") - self.cost(100, "move")) / 100, 0.1)

    def test_finishing(self):
        self.cost(2, "finish")
        self.assertLess((self.cost(200, "finish") - self.cost(100, "finish")) / 100, 0.1)


@tagged("post_install", "-at_install")
class TestNewCadence(TouchCase):
    def test_a_new_cadence_begins_with_seven_touches_and_without_a_fault(self):
        form = Form(self.env["touch.cadence"].with_user(self.manager))
        form.name = "Ours"
        cadence = form.save()
        self.assertEqual(len(cadence.step_ids), 7)
        self.assertEqual(sum(cadence.step_ids.mapped("delay")), 21)
        self.assertFalse([one for one in cadence.timeline["findings"] if one["severity"] == "wrong"])

    def test_it_can_begin_as_nurture_or_with_one_step(self):
        for start, delays, window in (("nurture", [5, 20], 0), ("empty", [0], 30)):
            with self.subTest(start=start):
                form = Form(self.env["touch.cadence"].with_user(self.manager))
                form.name = start
                form.start_from = start
                cadence = form.save()
                self.assertEqual(cadence.step_ids.mapped("delay"), delays)
                self.assertEqual(cadence.window_days, window)

    def test_nobody_is_forgotten_when_a_new_cadence_ends_and_its_closing_touches_ask_for_something(self):
        ref = self.env.ref
        standard, contacts = ref("touch_cadence.touch_cadence_standard"), ref("touch_cadence.touch_cadence_contacts")
        for start, model, like in (
            ("standard", "crm.lead", standard),
            ("empty", "crm.lead", standard),
            ("standard", "res.partner", contacts),
            ("nurture", "crm.lead", ref("touch_cadence.touch_cadence_nurture")),
        ):
            with self.subTest(start=start, model=model):
                form = Form(self.env["touch.cadence"].with_user(self.manager))
                form.name = start
                form.start_from = start
                form.model = model
                cadence = form.save()
                self.assertTrue(cadence.won_cadence_id)
                for name in ("won_cadence_id", "exhausted_cadence_id", "hot_cadence_id"):
                    self.assertEqual(cadence[name], like[name])
                ladder = [rung.next_step_ids for rung in cadence.rung_ids]
                self.assertTrue(ladder)
                self.assertEqual(ladder, [rung.next_step_ids for rung in like.rung_ids])

    def test_a_cadence_that_was_archived_follows_on_none(self):
        self.env.ref("touch_cadence.touch_cadence_care").active = False
        self.env.ref("touch_cadence.touch_cadence_standard_rung_1").unlink()
        form = Form(self.env["touch.cadence"].with_user(self.manager))
        form.name = "Ours"
        cadence = form.save()
        self.assertFalse(cadence.won_cadence_id)
        self.assertEqual(len(cadence.rung_ids), 4)

    def test_what_code_creates_has_the_steps_that_it_names(self):
        self.assertFalse(self.env["touch.cadence"].create({"name": "By code"}).step_ids)

    def test_the_form_says_where_the_old_clients_are(self):
        leads = self.make_leads(3)
        self.cadence.enroll(leads)
        self.cadence.with_user(self.manager).write({"under_way": "finish", "step_ids": [(1, self.cadence.step_ids[:1].id, {"delay": 1})]})
        self.assertEqual(self.cadence.finishing_count, 3)
        action = self.cadence.with_user(self.manager).action_view_finishing()
        self.assertEqual(len(self.env["touch.enrollment"].search(action["domain"])), 3)
