from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..models.base.system import as_system
from .common import TouchCase

CADENCE_LOG = "odoo.addons.touch_cadence.models.enrollment.touch_cadence_rule"
FILTER_LOG = "odoo.addons.touch_cadence.models.cadence.touch_filter_mixin"
PLANNER_LOG = "odoo.addons.touch_cadence.models.plan.touch_review"
CRON_LOG = "odoo.addons.base.models.ir_cron"
BACKGROUND_LOG = "odoo.addons.touch_cadence.models.background.touch_background"
SECRETS = ("user_ids.totp_secret", "child_ids.user_ids.totp_secret", "user_id.password", "user_ids.sign_in_secret")


class TestFilters(TouchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["touch.reason"].search([]).active = False
        cls.reasons = cls.env["touch.reason"].create([{"name": f"News {number}"} for number in range(3)])
        cls.news = cls.reasons[0].with_user(cls.manager)

    def told(self, user, subject):
        """:return: messages to ``user`` with these words in their subject"""
        return self.env["mail.message"].search([("subject", "ilike", subject), ("partner_ids", "in", user.partner_id.ids)])

    def run_rules(self):
        cron = self.env.ref("touch_cadence.ir_cron_enroll_by_rule")
        self.decide()
        with self.enter_registry_test_mode(), mute_logger(CADENCE_LOG, FILTER_LOG, CRON_LOG, BACKGROUND_LOG):
            cron.method_direct_trigger()
        self.env.invalidate_all()
        return cron

    # --------------------------------------------------------------
    # A3
    # --------------------------------------------------------------

    def test_a3_a_manager_reads_no_closed_field_through_a_filter(self):
        nested = "[('child_ids', 'any', [('user_ids', 'any', [('totp_secret', '=like', 'A%')])])]"
        for domain in [f"[('{path}', '=like', 'A%')]" for path in SECRETS] + [nested]:
            for record in (self.news, self.care.with_user(self.manager)):
                with self.subTest(domain=domain, record=record), self.assertRaises(UserError) as refused:
                    record.domain = domain
                    record.flush_recordset()
                field = domain.split("'")[1].split(".")[-1] if domain != nested else "totp_secret"
                self.assertIn(field, str(refused.exception), "refused by name")
                self.assertIn(record.name, str(refused.exception))
        with self.assertRaisesRegex(UserError, "totp_secret"):
            self.env["touch.reason"].with_user(self.manager).create({"name": "Spy", "domain": "[('user_ids.totp_secret', '!=', False)]"})

    def test_a3_a_filter_runs_with_the_rights_of_who_wrote_it(self):
        mine, foreign = self.make_partners(2)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        foreign.company_id = other
        self.news.domain = "[('name', 'like', 'Client')]"
        self.assertEqual(self.reasons[0].domain_user_id, self.manager)
        clients = {mine: {1}, foreign: {2}}
        found = self.reasons[0]._suiting(clients, self.env.company)
        self.assertEqual(found, {1}, "what its writer may not read does not decide")
        self.manager.company_ids += other
        self.assertEqual(self.reasons[0]._suiting(clients, self.env.company), {1, 2}, "rights of today count")
        self.manager.company_ids -= other
        self.assertEqual(self.reasons[0]._suiting(clients, self.env.company), {1})

    def test_a3_a_rule_finds_only_what_its_writer_may_read(self):
        mine, foreign = self.make_partners(2)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        foreign.company_id = other
        self.care.with_user(self.manager).write({"auto_enroll": True, "domain": f"[('id', 'in', {(mine | foreign).ids})]"})
        self.assertEqual(self.care._rule_search(), mine)
        self.run_rules()
        self.assertEqual(self.care.enrollment_ids.partner_id, mine)

    def test_a3_who_was_in_the_cadence_in_another_company_is_not_found_again(self):
        partner = self.make_partners()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.care.enroll(partner).write({"company_id": other.id})
        self.care.with_user(self.manager).write({"auto_enroll": True, "domain": f"[('id', '=', {partner.id})]"})
        self.assertFalse(self.care._rule_search(), "its writer may not read that run, and yet it counts")

    def test_a3_who_wrote_a_filter_is_kept_by_the_server(self):
        for name, value in (("domain_user_id", 1), ("problem_data", False), ("problem_date", False)):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.news.write({name: value})
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.env["touch.reason"].with_user(self.manager).create({"name": "Mine", name: value})
        made = self.env["touch.reason"].with_user(self.manager).with_context(default_domain_user_id=1).create({"name": "Mine"})
        self.assertEqual(made.domain_user_id, self.manager)
        self.reasons[1].domain = "[('name', '=', 'x')]"
        self.assertEqual(self.reasons[1].with_user(self.manager).copy().domain_user_id, self.manager, "a copy is its copier's")
        # another model makes another rule of it
        self.care.with_user(self.manager).write({"model": "crm.lead"})
        self.assertEqual(self.care.domain_user_id, self.manager)

    def test_a3_an_archived_writer_stops_the_rule_and_sets_the_reason_aside(self):
        writer = new_test_user(self.env, "tc_writer", "sales_team.group_sale_manager", name="Will Writer")
        partner = self.make_partners()
        self.reasons[0].with_user(writer).domain = "[('id', '>', 0)]"
        self.care.with_user(writer).write({"auto_enroll": True, "domain": f"[('id', '=', {partner.id})]"})
        writer.active = False
        with mute_logger(FILTER_LOG):
            self.cadence.enroll(self.make_leads())
        self.assertIn("Will Writer", self.reasons[0].problem)
        self.assertTrue(self.told(self.manager, "News 0"), "the managers are told: who wrote it cannot put it right")
        self.run_rules()
        self.assertFalse(self.care.enrollment_ids)
        self.assertIn("Will Writer", self.care.problem)
        # somebody else stands behind it as it is
        self.care.with_user(self.manager).action_adopt_filter()
        self.assertFalse(self.care.problem)
        self.run_rules()
        self.assertEqual(self.care.enrollment_ids.partner_id, partner)

    def test_a3_who_may_write_no_rules_any_more_runs_none(self):
        writer = new_test_user(self.env, "tc_writer", "sales_team.group_sale_manager", name="Will Writer")
        self.reasons[0].with_user(writer).domain = "[('id', '>', 0)]"
        writer.group_ids = [(6, 0, [self.env.ref("sales_team.group_sale_salesman").id])]
        problem = self.reasons[0]._filter_problem()
        self.assertEqual(problem[0][0], "filter_rights")

    def test_a3_the_filters_that_come_with_the_addon_are_right(self):
        records = [self.env.ref("touch_cadence.touch_reason_introduction"), self.env.ref("touch_cadence.touch_cadence_win_back")]
        for record in records:
            self.assertFalse(record._filter_problem())
            record.with_user(self.manager).action_adopt_filter()
            self.assertFalse(record._filter_problem(), "a sales manager may write them, too")

    # --------------------------------------------------------------
    # D2
    # --------------------------------------------------------------

    def break_reason(self, reason):
        """A field that its filter names is gone, as after an addon was removed."""
        self.env.cr.execute("UPDATE touch_reason SET domain = %s WHERE id = %s", ["[('x_gone', '=', 1)]", reason.id])
        reason.invalidate_recordset()

    def test_d2_a_reason_that_cannot_be_read_is_set_aside_and_blocks_nobody(self):
        self.news.domain = "[('name', '!=', False)]"
        self.break_reason(self.reasons[0])
        leads = self.make_leads(3)
        with mute_logger(FILTER_LOG):
            enrollments = self.cadence.enroll(leads)
        self.assertEqual(set(enrollments.mapped("state")), {"running"})
        self.assertEqual(len(self.planned(leads)), 3)
        self.assertNotIn(self.reasons[0], self.planned(leads).reason_id)
        self.assertIn("x_gone", self.reasons[0].problem)
        self.assertTrue(self.reasons[0].problem_date)
        self.assertEqual(len(self.told(self.manager, "News 0")), 1, "who wrote it is told")
        with mute_logger(FILTER_LOG):
            self.cadence.enroll(self.make_leads(2, name="Later"))
        self.env["touch.reason"]._retry_problems()
        self.assertEqual(len(self.told(self.manager, "News 0")), 1, "once")
        self.assertTrue(self.reasons[0].problem, "the night found it as wrong as before")

        self.news.domain = "[('name', '=', False)]"  # nobody: right all the same
        self.assertFalse(self.reasons[0].problem or self.reasons[0].problem_date)

    def test_d2_a_reason_is_in_use_again_when_its_filter_is_right(self):
        self.reasons[1:].active = False
        self.break_reason(self.reasons[0])
        with mute_logger(FILTER_LOG):
            enrollment = self.cadence.enroll(self.make_leads())
        self.assertFalse(self.planned(enrollment.lead_id))
        self.assertIn("reason", enrollment.why)
        self.env.cr.execute("UPDATE touch_reason SET domain = '[]' WHERE id = %s", [self.reasons[0].id])
        self.reasons[0].invalidate_recordset()
        self.env["touch.reason"]._retry_problems()
        self.assertFalse(self.reasons[0].problem, "found right by the night")
        self.all_due()
        self.run_planner()
        self.assertEqual(self.planned(enrollment.lead_id).reason_id, self.reasons[0])

    def test_d2_a_planned_touch_gives_its_reason_up_when_that_is_set_aside(self):
        self.reasons[0].domain = "[]"
        touch = self.planned(self.cadence.enroll(self.make_leads()).lead_id)
        self.assertEqual(touch.reason_id, self.reasons[0])
        self.break_reason(self.reasons[0])
        with mute_logger(FILTER_LOG):
            self.cadence.enroll(self.make_leads(name="Other"))
        as_system(self.env)["touch.planner"]._mark_changed()
        self.run_planner()
        self.assertEqual(touch.state, "planned")
        self.assertNotEqual(touch.reason_id, self.reasons[0])

    # --------------------------------------------------------------
    # D4, C2
    # --------------------------------------------------------------

    def bad_client(self, partner):
        """Reading the facts about this one client fails."""
        age = type(partner)._touch_age

        def failing(one, today):
            if one == partner:
                raise ValueError("no such planet")
            return age(one, today)

        return patch.object(type(partner), "_touch_age", failing)

    def test_d4_one_bad_client_harms_itself_alone(self):
        partners = self.make_partners(20)
        self.care.step_ids.delay = 0
        with self.bad_client(partners[7]), mute_logger(CADENCE_LOG, PLANNER_LOG):
            preview = self.care.preview_enroll(partners)
            enrollments = self.care.enroll(partners)
        self.assertEqual([one["id"] for one in preview], partners.ids)
        self.assertEqual([one["id"] for one in preview if one["reason"]], partners[7].ids)
        self.assertIn("no such planet", preview[7]["reason"])
        self.assertEqual(enrollments.partner_id, partners - partners[7])
        self.assertEqual(len(self.planned(partners)), 19)

    def test_d4_one_bad_run_keeps_no_other_from_saying_what_is_next(self):
        partners = self.make_partners(3)
        enrollments = self.care.enroll(partners)
        with self.bad_client(partners[1]):
            said = enrollments.explain()
        self.assertEqual([one["id"] for one in said], enrollments.ids)
        self.assertIn("no such planet", said[1]["text"])
        self.assertIn("planned for", said[0]["text"])

    def test_d4_two_records_of_one_client_are_still_one_when_another_is_bad(self):
        company = self.make_partners()
        people = self.make_partners(4, parent_id=company.id)
        bad = self.make_partners(1, name="Bad")
        with self.bad_client(bad), mute_logger(CADENCE_LOG, PLANNER_LOG):
            self.assertEqual(len(self.care.enroll(people[:2] | bad | people[2:])), 1)

    def test_d4_a_rule_enrols_nineteen_of_twenty_and_names_the_other(self):
        partners = self.make_partners(20)
        self.care.write({"auto_enroll": True, "domain": f"[('id', 'in', {partners.ids})]"})
        with self.bad_client(partners[7]):
            cron = self.run_rules()
        self.assertEqual(self.care.enrollment_ids.partner_id, partners - partners[7])
        self.assertEqual(self.care.rule_cursor, 0, "the round is over")
        self.assertIn(partners[7].display_name, self.care.problem)
        self.assertIn("no such planet", self.care.problem)
        self.assertEqual(self.care.problem_date.date(), fields.Date.today())
        self.assertFalse(cron.failure_count)
        self.run_rules()
        self.assertEqual(self.care.enrollment_ids.partner_id, partners, "it is right again")
        self.assertFalse(self.care.problem)

    def test_d4_a_client_who_cannot_be_written_harms_itself_alone(self):
        partners = self.make_partners(3)
        create = type(self.env["touch.enrollment"]).create

        def failing(records, vals_list):
            if any(vals.get("partner_id") == partners[1].id for vals in vals_list):
                raise ValueError("no such planet")
            return create(records, vals_list)

        wizard = self.env["touch.enroll"].create({"cadence_id": self.care.id, "model": "res.partner", "res_ids": partners.ids})
        with patch.object(type(self.env["touch.enrollment"]), "create", failing), mute_logger(CADENCE_LOG):
            told = wizard.action_enroll()
        self.assertEqual(self.care.enrollment_ids.partner_id, partners - partners[1])
        self.assertIn("no such planet", str(told))
        self.assertIn(partners[1].display_name, str(told))

    def test_c2_a_failing_rule_stands_on_the_cadence_and_in_the_cron(self):
        lead = self.make_leads()
        self.nurture.with_user(self.manager).write({"auto_enroll": True, "domain": "[('id', '>', 0)]"})
        self.cadence.write({"auto_enroll": True, "domain": f"[('id', '=', {lead.id})]"})
        self.env.cr.execute("UPDATE touch_cadence SET domain = %s WHERE id = %s", ["[('x_gone', '=', 1)]", self.nurture.id])
        self.nurture.invalidate_recordset()
        cron = self.run_rules()
        self.assertEqual(self.cadence.enrollment_ids.lead_id, lead, "the others go on")
        self.assertEqual(cron.failure_count, 1)
        self.assertIn("x_gone", self.nurture.problem)
        self.assertEqual(self.nurture.problem_date.date(), fields.Date.today())
        self.assertEqual(len(self.told(self.manager, "Nurture")), 1)
        for _day in range(6):
            self.assertLess(self.run_rules().failure_count, 5, "Odoo switches off what fails five times in a row")
        self.assertEqual(len(self.told(self.manager, "Nurture")), 1, "told once")
        self.nurture.with_user(self.manager).domain = f"[('id', '=', {lead.id})]"
        self.assertFalse(self.nurture.problem)
        self.assertFalse(self.run_rules().failure_count)

    # --------------------------------------------------------------
    # D10
    # --------------------------------------------------------------

    def test_d10_without_a_channel_switched_on_a_run_waits_and_says_so(self):
        types = self.env["mail.activity.type"].search([("touch_channel", "!=", False)])
        planned = self.cadence.enroll(self.make_leads())
        types.active = False
        fresh = self.cadence.enroll(self.make_leads(name="Fresh"))
        nobody = self.cadence.preview_enroll(self.make_leads(name="Nobody", phone=False, email_from=False))
        self.assertIn("number or address", nobody[0]["reason"], "who cannot be reached at all is told apart")
        planned._review()
        for enrollment in (planned, fresh):
            self.assertEqual(enrollment.state, "running")
            self.assertIn("switched off", enrollment.why)
            self.assertTrue(enrollment.next_date)
        types.active = True
        self.all_due()
        self.run_planner()
        self.assertEqual(len(self.planned(planned.lead_id | fresh.lead_id)), 2)

    def test_d10_who_is_reached_only_by_a_channel_that_is_off_waits(self):
        self.env["mail.activity.type"].search([("touch_channel", "!=", "email")]).touch_channel = False
        enrollment = self.cadence.enroll(self.make_leads(email_from=False))
        self.assertEqual(enrollment.state, "running")
        self.assertIn("switched off", enrollment.why)
