from odoo import api, models


class TouchReach(models.AbstractModel):
    _inherit = "touch.reach"

    @api.model
    def _needs_met(self, owners):
        """The contact's page on LinkedIn."""
        met = super()._needs_met(owners)
        partners = self.env["res.partner"].browse({partner for _lead, partner, _company in owners if partner})
        known = set(partners.filtered("linkedin").ids)
        for owner in owners:
            _lead, partner, _company = owner
            if partner in known:
                met[owner].add("linkedin")
        return met
