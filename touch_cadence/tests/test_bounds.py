from datetime import date, datetime, timedelta
from importlib.machinery import SourceFileLoader
from pathlib import Path

import psycopg2
from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.module import get_module_path
from odoo.tests import new_test_user
from odoo.tools import SQL, mute_logger
from odoo.tools.sql import add_constraint, drop_constraint

from ..models.base.system import as_system
from .common import TouchCase

PLANNER_LOG = "odoo.addons.touch_cadence.models.plan.touch_review"
NUMBERS = ("integer", "float", "monetary")
# fields without one of the two bounds, and why
NO_LOWER = {
    ("res.partner", "birthdate_date"): "phones export birthdays without a year as of the year 1",
}
UNBOUNDED = {
    ("touch.privacy.find.line", "touches"): "what a search counted, shown to who searched and used for nothing",
    ("touch.privacy.find.line", "enrollments"): "as above",
    ("touch.touch", "client_key"): "a key of ours: a contact's id, or minus a lead's",
    ("touch.enrollment", "client_key"): "as above",
}
# what the buttons of wizards do with what was entered
ACTS = {"touch.act": "action_act", "touch.booking.act": "action_do", "touch.settings": "action_save", "res.config.settings": "execute"}
GROUPS = "sales_team.group_sale_manager,base.group_partner_manager,base.group_system"


