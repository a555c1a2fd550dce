from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _touch_bought(self):
        """The cadences that sell to these clients end as won, with what follows (R22). Where each deal is worked on its own, other deals go
        on."""
        result = super()._touch_bought()
        every = self.env["touch.client"]._enrollments_of(self.commercial_partner_id)
        selling = every.filtered(
            lambda one: (
                one.cadence_id.won_cadence_id
                and one.lead_id.won_status != "won"  # that one is decided by itself, and says so
                and not (one.lead_id and one.company_id.touch_per_deal)
            )
        )
        selling._stop("won", "bought")
        # what is planned for who bought is for no stranger any more
        self.env["touch.mark"]._mark(every.filtered(lambda one: one.state == "running"))
        return result
