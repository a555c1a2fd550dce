from datetime import date, timedelta

from freezegun import freeze_time
from odoo.tests import new_test_user, tagged

from .common import MONDAY, TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestCampaigns(TouchCase):
    """Campaigns and occasions for clients in no cadence, and what a campaign brings forward (R26 to R30)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env.ref("touch_cadence.touch_cadence_campaign")
        cls.buyers = cls.make_partners(3, user_id=cls.rep.id)
        cls.cadence.enroll(cls.make_leads())  # touches are used
        for partner in cls.buyers:
            cls.make_leads(partner_id=partner.id, stage_id=cls.env["crm.stage"].search([("is_won", "=", True)], limit=1).id)
        cls.sale = cls.env["touch.reason"].create(
            {
                "name": "Spring sale",
                "kind": "sale",
                "purpose": "warming",
                "valid_from": MONDAY,
                "valid_to": MONDAY + timedelta(days=11),
                "beyond_cadences": True,
            }
        )

    def overnight(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_night").method_direct_trigger()
        self.env.invalidate_all()
        self.run_planner()

    def enrolled(self):
        return self.env["touch.enrollment"].search([("cadence_id", "=", self.campaign.id)]).partner_id

    def test_R26_a_campaign_reaches_who_is_in_no_cadence_where_the_manager_says_so(self):
        opted_out, never_met = self.make_partners(2)
        opted_out.touch_opt_out = True
        self.buyers[2].touch_opt_out = True
        self.care.enroll(self.buyers[1])
        self.sale.beyond_cadences = False
        self.overnight()
        self.assertFalse(self.enrolled())
        self.sale.beyond_cadences = True
        self.overnight()
        self.assertEqual(self.enrolled(), self.buyers[0], "neither who is in a cadence, nor who wants no contact, nor who is no client")
        touch = self.planned(self.buyers[0])
        self.assertEqual((touch.reason_id, touch.cadence_id, touch.user_id), (self.sale, self.campaign, self.rep))
        touch.done(self.outcomes["reached"])
        run = self.enrolled().enrollment_ids.filtered(lambda one: one.cadence_id == self.campaign)
        self.assertEqual((run.state, run.stop_reason), ("exhausted", "campaign_over"))
        self.overnight()
        self.assertEqual(len(self.enrolled().enrollment_ids.filtered("reason_id")), 1, "once")
        self.assertNotIn(never_met, self.enrolled())

    def test_R26_not_more_are_enrolled_than_the_salespeople_can_take(self):
        self.rep.touch_per_day = 1
        self.env.company.touch_horizon = 3
        self.overnight()
        self.assertEqual(len(self.enrolled()), 2, "one a day on three days, and one is planned already")
        self.overnight()
        self.assertEqual(len(self.enrolled()), 2)
        self.planned(self.buyers[0]).done(self.outcomes["reached"])
        self.overnight()
        self.assertEqual(self.enrolled(), self.buyers, "the next when one is through")

    def test_R26_who_could_not_be_touched_before_its_end_is_left_alone(self):
        self.overnight()
        run = self.enrolled()[0].enrollment_ids.filtered("reason_id")
        with freeze_time("2026-03-16 09:30:00"):
            self.overnight()
            self.assertEqual((run.state, run.stop_reason), ("exhausted", "campaign_over"))
            self.assertFalse(self.planned(self.buyers))

    def test_R27_the_reasons_own_audience_counts(self):
        self.sale.audience = "not_vip"
        self.buyers[0].is_vip = True
        self.sale.domain = f"[('id', '!=', {self.buyers[1].id})]"
        self.overnight()
        self.assertEqual(self.enrolled(), self.buyers[2])

    def test_R29_a_birthday_is_wished_to_who_is_in_no_cadence(self):
        self.sale.active = False
        birthday = self.env.ref("touch_cadence.touch_reason_birthday")
        birthday.beyond_cadences = True
        self.buyers[0].birthdate_date = date(1980, 3, 6)
        self.buyers[1].birthdate_date = date(1980, 9, 6)
        self.overnight()
        self.assertEqual(self.enrolled(), self.buyers[0])
        touch = self.planned(self.buyers[0])
        self.assertEqual((touch.reason_id, touch.date_deadline), (birthday, date(2026, 3, 6)))
        touch.done(self.outcomes["reached"])
        run = self.buyers[0].enrollment_ids.filtered("reason_id")
        self.assertEqual(run.state, "exhausted")

    def test_R26_who_is_in_a_cadence_gets_the_campaign_as_the_next_reason_on_its_day(self):
        slow = self.env["touch.cadence"].create({"name": "Slow", "model": "res.partner", "step_ids": [(0, 0, {"delay": 21, "times": 0})]})
        self.sale.write({"beyond_cadences": False, "valid_from": MONDAY + timedelta(days=3)})
        run = slow.enroll(self.buyers[0])
        self.run_planner()
        self.assertEqual(self.planned(self.buyers[0]).reason_id, self.sale)
        run.action_stop("Again")
        self.sale.write({"valid_from": MONDAY + timedelta(days=40), "valid_to": MONDAY + timedelta(days=50)})
        slow.enroll(self.buyers[1])
        self.run_planner()
        self.assertFalse(self.planned(self.buyers[1]), "its day is far")
        self.sale.write({"valid_from": MONDAY + timedelta(days=2), "valid_to": MONDAY + timedelta(days=20)})
        self.assertFalse(self.planned(self.buyers[1]))
        self.overnight()
        touch = self.planned(self.buyers[1])
        self.assertEqual((touch.reason_id, touch.date_deadline), (self.sale, MONDAY + timedelta(days=2)))
        self.assertIn("Brought forward", touch.why)
        self.assertEqual(self.sale.announced_date, self.sale.valid_from)

    def test_R26_a_reason_of_no_company_reaches_the_clients_of_each(self):
        company = self.env["res.company"].create({"name": "Other"})
        mate = new_test_user(self.env, "tc_b", "sales_team.group_sale_salesman", company_id=company.id, company_ids=[(6, 0, company.ids)])
        self.campaign.company_id = False
        theirs, shared = self.make_partners(2, user_id=mate.id)
        theirs.company_id = company
        (theirs | shared).write({"last_purchase_date": MONDAY})
        self.overnight()
        self.assertEqual(self.enrolled(), self.buyers | theirs | shared)
        runs = self.env["touch.enrollment"].search([("cadence_id", "=", self.campaign.id)])
        by_company = {one.partner_id: one.company_id for one in runs}
        self.assertEqual({by_company[theirs], by_company[shared]}, {company})
        self.assertEqual({by_company[one] for one in self.buyers}, {self.env.company})
        self.sale.company_id = self.env.company
        more = self.make_partners(user_id=mate.id, company_id=company.id, last_purchase_date=MONDAY)
        self.overnight()
        self.assertNotIn(more, self.enrolled(), "of another company")

    def test_queries_do_not_grow_with_the_clients(self):
        batches = {count: self.make_partners(count, user_id=self.rep.id) for count in (2, 100, 200)}
        self.assertLess(self.slope(lambda count: self.sale._fitting(batches[count], self.campaign)), 0.1)