class TestBounds(TouchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = new_test_user(cls.env, "tc_chief", GROUPS, name="Chief")
        cls.expert = cls.env["touch.expert"].create({"user_id": cls.leader.id})

    def written_by_people(self):
        """:return: fields with a number or date that is kept, in models that somebody may write: ours, and what we add to others'"""
        access = self.env["ir.model.access"].search(["|", ("perm_write", "=", True), ("perm_create", "=", True)])
        writable = set(access.mapped("model_id.model"))
        for model in self.env.values():
            if model._name not in writable or not model._auto or model._abstract:
                continue
            for field in model._fields.values():
                ours = all(module.startswith("touch_cadence") for module in field._modules or ("base",))
                kept = (field.store and not (field.compute and field.readonly)) or field.inverse
                if ours and kept and field.type in (*NUMBERS, "date", "datetime") and field.name not in models.MAGIC_COLUMNS:
                    yield model._name, field

    def some_record(self, model):
        """:return: a record of ``model`` that can be written"""
        partner = self.env["res.partner"].search([], limit=1)
        made = {
            "res.company": lambda: self.env.company,
            "res.users": lambda: self.rep,
            "res.partner": lambda: self.make_partners(),
            "crm.lead": lambda: self.make_leads(),
            "crm.team": lambda: self.team,
            "crm.team.member": lambda: self.team.crm_team_member_ids[:1],
            "touch.cadence": lambda: self.cadence,
            "touch.cadence.step": lambda: self.cadence.step_ids[:1],
            "touch.enrollment": lambda: self.cadence.enroll(self.make_leads(name="Run")),
            "touch.touch": lambda: self.planned(self.cadence.enroll(self.make_leads(name="Touch")).lead_id),
            "touch.expert": lambda: self.expert,
            "touch.expert.window": lambda: self.expert.window_ids[:1],
            "touch.marker.option": lambda: self.env["touch.marker.option"].search([], limit=1),
            "touch.marker.question": lambda: self.env["touch.marker.question"].search([], limit=1),
            "mail.activity.type": lambda: self.env.ref("mail.mail_activity_data_call"),
            "touch.outcome": lambda: self.outcomes["reached"],
            "touch.next.step": lambda: self.env.ref("touch_cadence.touch_next_step_meeting"),
            "touch.obstacle": lambda: self.env.ref("touch_cadence.touch_obstacle_money"),
            "touch.cadence.rung": lambda: self.env.ref("touch_cadence.touch_cadence_standard_rung_1"),
            "touch.reason": lambda: self.env["touch.reason"].create({"name": f"News for {partner.name}"}),
            "touch.script": lambda: self.env["touch.script"].create({"channel": "email"}),
            # of wizards, as their user opens them
            "res.config.settings": lambda: self.env["res.config.settings"].with_user(self.chief).create({}),
            "touch.settings": lambda: self.env["touch.settings"].with_user(self.chief).create({}),
            "touch.enroll": lambda: self.bulk_wizard("touch.enroll", "crm.lead", {"cadence_id": self.cadence.id}),
            "touch.act": lambda: self.run_wizard({"act": "pause"}),
            "touch.booking.act": self.booking_wizard,
            "touch.finish": lambda: self.bulk_wizard("touch.finish", "touch.touch", {"outcome_id": self.outcomes["reached"].id}),
            "touch.plan": lambda: self.env["touch.plan"].with_user(self.chief).create({"lead_id": self.make_leads().id, "reason": "News"}),
            "touch.leave": lambda: self.env["touch.leave"].with_user(self.chief).create({"user_id": self.rep.id}),
            "touch.log": lambda: self.bulk_wizard("touch.log", "crm.lead", {}),
        }
        self.assertIn(model, made, f"say here how a record of {model} is made")
        return made[model]()

    def bulk_wizard(self, wizard, model, values):
        return self.env[wizard].with_user(self.chief).create({"model": model, "res_ids": self.make_leads(name="Wizard").ids, **values})

    def run_wizard(self, values):
        lead = self.cadence.enroll(self.make_leads(name="Wizard")).lead_id
        return self.env["touch.act"].with_user(self.chief).create({"model": "crm.lead", "res_ids": lead.ids, **values})

    def booking_wizard(self):
        now = fields.Datetime.now()
        booking = (
            self.env["touch.expert.booking"]
            ._as_system()
            .create(
                {
                    "lead_id": self.make_leads(name="Assisted").id,
                    "company_id": self.env.company.id,
                    "user_id": self.rep.id,
                    "state": "booked",
                    "expert_id": self.expert.id,
                    "start": now - timedelta(hours=2),
                    "stop": now - timedelta(hours=1),
                    "hours": 1,
                }
            )
        )
        return self.env["touch.booking.act"].with_user(self.chief).create({"booking_id": booking.id, "kind": "done"})

    def extremes(self, name, field):
        if field.type in NUMBERS:
            most = 10**18 if field.type == "monetary" else 10**9
            more = () if field.type == "integer" else ((name, value) for value in (1e308, -1e308, float("inf"), float("nan")))
            return [(name, most), (name, -most), *more]
        early, late = date(1, 1, 1), date(9999, 12, 31)
        if field.type == "datetime":
            early, late = datetime(1, 1, 1), datetime(9999, 12, 31)
        return [(name, late), (name, early)]

    def test_a6_every_number_and_date_that_a_person_can_enter_has_bounds(self):
        records, open_ends, looked_at = {}, [], 0
        for model, field in self.written_by_people():
            if (model, field.name) in UNBOUNDED:
                continue
            if model not in records:
                records[model] = self.some_record(model)
            looked_at += 1
            for name, value in self.extremes(field.name, field):
                lower = value in (date(1, 1, 1), datetime(1, 1, 1)) or (isinstance(value, int | float) and value < 0)
                if lower and (model, name) in NO_LOWER:
                    continue
                said = self.refusal(records[model], {name: value})
                if not said:
                    open_ends.append(f"{model}.{name} = {value}")
        self.assertGreater(looked_at, 110)
        self.assertFalse(open_ends, "numbers and dates without a bound")

    def refusal(self, record, values):
        """:return: the sentence with which the write of somebody who may nearly everything is refused; None when it is not"""
        cr = self.env.cr
        try:
            with mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_model"), cr.savepoint():
                mine = record.with_user(self.chief)
                mine.write(values)
                if mine._name in ACTS:  # a wizard takes what it is told, and says what is wrong when it acts
                    getattr(mine, ACTS[mine._name])()
                self.env.flush_all()
                raise InterruptedError  # nothing of it stays
        except InterruptedError:
            return None
        except (AccessError, UserError, ValidationError) as error:
            return str(error)
        except psycopg2.IntegrityError as error:
            [model] = [one for one in self.env.values() if one._table == error.diag.table_name and one._auto]
            message = {one.full_name(model): one.message for one in model._table_objects.values()}.get(error.diag.constraint_name)
            self.assertTrue(message, f"{error.diag.constraint_name} says what is allowed")
            return message
        finally:
            self.env.invalidate_all()

    def test_a6_settings_have_bounds_in_words(self):
        for name, value in (
            ("touch_min_gap", 3_000_000),
            ("touch_judge_days", 10**9),
            ("touch_horizon", 261),
            ("touch_large_factor", 1e308),
        ):
            with self.subTest(name=name):
                settings = self.env["touch.settings"].with_user(self.manager).create({name: value})
                with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
                    settings.action_save()
                    self.env.flush_all()
                self.env.invalidate_all()
        for name, value in (("rest_days", 9_999_999), ("window_days", 10**9)):
            with self.subTest(name=name):
                self.assertRegex(self.refusal(self.cadence, {name: value}), "3,650")

    def test_a6_what_is_allowed_at_most_is_planned(self):
        self.env.company.write({"touch_min_gap": 365, "touch_horizon": 260, "touch_judge_days": 3650, "touch_cool_days": 3650})
        self.cadence.write({"rest_days": 3650, "window_days": 3650, "reply_days": 60, "rhythm": 100})
        self.cadence.step_ids.delay = 260
        leads = self.make_leads(3)
        enrollments = self.cadence.enroll(leads)
        self.assertEqual(set(enrollments.mapped("state")), {"running"})
        self.assertTrue(all(enrollments.mapped("why")))
        leads[0].log_touch({"channel": "call", "outcome_id": self.outcomes["reached"].id})
        leads[1].log_touch({"channel": "call", "outcome_id": self.outcomes["clear_no"].id})
        self.decide()
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_night").method_direct_trigger()
        self.run_planner()
        self.assertNotIn("blocked", enrollments.mapped("state"))
        self.assertTrue(self.env["touch.desk"].with_user(self.rep).load(ahead=True))

    def test_a6_the_longest_gap_finds_its_day(self):
        self.env.company.touch_min_gap = 365
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        self.planned(lead).done(self.outcomes["reached"].id)
        self.assertIn("365", enrollment.why)
        self.assertNotIn("No working day", enrollment.why)

    def test_a6_values_of_before_are_brought_into_bounds(self):
        path = Path(get_module_path("touch_cadence"), "migrations", "19.0.1.1.0", "pre-migrate.py")
        migration = SourceFileLoader("pre_migrate", str(path)).load_module()
        self.cadence.enroll(self.make_leads())
        self.env.flush_all()
        tables = {model._table: model for model in self.env.values() if model._table in migration.BOUNDS and model._auto}
        self.assertEqual(set(tables), set(migration.BOUNDS))
        checks = [
            (model, constraint)
            for model in tables.values()
            for constraint in model._table_objects.values()
            if isinstance(constraint, models.Constraint) and (constraint._module or "").startswith("touch_cadence")
        ]
        self.assertGreater(len(checks), 20)
        for model, constraint in checks:
            drop_constraint(self.env.cr, model._table, constraint.full_name(model))
        for table, columns in migration.BOUNDS.items():
            for column, (least, _most) in columns.items():
                value = "9999-12-31" if isinstance(least, str) else 10**9
                self.env.cr.execute(SQL("UPDATE %s SET %s = %s", SQL.identifier(table), SQL.identifier(column), value))
        migration.bring_into_bounds(self.env.cr)
        for model, constraint in checks:
            add_constraint(self.env.cr, model._table, constraint.full_name(model), constraint.get_definition(model.pool))

    def test_a_word_that_nobody_knows_harms_only_its_client(self):
        """Planted by an import in SQL: it counts as cold, and as not judged."""
        leads = self.make_leads(3)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET temperature = 'boiling', potential = 'huge' WHERE id = %s", [leads[1].id])
        self.env.invalidate_all()
        self.cadence.enroll(leads)
        touches = self.planned(leads)
        self.assertEqual((len(touches), set(touches.enrollment_id.mapped("state"))), (3, {"running"}))
        loaded = self.env["touch.desk"].with_user(self.rep).load(ahead=True)
        self.assertEqual({row["id"] for row in loaded["queue"]}, set(touches.ids))
        self.env.company.touch_per_day = 1
        touches.sudo().write({"date_deadline": "2026-02-27"})
        as_system(self.env)["touch.planner"]._move_overflow()  # the night
        self.assertEqual(len(self.planned(leads)), 3)

    def test_a6_one_bad_card_takes_no_desk_down(self):
        leads = self.make_leads(5)
        touches = self.planned(self.cadence.enroll(leads).lead_id)
        desk = type(self.env["touch.desk"])
        client = desk._client
        bad = touches[2]

        def failing(one, touch, *more):
            if touch.id == bad.id:
                raise OverflowError("date value out of range")
            return client(one, touch, *more)

        self.patch(desk, "_client", failing)
        with mute_logger("odoo.addons.touch_cadence.models.desk.touch_desk"):
            loaded = self.env["touch.desk"].with_user(self.rep).load(ahead=True)
        self.assertEqual(len(loaded["queue"]), 5)
        self.assertEqual(set(loaded["cards"]), set(touches.ids))
        broken, whole = loaded["cards"][bad.id], loaded["cards"][touches[0].id]
        self.assertEqual(set(broken) - set(whole) | set(whole) - set(broken) - {"warming"}, set(), "the desk finds all it asks for")
        self.assertIn("out of range", broken["reason"])
        self.assertEqual(broken["client"], bad.client_name)
        self.assertTrue(all(card["contact"] or card["client"] for card in loaded["cards"].values()))
        self.assertTrue(bad.with_user(self.rep).done(self.outcomes["reached"].id))


class TestBlocked(TouchCase):
    """What a bad setting or record blocked runs again by itself (A6)."""

    def fail_for(self, *bad):
        """Deciding fails for these leads."""
        responsible = type(self.env["touch.enrollment"])._get_responsible

        def failing(enrollments):
            if any(lead in enrollments.lead_id for lead in bad):
                raise ValueError("no such planet")
            return responsible(enrollments)

        self.patch(type(self.env["touch.enrollment"]), "_get_responsible", failing)
        return responsible

    def block(self, lead):
        """:return: an enrolment that the planner failed on, and how to put right what was wrong"""
        responsible = self.fail_for(lead)
        with mute_logger(PLANNER_LOG):
            enrollment = self.cadence.enroll(lead)
        self.assertEqual(enrollment.state, "blocked")
        return enrollment, lambda: self.patch(type(enrollment), "_get_responsible", responsible)

    def test_a6_what_was_blocked_is_tried_again_by_itself(self):
        enrollment, mend = self.block(self.make_leads())
        self.assertIn("no such planet", enrollment.why)
        self.assertEqual(enrollment.blocked_count, 1)
        waits = []
        with mute_logger(PLANNER_LOG):
            for _try in range(6):
                waits.append(round((enrollment.next_date - fields.Datetime.now()) / timedelta(days=1)))
                enrollment.next_date = fields.Datetime.now() - timedelta(minutes=1)
                self.run_planner()
                self.assertEqual(enrollment.state, "blocked")
        self.assertEqual(waits, [1, 2, 4, 8, 16, 16])
        mend()
        enrollment.next_date = fields.Datetime.now() - timedelta(minutes=1)
        self.run_planner()
        self.assertEqual((enrollment.state, enrollment.blocked_count), ("running", 0))
        self.assertEqual(len(self.planned(enrollment.lead_id)), 1)

    def test_a6_what_earlier_versions_blocked_is_tried_again(self):
        enrollment, mend = self.block(self.make_leads())
        enrollment.next_date = False
        mend()
        self.run_planner()
        self.assertEqual(enrollment.state, "running")

    def test_a6_a_changed_setting_cadence_or_client_tries_again_at_once(self):
        enrollment, mend = self.block(self.make_leads())
        later = enrollment.next_date
        changes = [
            lambda: self.env.company.write({"touch_min_gap": 2}),
            lambda: self.cadence.write({"rest_days": 31}),
            lambda: self.cadence.step_ids[0].write({"name": "Hello"}),
            lambda: enrollment.lead_id.write({"phone": "+3223456789"}),
            lambda: self.env["touch.reason"].search([], limit=1).write({"name": "More"}),
        ]
        for change in changes:
            enrollment.next_date = later
            change()
            self.decide()
            self.assertLessEqual(enrollment.next_date, fields.Datetime.now())
        mend()
        self.run_planner()
        self.assertEqual(enrollment.state, "running")

    def test_a6_a_rest_that_the_planner_failed_on_stays_a_rest(self):
        lead = self.make_leads()
        today = fields.Date.today()
        resting = self.cadence._create_enrollments(
            lead, state="resting", not_before=today, date_start=today, next_date=fields.Datetime.now() - timedelta(minutes=1)
        )
        responsible = self.fail_for(lead)
        with mute_logger(PLANNER_LOG):
            self.run_planner()
        self.assertEqual(resting.state, "resting")
        self.assertIn("no such planet", resting.why)
        self.assertGreater(resting.next_date, fields.Datetime.now())
        self.patch(type(resting), "_get_responsible", responsible)
        resting.next_date = fields.Datetime.now() - timedelta(minutes=1)
        self.run_planner()
        self.assertEqual(resting.state, "running")

    def test_a6_a_blocked_run_keeps_its_place(self):
        enrollment, _mend = self.block(self.make_leads())
        self.assertIn("Already enrolled", self.nurture.preview_enroll(enrollment.lead_id)[0]["reason"])
