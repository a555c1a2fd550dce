from odoo import api, models
from odoo.fields import Domain

from ...method.plan.facts import DUE_STATES


class TouchEnrollment(models.Model):
    _inherit = "touch.enrollment"

    @api.model
    def _review_reached_by(self, field, values):
        """Decide again for clients reached by an address or number that was closed or opened.

        :param field: ``email_normalized`` or ``phone_sanitized``, on partner and lead alike
        """
        values = [value for value in values if value]
        if values and self.env["touch.presence"]._in_use():
            domain = Domain("lead_id", "any", [(field, "in", values)]) | Domain("partner_id", "any", [(field, "in", values)])
            # sudo: a blacklist binds every rep
            self.env["touch.mark"]._mark(self.sudo().search(domain & Domain("state", "in", DUE_STATES)))
