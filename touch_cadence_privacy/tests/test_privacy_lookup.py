from freezegun import freeze_time
from odoo.addons.touch_cadence.tests.common import TouchCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestPrivacyLookup(TouchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Zaphod Beeblebrox", "email": "zaphod@touch.example", "user_id": cls.rep.id})
        cls.deal = cls.make_leads(partner_id=cls.partner.id, email_from=False, name="Large order")
        cls.alone, cls.other = cls.make_leads(2, email_from=False, name="From the fair")
        cls.alone.contact_name = "Zaphod Beeblebrox"
        for client in (cls.partner, cls.alone, cls.other):
            cls.cadence.enroll(client)
            client.log_touch({"channel": "call", "note": "Tea"})
        cls.deal.judge_by_hand("standard", "Small")
        cls.alone.judge_by_hand("standard", "Small")

    def look_up(self):
        wizard = self.env["privacy.lookup.wizard"].create({"name": "Zaphod Beeblebrox", "email": "zaphod@touch.example"})
        wizard.action_lookup()
        return wizard.line_ids

    def found(self, lines):
        return {(line.res_model, line.res_id) for line in lines if line.res_model.startswith(("touch.", "crm.", "res.partner"))}

    def test_leads_without_a_contact_and_what_hangs_on_them_are_found(self):
        lines = self.look_up()
        mine = {("touch.touch", "partner_id", self.partner), ("touch.touch", "lead_id", self.alone)}
        expected = {("res.partner", self.partner.id), ("crm.lead", self.deal.id), ("crm.lead", self.alone.id)}
        for model, field, record in mine | {("touch.enrollment", "partner_id", self.partner), ("touch.enrollment", "lead_id", self.alone)}:
            expected |= {(model, id_) for id_ in self.env[model].search([(field, "=", record.id)]).ids}
        expected |= {("touch.judgement", id_) for id_ in (self.deal | self.alone).judgement_ids.ids}
        self.assertEqual(self.found(lines), expected)
        keys = [(line.res_model, line.res_id) for line in lines]
        self.assertEqual(len(keys), len(set(keys)), "each is found once")

    def test_what_it_deletes_of_ours_becomes_anonymous(self):
        before = self.env["touch.touch"].search_count([])
        lines = self.look_up().filtered(lambda line: line.res_model.startswith("touch."))
        lines.action_unlink_all()
        self.assertEqual(set(lines.mapped("is_unlinked")), {True})
        self.assertEqual(self.env["touch.touch"].search_count([]), before)
        left = self.env["touch.touch"].search([("client_key", "!=", 0)])
        self.assertEqual(left.lead_id, self.other)
        self.assertFalse(
            self.found(self.look_up()) - {("res.partner", self.partner.id), ("crm.lead", self.deal.id), ("crm.lead", self.alone.id)}
        )
        self.assertIn("Made anonymous", lines[0].wizard_id.execution_details)

    def test_deleting_all_that_was_found_keeps_the_counts(self):
        before = self.env["touch.touch"].search([])
        lines = self.look_up().filtered(lambda line: line.res_model in ("res.partner", "crm.lead") or line.res_model.startswith("touch."))
        lines.sorted(lambda line: line.res_model).action_unlink_all()
        self.assertFalse(self.partner.exists())
        self.assertFalse((self.deal | self.alone).exists())
        # while the deal goes, the contact's own run goes on with a touch of its own: that is one more, and none is missing
        self.assertEqual(before.exists(), before)
        self.assertEqual(set(self.env["touch.touch"].search([("note", "!=", False)]).mapped("lead_id")), {self.other})

    def test_ours_cannot_be_archived(self):
        lines = self.look_up().filtered(lambda line: line.res_model.startswith("touch."))
        self.assertEqual(set(lines.mapped("has_active")), {False})
