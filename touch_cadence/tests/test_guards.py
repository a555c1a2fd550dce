from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TouchCase

# stored fields of ours on clients that follow from what happens; a form that shows one as read-only is believed by nobody
FOUND = {
    "res.partner": {
        "temperature_date", "last_purchase_date", "purchase_count", "purchase_interval", "lapses_on", "touch_currency_id", "purchase_value",
        "value_repeat", "value_recommended", "missed_months", "value_lost", "abc_class", "xyz_class", "purchase_variation", "is_loyal",
        "nps_date", "nps_group",
    },
    "crm.lead": {"temperature_date", "potential_date", "readiness", "expert_alone_reason"},
}  # fmt: skip


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestGuards(TouchCase):
    """What only the method finds is set by nobody, whatever a form shows as read-only (A7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_leads()
        cls.partner = cls.make_partners()

    def refused(self, act):
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            act()

    def test_a7_the_list_of_what_nobody_sets(self):
        for model, names in FOUND.items():
            self.assertLessEqual(names, self.env[model]._touch_guarded(), model)

    def test_a7_nobody_sets_figures_by_hand(self):
        for user in (self.rep, self.leader, self.manager):
            partner, lead = self.partner.with_user(user), self.lead.with_user(user)
            for values in ({"purchase_value": 1e6}, {"abc_class": "a"}, {"nps_group": "promoter"}, {"temperature_date": "2020-01-01"}):
                with self.subTest(user=user.name, values=values):
                    self.refused(lambda partner=partner, values=values: partner.write(values))
            for values in ({"expert_alone_reason": "I can"}, {"readiness": 4}, {"potential_date": "2020-01-01"}):
                with self.subTest(user=user.name, values=values):
                    self.refused(lambda lead=lead, values=values: lead.write(values))
        self.refused(lambda: self.partner.with_user(self.rep).create({"name": "New", "purchase_value": 5}))
        self.refused(lambda: self.partner.with_user(self.rep).with_context(default_abc_class="a").create({"name": "New"}))
        self.refused(lambda: self.lead.with_user(self.rep).with_context(default_expert_alone_reason="x").create({"name": "New"}))

    def test_a7_a_rep_sets_no_potential_a_manager_does(self):
        for record in (self.partner, self.lead):
            self.refused(lambda record=record: record.with_user(self.rep).write({"potential": "high"}))
            self.refused(lambda record=record: record.with_user(self.rep).create({"name": "New", "potential": "high"}))
            self.refused(lambda record=record: record.with_user(self.rep).with_context(default_potential="high").create({"name": "New"}))
            record.with_user(self.manager).potential = "standard"
            made = record.with_user(self.manager).create({"name": "New", "potential": "high"})
            self.assertEqual(made.potential, "high")
        self.assertEqual(str(self.lead.potential_date), "2026-03-02")
        self.env["ir.default"].set("crm.lead", "potential", "high", user_id=self.rep.id)
        self.refused(lambda: self.lead.with_user(self.rep).create({"name": "New"}))

    def test_a7_a_judged_deal_can_be_copied_by_its_salesperson(self):
        """A copy is another deal, which nobody has judged."""
        # beside event_crm whoever copies a deal reads its registrations
        self.rep.group_ids |= self.env.ref("event.group_event_registration_desk", raise_if_not_found=False) or self.env["res.groups"]
        for record in (self.lead, self.partner):
            record.potential = "high"
            self.assertFalse(record.with_user(self.rep).copy().potential)

    def test_a7_a_date_that_has_a_default_is_not_chosen_either(self):
        for record in (self.lead, self.partner):
            early = record.with_user(self.rep).with_context(default_temperature_date="1999-01-01")
            self.refused(lambda early=early: early.create({"name": "New"}))
        self.env["ir.default"].set("crm.lead", "readiness", 4, user_id=self.rep.id)
        self.refused(lambda: self.lead.with_user(self.rep).create({"name": "New"}))

    def test_the_administrator_makes_users(self):
        """Odoo writes down what a new user's contact would get by default: nobody chose it."""
        for groups in ("base.group_system", "base.group_system,sales_team.group_sale_manager", "base.group_erp_manager"):
            admin = new_test_user(self.env, f"tc_{len(groups)}", f"base.group_user,base.group_partner_manager,{groups}")
            made = self.env["res.users"].with_user(admin).create({"name": "Rita", "login": f"rita_{len(groups)}"}).sudo()
            self.assertEqual((made.partner_id.temperature, str(made.partner_id.temperature_date)), ("cold", "2026-03-02"), groups)
            self.refused(lambda admin=admin: admin.env["res.users"].with_user(admin).create({"name": "R", "login": "r", "abc_class": "a"}))

    def test_a7_what_stays_as_it_is_may_be_sent_along(self):
        self.partner.potential = "high"
        self.partner.with_user(self.rep).write({"potential": "high", "abc_class": False, "is_vip": True})
        made = self.partner.with_user(self.rep).create({"name": "New", "potential": False, "nps_score": "9"})
        self.assertEqual((str(made.nps_date), made.nps_group), ("2026-03-02", "promoter"))
        plain = new_test_user(self.env, "tc_plain", "base.group_user,base.group_partner_manager")
        self.assertTrue(self.partner.with_user(plain).create({"name": "Theirs"}))

    def test_a7_a_merge_of_contacts_brings_figures_together_by_whoever(self):
        one, two = self.make_partners(2, email="same@touch.example")
        one.write({"purchase_value": 100, "abc_class": "b", "potential": "high"})
        self.env["base.partner.merge.automatic.wizard"].with_user(self.rep)._merge((one | two).ids, two)
        self.assertEqual((two.purchase_value, two.abc_class, two.potential), (100, "b", "high"))

    def test_a7_personal_facts_are_for_those_who_need_them(self):
        plain = new_test_user(self.env, "tc_plain", "base.group_user")
        self.partner.birthdate_date = "1980-05-05"
        self.refused(lambda: self.partner.with_user(plain).read(["birthdate_date"]))
        self.refused(lambda: self.partner.with_user(plain).search([("birthdate_date", "!=", False)]))
        self.refused(lambda: self.partner.with_user(plain).read(["age"]))
        self.assertTrue(self.partner.with_user(self.rep).birthdate_date)
        self.assertEqual(self.partner.with_user(self.rep).age, 45)
        self.rep.write({"touch_level": "beginner", "touch_strength": "closing"})
        for name in ("touch_level", "touch_strength", "touch_per_day", "touch_substitute_id"):
            for user in (plain, self.rep_two, self.leader):
                with self.subTest(name=name, user=user.name):
                    self.refused(lambda name=name, user=user: self.rep.with_user(user).read([name]))
                    self.refused(lambda name=name, user=user: self.rep.with_user(user).search([(name, "!=", False)]))
        self.assertEqual(self.rep.with_user(self.manager).touch_level, "beginner")
        self.assertEqual(self.rep.with_user(self.rep).read(["touch_level"])[0]["touch_level"], "beginner")

    def test_a7_a_colleagues_level_is_not_told_by_his_deals(self):
        self.rep.touch_level = "beginner"
        self.assertFalse(self.lead.with_user(self.leader).touch_level)
        self.assertEqual(self.lead.with_user(self.rep).touch_level, "beginner")
        self.assertEqual(self.lead.with_user(self.manager).touch_level, "beginner")
        self.lead.potential = "high"
        self.assertEqual(self.lead.with_user(self.leader).expert_status, "needed", "what the deal needs is seen by who sees the deal")

    def test_a1_what_is_learnt_of_a_deal_reaches_no_foreign_contact(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.make_partners(company_id=company.id)
        self.lead.company_id = False
        self.refused(lambda: self.lead.with_user(self.rep).write({"partner_id": foreign.id}))
        self.refused(lambda: self.lead.with_user(self.rep).create({"name": "New", "partner_id": foreign.id}))
