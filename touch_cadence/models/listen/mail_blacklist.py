from odoo import api, models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._review_touches()
        return records

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            self._review_touches()
        return result

    def _review_touches(self):
        """An address was closed or opened: decide again for the enrolments of its owners (invariant 2)."""
        self.env["touch.enrollment"]._review_reached_by("email_normalized", self.mapped("email"))
