from odoo import fields, models

from .touch_client_mixin import SALES


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["touch.client.mixin", "res.partner"]

    _touch_review_fields = {"active", "user_id", "potential", "temperature", "phone", "email", "touch_opt_out"}

    is_vip = fields.Boolean(string="VIP", groups=SALES, help="VIP clients get the private sales and are spared the public ones.")
    # the name and type that OCA's partner_contact_birthdate uses, so that both modules can be installed
    birthdate_date = fields.Date(string="Birthdate")
    touch_opt_out = fields.Boolean(string="Wants No Contact", groups=SALES, help="Nobody at this client is touched, by any channel.")
    enrollment_ids = fields.One2many("touch.enrollment", "partner_id", string="Cadences", groups=SALES)

    def write(self, vals):
        # whose contact somebody is says whose enrolment it is
        moving = self.browse() if {"parent_id", "is_company"}.isdisjoint(vals) or not self.env["touch.planner"]._in_use() else self
        before = moving.commercial_partner_id
        result = super().write(vals)
        if moving:
            (before | moving | moving.commercial_partner_id)._rekey_touches()
        return result

    def unlink(self):
        """A contact that goes takes its own touches with it; those of a deal stay with the deal, and those of a company's other
        contacts with them."""
        if not self.env["touch.planner"]._in_use():
            return super().unlink()
        left = self.search([("id", "child_of", self.ids), ("id", "not in", self.ids)])
        own = [("partner_id", "in", self.ids), ("lead_id", "=", False)]
        enrollments = self.env["touch.enrollment"].sudo().search(own)  # sudo: of every rep
        enrollments._open_touches()._withdraw()
        self.env["touch.touch"].sudo().search(own).unlink()  # sudo: of every rep
        enrollments.unlink()
        deals = self.env["touch.enrollment"].sudo().search([("partner_id", "in", self.ids)], order="id")  # sudo: of every rep
        touches = self.env["touch.touch"].sudo().search([("partner_id", "in", self.ids)])  # sudo: of every rep
        deals.write({"partner_id": False})
        touches.write({"partner_id": False})
        deals._rekey()
        touches.filtered(lambda touch: not touch.enrollment_id)._rekey()
        result = super().unlink()
        left.exists()._rekey_touches()
        return result

    def _rekey_touches(self):
        """Put enrolments and touches under the client they belong to now (invariant 9)."""
        # sudo: whose a contact is binds every rep
        domain = ["|", ("partner_id", "in", self.ids), ("commercial_partner_id", "in", self.ids)]
        self.env["touch.enrollment"].sudo().search(domain, order="id")._rekey()
        self.env["touch.touch"].sudo().search([("enrollment_id", "=", False), *domain])._rekey()
