from odoo import api, models


class PhoneBlacklist(models.Model):
    _inherit = "phone.blacklist"

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
        """A number was closed or opened: decide again for the enrolments of its owners (invariant 2)."""
        self.env["touch.enrollment"]._review_reached_by("phone_sanitized", self.mapped("number"))
