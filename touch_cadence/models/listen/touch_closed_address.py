from odoo import api, models


class TouchClosedAddress(models.Model):
    _inherit = "touch.closed.address"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._review_touches(records.mapped("email"))
        return records

    def unlink(self):
        emails = self.mapped("email")
        result = super().unlink()
        self._review_touches(emails)
        return result

    def _review_touches(self, emails):
        """Addresses were closed or opened: decide again for the enrolments of their owners (invariant 2)."""
        self.env["touch.enrollment"]._review_reached_by("email_normalized", emails)
