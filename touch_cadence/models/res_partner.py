from odoo import api, fields, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["touch.client.mixin", "res.partner"]

    _touch_review_fields = {"active", "user_id", "potential", "temperature", "phone", "email", "touch_opt_out"}

    is_vip = fields.Boolean(string="VIP", help="VIP clients get the private sales and are spared the public ones.")
    # the name and type that OCA's partner_contact_birthdate uses, so that both modules can be installed
    birthdate_date = fields.Date(string="Birthdate")
    touch_opt_out = fields.Boolean(string="Wants No Contact", help="Nobody at this client is touched, by any channel.")
    enrollment_ids = fields.One2many("touch.enrollment", "partner_id", string="Cadences")

    def write(self, vals):
        # whose contact somebody is says whose enrolment it is
        moving = self.browse() if {"parent_id", "is_company"}.isdisjoint(vals) else self
        before = moving.commercial_partner_id
        result = super().write(vals)
        if moving:
            (before | moving | moving.commercial_partner_id)._rekey_touches()
        return result

    @api.ondelete(at_uninstall=False)
    def _stop_touches(self):
        self.env["touch.enrollment"]._of_clients(self)._stop("stopped", "removed")

    def _rekey_touches(self):
        """Put enrolments and touches under the client they belong to now (invariant 9)."""
        # sudo: whose a contact is binds every rep
        domain = ["|", ("partner_id", "in", self.ids), ("commercial_partner_id", "in", self.ids)]
        self.env["touch.enrollment"].sudo().search(domain, order="id")._rekey()
        self.env["touch.touch"].sudo().search([("enrollment_id", "=", False), *domain])._rekey()
