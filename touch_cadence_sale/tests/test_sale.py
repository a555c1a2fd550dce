from datetime import timedelta

from freezegun import freeze_time
from odoo import Command
from odoo.addons.touch_cadence.tests.common import MONDAY, TouchCase
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestSale(TouchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Desk", "type": "service"})
        cls.seller = new_test_user(cls.env, "tc_seller", "sales_team.group_sale_salesman_all_leads", name="Sol Seller", tz="UTC")

    def order(self, partner):
        return self.env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 1})]}
        )

    def test_R22_a_confirmed_order_ends_selling_and_begins_care(self):
        partner = self.make_partners()
        enrollment = self.cadence.enroll(partner)
        self.order(partner).with_user(self.seller).action_confirm()
        self.assertEqual((enrollment.state, enrollment.stop_reason), ("won", "bought"))
        self.assertEqual(partner.enrollment_ids.filtered(lambda one: one.state == "running").cadence_id, self.care)
        self.assertEqual((partner.last_purchase_date, partner.purchase_count), (MONDAY, 1))
        self.assertEqual(partner.lapses_on, MONDAY + timedelta(days=self.env.company.touch_lapse_days + 1))

    def test_R22_a_buyer_in_care_stays_there(self):
        partner = self.make_partners()
        enrollment = self.care.enroll(partner)
        self.order(partner).action_confirm()
        self.assertEqual(enrollment.state, "running")

    def test_R22_a_colleagues_order_ends_the_companys_selling(self):
        company = self.make_partners(is_company=True)
        worked, buyer = self.make_partners(2, parent_id=company.id)
        enrollment = self.cadence.enroll(worked)
        self.order(buyer).action_confirm()
        self.assertEqual(enrollment.state, "won")
        self.assertFalse(self.planned(worked).filtered(lambda touch: touch.enrollment_id == enrollment))

    def test_R22_a_cancelled_order_is_no_purchase(self):
        partner = self.make_partners()
        self.care.enroll(partner)
        order = self.order(partner)
        order.action_confirm()
        order._action_cancel()
        self.assertFalse(partner.last_purchase_date)
        self.assertFalse(partner.lapses_on)

    def test_R19_a_deal_won_by_its_order_is_bought_once(self):
        partner = self.make_partners()
        self.care.enroll(partner)
        lead = self.make_leads(partner_id=partner.id, expected_revenue=1000, referred="A friend")
        order = self.order(partner)
        order.write({"opportunity_id": lead.id})
        order.order_line.write({"price_unit": 700, "tax_ids": [Command.clear()]})
        order.action_confirm()
        lead.action_set_won()
        self.env["res.partner"]._touch_update_worth()
        self.assertEqual((partner.purchase_count, partner.purchase_value, partner.value_recommended), (1, 700, 700))
        order._action_cancel()
        self.env["res.partner"]._touch_update_worth()
        self.assertEqual(partner.purchase_value, 1000)

    def test_R44_an_answer_to_a_quotation_is_an_answer(self):
        partner = self.make_partners()
        self.cadence.enroll(partner)
        order = self.order(partner)
        for _twice in range(2):
            order.message_post(body="Too dear", subject="Re: offer", message_type="email", author_id=partner.id)
        order.message_post(body="Note to us", message_type="comment", author_id=partner.id)
        heard = partner.touch_ids.filtered(lambda touch: touch.direction == "in")
        self.assertEqual(heard.mapped("note"), ["Too dear", "Too dear"])
        self.assertEqual(partner.temperature, "warm")
