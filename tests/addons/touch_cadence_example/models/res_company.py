from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    fair_from = fields.Date(string="Trade fair from")
    fair_to = fields.Date(string="Trade fair until", help="Nobody is touched during our trade fair.")

    def write(self, vals):
        result = super().write(vals)
        if {"fair_from", "fair_to"} & vals.keys():
            self.env["touch.mark"]._mark_companies(self)
        return result
