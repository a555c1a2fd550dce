from odoo import api, fields, models

from ..base.names import SALES
from ..base.rooms import shared

# what says whether a deal is won or lost
CLOSING = {"stage_id", "probability", "active", "date_closed"}


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["touch.client.mixin", "crm.lead"]

    # the stage, probability and archiving say whether a deal is won or lost
    _touch_review_fields = {
        "active",
        "user_id",
        "potential",
        "temperature",
        "phone",
        "email_from",
        "team_id",
        "stage_id",
        "probability",
        "company_id",
        "touch_tz",
        "touch_away_until",
        # need, wish, money and authority (R34)
        "has_need",
        "has_wish",
        "has_money",
        "has_authority",
    }

    _touch_warm_idx = models.Index("(temperature_date) WHERE temperature IN ('warm', 'hot')")

    enrollment_ids = fields.One2many("touch.enrollment", "lead_id", string="Cadences", groups=SALES)

    @api.depends("country_id", "partner_id.tz", "partner_id.touch_tz", "partner_id.country_id")
    def _compute_touch_zone(self):
        return super()._compute_touch_zone()

    @api.model_create_multi
    def create(self, vals_list):
        partners = self.env["res.partner"].browse({vals["partner_id"] for vals in vals_list if vals.get("partner_id")})
        if not self.env.su:  # as in write(); also of what a default brings. Before Odoo looks at companies, which names the contact
            proposed = any("partner_id" not in vals for vals in vals_list) and self.default_get(["partner_id"]).get("partner_id")
            (partners | partners.browse(proposed or ())).check_access("read")
        for vals in vals_list:
            if vals.get("partner_id") and "temperature" not in vals:
                vals["temperature"] = partners.browse(vals["partner_id"]).temperature or "cold"
        return super().create(vals_list)

    @shared
    def _touch_is_open(self):
        return self.active and self.won_status == "pending"

    @shared
    def _touch_make_contacts(self):
        """Give leads without a contact the one that Odoo finds for them by their address, else the one that it makes of a lead."""
        for lead in self:  # one by one, as Odoo does it itself; the second deal of a client finds the contact of the first
            emails = [email] if (email := lead.email_normalized or lead.email_from) else []
            found = lead._partner_find_from_emails_single(emails, filter_found=lead._touch_may_be_contact, no_create=True)
            lead.partner_id = found or lead._create_customer()

    def _touch_may_be_contact(self, partner):
        """:return: whether a contact that has the address of the lead can be its client: one of another company is not, and a lead that a
        colleague forwarded has the colleague's address"""
        return partner.partner_share and partner.company_id.id in (False, self.company_id.id)

    @api.model
    def _touch_as_expert(self):
        """:return: whether the user sees deals only because he helps with them"""
        return self.env.user.has_group("touch_cadence.group_touch_expert") and not self.env.user.has_group(SALES)

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        return (*super()._get_view_cache_key(view_id, view_type, **options), view_type == "form" and self._touch_as_expert())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        if view_type == "form" and self._touch_as_expert():
            own = self.env.ref("touch_cadence.crm_lead_view_form_expert", raise_if_not_found=False)
            view_id = own.id if own else view_id  # somebody deleted it
        return super()._get_view(view_id, view_type, **options)
