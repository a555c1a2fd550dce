from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TouchCase

MODELS = (
    "touch.cadence",
    "touch.cadence.step",
    "touch.enrollment",
    "touch.touch",
    "touch.reason",
    "touch.script",
    "touch.outcome",
    "touch.act",
    "touch.job",
    "touch.job.left.out",
)
CONFIGURATION = ("touch.cadence", "touch.cadence.step", "touch.reason", "touch.script", "touch.outcome")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestAccess(TouchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine, cls.theirs = cls.make_leads(2)
        cls.theirs.user_id = cls.rep_two
        cls.cadence.enroll(cls.mine | cls.theirs)
        cls.env["touch.script"].create({"channel": "call", "text": "<p>Ask how they do it today.</p>"})

    def as_user(self, model, user):
        return self.env[model].with_user(user)

    def test_a_rep_sees_and_works_his_own(self):
        for model in ("touch.touch", "touch.enrollment"):
            own = self.as_user(model, self.rep).search([("cadence_id", "=", self.cadence.id)])
            self.assertEqual(own.lead_id, self.mine.with_user(self.rep))
        foreign = self.planned(self.theirs).with_user(self.rep)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            foreign.read(["number"])
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            foreign.done()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.theirs.enrollment_ids.with_user(self.rep).action_stop()
        self.planned(self.mine).with_user(self.rep).done()
        self.mine.enrollment_ids.with_user(self.rep).action_pause()

    def test_the_manager_says_what_a_rep_is_good_at_and_the_rep_does_not(self):
        member = self.env["crm.team.member"].search([("user_id", "=", self.rep.id)], limit=1)
        member.with_user(self.manager).write({"touch_strength": "closing", "touch_per_day": 12, "touch_substitute_id": self.rep_two.id})
        self.env.flush_all()
        self.assertEqual((self.rep.touch_strength, self.rep.touch_per_day, self.rep.touch_substitute_id), ("closing", 12, self.rep_two))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            member.with_user(self.rep).write({"touch_per_day": 1})

    def test_a_rep_enrols_and_logs_but_configures_nothing(self):
        lead = self.make_leads()
        self.assertTrue(self.cadence.with_user(self.rep).enroll(lead.with_user(self.rep)))
        lead.with_user(self.rep).log_touch({"channel": "call"})
        for model in CONFIGURATION:
            record = self.as_user(model, self.rep).search([], limit=1)
            self.assertTrue(record)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(record.has_access(operation), f"{operation} {model}")
        for model in ("touch.touch", "touch.enrollment"):
            self.assertFalse(self.as_user(model, self.rep).has_access("unlink"))

    def test_a_rep_does_not_enrol_a_lead_he_cannot_see(self):
        lead = self.make_leads(user_id=self.rep_two.id)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.cadence.with_user(self.rep).enroll(lead.with_user(self.rep))

    def test_the_history_of_ones_client_is_seen_whoever_made_it(self):
        touch = self.planned(self.mine)
        touch.done()
        touch.user_id = self.rep_two
        self.assertIn(touch, self.mine.with_user(self.rep).touch_ids)

    def test_the_sales_manager_configures_everything(self):
        for model in CONFIGURATION:
            for operation in ("read", "write", "create", "unlink"):
                self.assertTrue(self.as_user(model, self.manager).has_access(operation), f"{operation} {model}")
        cadence = self.as_user("touch.cadence", self.manager).create({"name": "Mine", "step_ids": [Command.create({"delay": 1})]})
        cadence.step_ids.delay = 2
        self.as_user("touch.reason", self.manager).create({"name": "News"}).active = False
        self.as_user("mail.activity.type", self.manager).create({"name": "Pigeon", "touch_channel": "letter"})
        self.assertEqual(len(self.as_user("touch.touch", self.manager).search([("cadence_id", "=", self.cadence.id)])), 2)
        (self.mine | self.theirs).enrollment_ids.with_user(self.manager).action_stop("Enough")

    def test_portal_public_and_plain_users_see_nothing(self):
        portal = new_test_user(self.env, "tc_portal", "base.group_portal")
        plain = new_test_user(self.env, "tc_plain", "base.group_user")
        public = self.env.ref("base.public_user")
        for model in MODELS:
            for user in (portal, public, plain):
                if (model, user) != ("touch.outcome", plain):  # whoever is assigned a touch ticks its outcome
                    self.assertFalse(self.as_user(model, user).has_access("read"), f"{user.login} reads {model}")

    def test_a_plain_user_finishes_a_touch_he_was_assigned(self):
        plain = new_test_user(self.env, "tc_plain", "base.group_user")
        touch = self.planned(self.mine)
        touch.activity_id.user_id = plain
        touch.activity_id.with_user(plain).with_context(touch_outcome_id=self.outcomes["interested"].id).action_feedback()
        self.assertEqual((touch.state, self.mine.temperature), ("done", "warm"))

    def test_a_plain_user_is_asked_what_an_outcome_asks(self):
        plain = new_test_user(self.env, "tc_plain", "base.group_user")
        touch = self.planned(self.mine)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            touch.with_user(plain).questions()
        touch.activity_id.user_id = plain
        questions = touch.with_user(plain).questions()
        self.assertTrue(questions["steps"] and questions["obstacles"])
        self.assertEqual(questions["items"], [], "items are for who sells")
        obstacle = questions["obstacles"][0][0]
        said = {"touch_outcome_id": self.outcomes["not_now"].id, "touch_obstacle_id": obstacle}
        item = self.env["touch.item"].create({"name": "Red bicycle"})
        activity = touch.activity_id.with_user(plain)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            activity.with_context(**said, touch_item_id=item.id).action_feedback()
        activity.with_context(**said).action_feedback()
        self.assertRecordValues(touch, [{"state": "done", "obstacle_id": obstacle, "item_id": False}])

    def test_what_a_dialog_does_not_act_on_is_nothing_selected(self):
        for model, values in (("touch.finish", {"outcome_id": self.outcomes["reached"].id}), ("touch.skip", {"reason": "x"})):
            dialog = self.as_user(model, self.rep).create({"model": "crm.lead", "res_ids": self.mine.ids, **values})
            self.assertEqual((dialog.selected_count, dialog.do_count), (0, 0))

    def test_nobody_is_refused_for_an_item_that_he_does_not_name(self):
        item = self.env["touch.item"].create({"name": "Red bicycle"})
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "touch.item")])
        rights.write({"perm_read": False})
        mine = self.mine.with_user(self.rep)
        touch = self.planned(self.mine).with_user(self.rep)
        for name_it in (lambda: touch.done(item=item.id), lambda: mine.log_touch({"channel": "call", "item_id": item.id})):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                name_it()
        touch.done(self.outcomes["not_now"])
        self.assertEqual(touch.state, "done")
        self.assertTrue(mine.log_touch({"channel": "call"}))
        self.assertEqual(self.planned(self.mine).with_user(self.rep).questions()["items"], [])

    def test_companies_are_apart(self):
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "tc_stranger", "sales_team.group_sale_manager", company_id=company.id, company_ids=[Command.set(company.ids)]
        )
        cadence = self.env["touch.cadence"].create({"name": "Theirs", "company_id": company.id, "step_ids": [Command.create({"delay": 1})]})
        self.assertFalse(self.as_user("touch.touch", stranger).search([]))
        self.assertFalse(self.as_user("touch.enrollment", stranger).search([]))
        for model in ("touch.cadence", "touch.cadence.step"):
            records = cadence if model == "touch.cadence" else cadence.step_ids
            self.assertIn(records, self.as_user(model, stranger).search([]))
            self.assertNotIn(records, self.as_user(model, self.manager).search([]))
        # a shared contact may be worked by both companies, by who works in both (B14)
        self.rep.company_ids += company
        partner = self.make_partners()
        self.cadence.enroll(partner)
        both = self.cadence.with_company(company).enroll(partner)
        self.assertEqual(both.company_id, company)
        self.assertEqual(len(self.planned(partner)), 2)

    def test_another_companys_cadence_is_not_for_us(self):
        company = self.env["res.company"].create({"name": "Other"})
        lead = self.make_leads(company_id=self.env.company.id)
        cadence = self.env["touch.cadence"].create({"name": "Theirs", "company_id": company.id, "step_ids": [Command.create({"delay": 1})]})
        [row] = cadence.preview_enroll(lead)
        self.assertIn("Other", row["reason"])

    def test_nobody_outside_sales_reads_what_is_planned_for_a_client(self):
        portal = new_test_user(self.env, "tc_portal", "base.group_portal")
        plain = new_test_user(self.env, "tc_plain", "base.group_user")
        for user in (portal, plain):
            partner = user.partner_id.with_user(user)
            for name in (
                "temperature",
                "potential",
                "touch_ids",
                "touch_count",
                "next_touch_why",
                "enrollment_ids",
                "is_vip",
                "touch_opt_out",
            ):
                with self.assertRaises(AccessError, msg=name):
                    partner.read([name])
            with self.assertRaises(AccessError):
                partner.log_touch({"channel": "call"})
        self.assertEqual(plain.partner_id.with_user(plain).read(["name"])[0]["name"], plain.name)

    def test_a_logged_touch_is_ones_own(self):
        touch = self.mine.with_user(self.rep).log_touch(
            {"channel": "call", "user_id": self.manager.id, "state": "planned", "note": "Hello"}
        )
        self.assertEqual((touch.user_id, touch.state, touch.note), (self.rep, "done", "Hello"))

    def test_nobody_makes_touches_or_enrolments_by_hand(self):
        for model in ("touch.touch", "touch.enrollment"):
            self.assertFalse(self.as_user(model, self.rep).has_access("create"))

    def test_a_substitute_reads_the_enrolment_of_a_lead_closed_to_him(self):
        enrollment = self.mine.enrollment_ids
        enrollment.user_id = self.rep_two
        read = enrollment.with_user(self.rep_two).read(["display_name", "temperature", "explanation", "why"])[0]
        self.assertEqual(read["temperature"], "cold")

    def test_a_plain_user_edits_a_contact_who_is_worked(self):
        plain = new_test_user(self.env, "tc_plain", "base.group_user,base.group_partner_manager")
        partner = self.make_partners()
        self.cadence.enroll(partner)
        partner.with_user(plain).write({"phone": False, "email": False})
        self.decide()
        self.assertEqual(partner.enrollment_ids.stop_reason, "no_channel")

    def test_the_manager_makes_the_settings_the_rep_does_not(self):
        settings = self.as_user("touch.settings", self.manager).create({})
        self.assertEqual(settings.touch_horizon, 5)
        settings.write({"touch_horizon": 3, "touch_hour_from": 8.5})
        settings.action_save()
        self.assertEqual((self.env.company.touch_horizon, self.env.company.touch_hour_from), (3, 8.5))
        self.assertFalse(self.as_user("touch.settings", self.rep).has_access("create"))
        words = settings.fields_get([name for name in settings._fields if name.startswith("touch_")], ["string", "help"])
        self.assertEqual(words["touch_min_gap"]["string"], "Minimum Days between Touches")
        self.assertFalse([name for name, of in words.items() if not of.get("help")], "each is explained")
