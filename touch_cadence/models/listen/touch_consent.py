from odoo import api, models
from odoo.fields import Domain

from ...method.plan.facts import DUE_STATES


class TouchConsent(models.Model):
    _inherit = "touch.consent"

    @api.model_create_multi
    def create(self, vals_list):
        wishes = super().create(vals_list)
        if self.env["touch.presence"]._in_use():
            of = Domain("lead_id", "in", wishes.lead_id.ids)
            partners = wishes.partner_id.ids
            of |= Domain("partner_id", "in", partners) | Domain("lead_id.partner_id", "in", partners)
            # sudo: a client's wish binds every rep
            self.env["touch.mark"]._mark(self.env["touch.enrollment"].sudo().search(of & Domain("state", "in", DUE_STATES)))
        return wishes
