from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    touch_horizon = fields.Integer(
        string="Plan Ahead (working days)", default=5, help="A touch is put before the rep so many working days before its day."
    )
    touch_hour_from = fields.Float(string="Touch from", default=9.0)
    touch_hour_to = fields.Float(string="Touch until", default=18.0)
    touch_per_deal = fields.Boolean(
        string="One Touch per Deal",
        help="Several deals with one client are worked at once. Otherwise a client has one planned touch at most.",
    )

    _touch_hours = models.Constraint(
        "CHECK(touch_hour_from >= 0 AND touch_hour_from < touch_hour_to AND touch_hour_to <= 24)",
        "The hours in which clients are touched begin before they end, within one day.",
    )
    _touch_horizon = models.Constraint("CHECK(touch_horizon >= 0)", "Touches cannot be planned a negative number of days ahead.")

    def write(self, vals):
        changed = self.filtered(lambda company: "touch_per_deal" in vals and company.touch_per_deal != vals["touch_per_deal"])
        result = super().write(vals)
        if changed:
            # sudo: what counts as one client changes for every enrolment, whoever works it
            self.env["touch.enrollment"].sudo().search([("company_id", "in", changed.ids)])._rekey()
            self.env["touch.touch"].sudo().search([("company_id", "in", changed.ids), ("enrollment_id", "=", False)])._rekey()
        return result
