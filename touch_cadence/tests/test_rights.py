from datetime import datetime

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import TouchCase

RULES = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.orm.models")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestRights(TouchCase):
    """FAULTS A1 to A7 within one process; tests/system/test_rights.py tries them from outside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine, cls.theirs = cls.make_leads(2)
        cls.theirs.user_id = cls.rep_two
        cls.cadence.enroll(cls.mine | cls.theirs)

    def own_touch(self):
        return self.planned(self.mine).with_user(self.rep)

    def refused(self, error=AccessError):
        return self.assertRaises(error)

    @mute_logger(*RULES)
    def test_a1_no_field_but_the_note_is_written_by_hand(self):
        foreign = self.planned(self.theirs)
        for user in (self.rep, self.manager):
            touch, run = self.planned(self.mine).with_user(user), self.mine.enrollment_ids.with_user(user)
            for name in touch._fields:
                if name not in ("note", "date_deadline") and touch._fields[name].store:
                    with self.subTest(login=user.login, field=name), self.refused():
                        touch.write({name: False})
            for name in run._fields:
                if run._fields[name].store:
                    with self.subTest(login=user.login, field=name), self.refused():
                        run.write({name: False})
            for vals in (
                {"lead_id": self.theirs.id, "partner_id": False},
                {"activity_id": foreign.activity_id.id},
                {"enrollment_id": self.theirs.enrollment_ids.id},
                {"note": "Hello", "why_data": 5},
            ):
                with self.refused():
                    touch.write(vals)
            touch.write({"note": f"by {user.login}"})
            self.assertEqual(touch.note, f"by {user.login}")

    @mute_logger(*RULES)
    def test_a1_nobody_makes_touches_or_runs_by_hand(self):
        for user in (self.rep, self.manager):
            for model in ("touch.touch", "touch.enrollment"):
                self.assertFalse(self.env[model].with_user(user).has_access("create"))

    def test_a_day_written_in_the_calendar_moves_touch_and_activity(self):
        touch = self.own_touch()
        touch.write({"date_deadline": "2026-03-05", "note": "He is away"})
        self.assertEqual(
            (str(touch.date_deadline), touch.activity_id.date_deadline, touch.note), ("2026-03-05", touch.date_deadline, "He is away")
        )
        with self.refused(UserError):
            touch.write({"date_deadline": "2026-03-01"})
        with self.refused(UserError):
            touch.write({"date_deadline": "9999-12-31"})

    @mute_logger(*RULES)
    def test_a1_an_activity_on_another_record_is_not_the_touchs(self):
        touch, foreign = self.own_touch(), self.planned(self.theirs).activity_id
        touch.sudo().activity_id = foreign  # what a forged row would say
        touch.skip("No time")
        self.assertTrue(foreign.exists())

    @mute_logger(*RULES)
    def test_a1_who_may_not_read_a_touch_gets_no_letter_nor_explanation(self):
        foreign = self.planned(self.theirs).with_user(self.rep)
        for act in (foreign._letter_address, foreign._in_client_language, foreign.explain_why, foreign.action_prepare):
            with self.refused():
                act()
        self.assertFalse(self.env["touch.desk"].with_user(self.rep).cards(foreign.ids))
        with self.refused():
            self.theirs.enrollment_ids.with_user(self.rep).explain()

    def test_a1_a_deal_that_moved_to_another_company_is_told_no_more(self):
        company = self.env["res.company"].create({"name": "Other"})
        touch = self.own_touch()
        self.env.cr.execute("UPDATE crm_lead SET company_id = %s WHERE id = %s", [company.id, self.mine.id])
        self.env.invalidate_all()
        with self.refused(UserError):
            touch._letter_address()

    def test_a1_a_touch_planted_on_another_run_is_taken_back_with_its_activity_gone(self):
        """The planner would make its salesperson a follower of a record that is not his."""
        touch, foreign = self.planned(self.mine), self.planned(self.theirs)
        touch.activity_id.with_context(mail_activity_quick_update=True).unlink()
        self.env.cr.execute("UPDATE touch_touch SET lead_id = %s, partner_id = NULL WHERE id = %s", [self.theirs.id, touch.id])
        self.env.invalidate_all()
        touch.sudo()._recreate_activities()
        self.assertEqual((touch.state, touch.withdrawn), ("skipped", True))
        self.assertNotIn(self.rep.partner_id, self.theirs.message_partner_ids)
        self.assertEqual(foreign.activity_id.user_id, self.rep_two)

    def test_a1_whatever_nobody_makes_by_hand_takes_no_defaults_of_the_caller(self):
        """What our methods make with all rights: a personal default, or one of the context, would be written as if a method had found it."""
        makers = self.env["ir.model.access"].search([("perm_create", "=", True)]).mapped("model_id.model")
        for model in self.env.values():
            if model._name.startswith("touch.") and model._auto and not (model._abstract or model._transient or model._name in makers):
                with self.subTest(model=model._name):
                    self.assertIn("touch.guarded.mixin", {cls._name for cls in type(model).mro() if hasattr(cls, "_name")})

    @mute_logger(*RULES)
    def test_a1_what_a_company_sets_stays_within_it(self):
        """A manager pushes none of it into another company, and points none of it at what he may not read."""
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["touch.cadence"].create({"name": "Secret", "company_id": company.id, "step_ids": [(0, 0, {"delay": 0})]})
        cadence = self.cadence.with_user(self.manager)
        reason = self.env["touch.reason"].with_user(self.manager).create({"name": "News"})
        question = (
            self.env["touch.marker.question"].with_user(self.manager).create({"name": "How many?", "company_id": self.env.company.id})
        )
        for act in (
            lambda: cadence.write({"company_id": company.id}),
            lambda: cadence.write({"won_cadence_id": foreign.id}),
            lambda: cadence.with_context(default_won_cadence_id=foreign.id).create({"name": "New"}),
            lambda: cadence.step_ids[0].write({"cadence_id": foreign.id}),
            lambda: reason.write({"company_id": company.id}),
            lambda: question.write({"company_id": company.id}),
        ):
            with self.refused():
                act()
        cadence.write({"won_cadence_id": self.nurture.id, "company_id": self.env.company.id})

    @mute_logger(*RULES)
    def test_a2_the_contacts_salesperson_does_not_see_a_colleagues_deal(self):
        contact = self.make_partners()
        contact.user_id = self.rep
        deal = self.make_leads(1, user_id=self.rep_two.id, partner_id=contact.id, email_from="contact@touch.example", phone="+3212999999")
        self.cadence.enroll(deal)
        touch, run = self.planned(deal).with_user(self.rep), deal.enrollment_ids.with_user(self.rep)
        self.assertFalse(touch.has_access("read"))
        self.assertFalse(run.has_access("read"))
        for act in (touch.done, touch.skip, run.action_pause, run.action_stop):
            with self.refused():
                act()
        self.theirs.user_id = False  # nobody's: all see it, as in the pipeline; the leader works it
        self.decide()
        touch = self.planned(self.theirs).with_user(self.rep)
        self.assertEqual((touch.user_id, touch.has_access("read"), touch.has_access("write")), (self.leader, True, False))

    def test_a2_the_deals_own_salesperson_works_what_lies_with_a_colleague(self):
        touch = self.planned(self.mine)
        touch._reassign(self.rep_two)
        touch.with_user(self.rep).snooze("2026-03-04")
        self.assertEqual(str(touch.date_deadline), "2026-03-04")

    @mute_logger(*RULES)
    def test_a4_of_a_closed_record_a_wizard_says_nothing(self):
        self.theirs.name = "Secret Deal"
        for model, values in (("touch.act", {"act": "stop"}), ("touch.enroll", {"cadence_id": self.cadence.id}), ("touch.log", {})):
            with self.subTest(model=model):
                wizard = self.env[model].with_user(self.rep).create({"model": "crm.lead", "res_ids": [self.theirs.id], **values})
                self.assertNotIn("Secret", f"{wizard.preview} {wizard.selected_count}")
                self.assertEqual(wizard.selected_count, 0)
        for model in ("touch.judge", "touch.ask.expert"):
            with self.subTest(model=model), self.refused():
                self.env[model].with_user(self.rep).create({"lead_id": self.theirs.id}).read()
            with self.subTest(model=model), self.refused():
                spec = {"lead_id": {"fields": {"display_name": {}}}}
                self.env[model].with_user(self.rep).onchange({"lead_id": self.theirs.id}, ["lead_id"], spec)

    @mute_logger(*RULES)
    def test_a1_what_would_follow_from_a_foreign_deal_is_not_told(self):
        self.theirs.name = "Secret Deal"
        for record, spec in (
            (self.own_touch(), {"client_name": {}, "display_name": {}}),
            (self.mine.enrollment_ids.with_user(self.rep), {"display_name": {}, "explanation": {}}),
        ):
            self.assertNotIn("Secret", str(record.onchange({"lead_id": self.theirs.id}, ["lead_id"], spec)))

    @mute_logger(*RULES)
    def test_a4_a_wizard_is_not_pointed_at_foreign_bookings_nor_cadences(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["touch.cadence"].create({"name": "Secret", "company_id": company.id})
        wizards = self.env["touch.enroll"].with_user(self.rep)
        values = {"model": "crm.lead", "res_ids": self.mine.ids, "cadence_id": self.cadence.id}
        for act in (
            lambda: wizards.create({**values, "cadence_id": foreign.id}),
            lambda: wizards.create(values).write({"cadence_id": foreign.id}),
            lambda: wizards.with_context(default_cadence_id=foreign.id).create({**values, "cadence_id": foreign.id}),
            lambda: wizards.with_context(default_cadence_id=foreign.id).onchange({}, [], {"cadence_id": {"fields": {"display_name": {}}}}),
        ):
            with self.refused():
                act()

    @mute_logger(*RULES)
    def test_a_colleagues_wizard_is_his(self):
        wizard = self.env["touch.skip"].with_user(self.rep_two).create({"model": "crm.lead", "res_ids": [1], "reason": "He was rude"})
        for user in (self.rep, self.manager):
            for operation in ("read", "write", "unlink"):
                self.assertFalse(wizard.with_user(user).has_access(operation))
            self.assertFalse(wizard.with_user(user).search([("reason", "=", "He was rude")]))

    @mute_logger(*RULES)
    def test_a5_who_does_not_work_a_run_does_not_end_it(self):
        contact = self.make_partners(1, user_id=self.rep_two.id)
        self.cadence.copy({"model": "res.partner"}).enroll(contact)
        run = contact.enrollment_ids
        for name in ("bought", "wrong_contact"):
            with self.assertRaisesRegex(UserError, "a colleague's"):
                contact.with_user(self.rep).log_touch({"channel": "call", "outcome_id": self.outcomes[name].id})
        self.assertEqual(run.state, "running")
        contact.with_user(self.rep).log_touch({"channel": "call", "direction": "in"})  # what happened is recorded
        self.assertEqual(run.state, "running")
        contact.with_user(self.rep).log_touch({"channel": "call", "outcome_id": self.outcomes["clear_no"].id})
        self.assertEqual(run.state, "refused", "a no is obeyed, whoever heard it (invariant 2)")

    def test_a5_what_a_colleague_wrote_stays_his(self):
        contact = self.make_partners(1, user_id=self.rep_two.id)
        self.cadence.copy({"model": "res.partner"}).enroll(contact)
        contact.enrollment_ids.with_user(self.rep_two).action_pause("They owe us money")
        self.assertIn("They owe us", contact.with_user(self.rep_two).next_touch_why)
        self.assertNotIn("They owe us", contact.with_user(self.rep).next_touch_why)
        self.assertIn("Paused", contact.with_user(self.rep).next_touch_why)

    @mute_logger(*RULES)
    def test_a5_nobody_outside_sales_searches_by_touches(self):
        plain = new_test_user(self.env, "tc_plain", "base.group_user")
        for name in ("next_touch_date", "last_touch_date"):
            with self.subTest(field=name), self.refused():
                self.env["res.partner"].with_user(plain).search([(name, "!=", False)])

    def test_a1_a_why_that_is_none_fails_no_list(self):
        say = self.env["touch.words"]._say
        for planted in (5, "x", [5], [["nth"]], {"x": 1}, [["nth", 5]], [[["nth"], {}]]):
            with self.subTest(planted=planted), mute_logger("odoo.addons.touch_cadence.models.words.touch_words"):
                self.assertEqual(say(planted), "")
        self.assertEqual(say([["nth", {"number": 2}]]), "Touch 2 of ?.")
        self.assertLess(len(say([["%(a)200000000s", {"a": "x"}]])), 100)
        for values in ({"date": "soon"}, {"date": [1]}, {"reason": 10**6}, {"reason": []}, {"temperature": []}, {"temperature": "boiling"}):
            with self.subTest(values=values):
                self.assertIn("Touch", say([["nth", {**values, "number": 1, "target": 7}]]))

    def test_a6_a_setting_that_is_refused_is_refused_in_words_whatever_is_planned_by_it(self):
        """What is wrong with a write is said to who writes; it was taken for a fault of the run that was looked at next."""
        for values in ({"window_days": 3_000_000}, {"rhythm": 10**6}):
            with self.subTest(values=values), mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.cadence.with_user(self.manager).write(values)
                self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.mine.enrollment_ids.state, "running")

    def test_a7_no_touch_goes_to_who_does_not_work_here(self):
        portal = new_test_user(self.env, "tc_portal", "base.group_portal")
        company = self.env["res.company"].create({"name": "Other"})
        foreign = new_test_user(
            self.env, "tc_foreign", "sales_team.group_sale_salesman", company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        touch = self.own_touch()
        for user in (portal, foreign):
            with self.refused(UserError):
                touch.activity_id.write({"user_id": user.id})
            # everybody sets his own substitute, of those who sell
            if user.share:
                with self.refused(UserError):
                    self.rep.with_user(self.rep).write({"touch_substitute_id": user.id})
            else:
                self.rep.with_user(self.rep).write({"touch_substitute_id": user.id})
            self.rep.active = False
            self.assertNotEqual(self.mine.enrollment_ids._get_responsible()[self.mine.enrollment_ids.id], user)
            self.rep.active = True
        touch.activity_id.write({"user_id": self.rep_two.id})
        self.assertEqual(touch.user_id, self.rep_two)

    @mute_logger(*RULES)
    def test_a5_who_had_a_touch_before_ends_no_run_of_a_colleague(self):
        touch, run = self.planned(self.mine), self.mine.enrollment_ids
        self.mine.user_id = self.rep_two
        self.decide()
        self.assertEqual((touch.user_id, touch.handed_from_id), (self.rep_two, self.rep))
        desk, bought = self.env["touch.desk"].with_user(self.rep), self.outcomes["bought"].id
        said = desk.act(touch.id, "done", {"outcome_id": bought, "note": "He said yes"}, "late", 60)
        self.assertTrue(said["ok"])
        self.assertIn("colleague", said["message"])
        self.assertEqual((run.state, self.mine.won_status), ("running", "pending"))
        logged = self.env["touch.touch"].search([("lead_id", "=", self.mine.id), ("state", "=", "done")])
        self.assertEqual((len(logged), logged.user_id), (1, self.rep))
        self.assertIn("He said yes", logged.note)
        desk.act(touch.id, "done", {"outcome_id": self.outcomes["clear_no"].id}, "no", 60)
        self.assertEqual(run.state, "refused", "a no is obeyed, whoever heard it (invariant 2)")

    def test_a7_dates_of_a_touch_have_bounds(self):
        for date_done in ("2099-01-01 00:00:00", "0001-01-01 00:00:00", "soon", 5):
            with self.subTest(date_done=date_done), self.refused(UserError):
                self.mine.with_user(self.rep).log_touch({"channel": "call", "date_done": date_done})
        for until in ("9999-12-31", "2026-02-30", None, 7, []):
            with self.subTest(until=until), self.refused(UserError):
                self.own_touch().snooze(until)
        with self.refused(UserError):
            self.mine.enrollment_ids.with_user(self.rep).action_pause("Later", "9999-12-31")

    def test_a7_who_is_named_twice_was_touched_once(self):
        many = self.env["crm.lead"].browse(self.mine.ids * 2000)
        self.assertEqual(len(many.with_user(self.rep).log_touch({"channel": "call"})), 1)

    def test_a7_wrong_arguments_end_as_sentences(self):
        desk = self.env["touch.desk"].with_user(self.rep)
        touch = self.own_touch()
        for act in (
            lambda: self.mine.with_user(self.rep).log_touch(None),
            lambda: self.mine.with_user(self.rep).log_touch({}),
            lambda: self.mine.with_user(self.rep).log_touch({"channel": "pigeon"}),
            lambda: self.mine.with_user(self.rep).log_touch({"channel": "call", "outcome_id": 10**9}),
            lambda: desk.act("x", "done"),
            lambda: desk.act(touch.id, "dance"),
            lambda: desk.act(touch.id, "done", 5),
            lambda: desk.act(touch.id, "done", {"outcome_id": "x"}),
            lambda: desk.act(touch.id, "reassign", {"user_id": "x"}),
            lambda: desk.act(touch.id, "snooze", {"until": None}),
            lambda: desk.act(touch.id, "done", {}, None, "x"),
            lambda: touch.done("x"),
            lambda: touch.skip({}),
        ):
            with self.refused(UserError):
                act()
        self.assertEqual(touch.state, "planned")

    def test_what_the_method_tells_itself_a_browser_cannot(self):
        """Context keys of ours count only with a value that no RPC can send."""
        touch = self.own_touch()
        touch.with_context(touch_date_done=datetime(2020, 1, 1), touch_unreviewed=True).done()  # XML-RPC sends real moments
        self.assertEqual(touch.date_done.year, 2026)
        self.assertTrue(self.planned(self.mine), "it was decided again all the same")
        self.mine.with_user(self.rep).with_context(touch_unreviewed=True).active = False
        self.decide()
        self.assertFalse(self.planned(self.mine))
