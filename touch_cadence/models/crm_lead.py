from odoo import api, fields, models

from ..method.plan.facts import UNDER_WAY
from .touch_cadence import OVER
from .touch_client_mixin import SALES
from .touch_mark import door

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
    }

    _touch_over = OVER

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

    def write(self, vals):
        if vals.get("partner_id") and not self.env.su:
            # what is learnt of a deal is written to its contact with all rights: it is one that the user may see
            self.env["res.partner"].browse(vals["partner_id"]).check_access("read")
        closing = not CLOSING.isdisjoint(vals) and self.env["touch.planner"]._in_use()
        before = {lead for lead in self if lead.won_status == "won"} if closing else set()
        closed = self.filtered(lambda lead: not lead._touch_open()) if closing else self.browse()
        result = super().write(vals)
        if closing:
            changed = self.filtered(lambda lead: (lead.won_status == "won") != (lead in before))
            buyers = changed.sudo().partner_id  # sudo: what a client buys is seen whoever sold it
            if buyers:
                buyers._touch_see_purchases(buyers)
        if again := closed.filtered(lambda lead: lead._touch_open()):
            # sudo: the run may be another rep's, and whoever opens the deal again has it worked again
            again = again.sudo()
            again._touch_work_again(self.env["touch.enrollment"].sudo().search([("lead_id", "in", again.ids)]))
        if "partner_id" in vals and self.env["touch.planner"]._in_use():
            self.env["touch.enrollment"]._rekey_found([("lead_id", "in", self.ids)], {"partner_id": vals["partner_id"]})
        return result

    def _touch_open(self):
        return self.active and self.won_status == "pending"

    def action_set_lost(self, **additional_values):
        """Odoo archives a lost deal first and marks it lost a moment later. We decide when both are done."""
        with door(self.env):
            return super().action_set_lost(**additional_values)

    def action_set_won(self):
        with door(self.env):
            return super().action_set_won()

    @api.ondelete(at_uninstall=False)
    def _stop_touches(self):
        """A lead that goes takes its plans with it; what was done stays with its contact. Where there is none it becomes anonymous, and so
        do judgements and bookings: the counts stay."""
        used = self.env["touch.planner"]._in_use()
        if used:
            its = self.env["touch.touch"].sudo().search([("lead_id", "in", self.ids), ("expert_id", "!=", False)])  # sudo: of any rep
            self.env["touch.expert.booking"]._keep_touch_counts(its)
        rows = self._touch_forget_route()
        if used:
            enrollments = self.env["touch.enrollment"].sudo().search([("lead_id", "in", self.ids)])  # sudo: of any rep
            enrollments.filtered(lambda one: one.state in UNDER_WAY)._stop("stopped", "removed")
            touches = self.env["touch.touch"].sudo().search([("lead_id", "in", self.ids), ("partner_id", "=", False)])  # sudo: of any rep
            runs = enrollments.filtered(lambda one: not one.partner_id)
            rows += len(touches) + len(runs)
            runs._anonymise()
            touches.filtered("client_key")._anonymise()
        if rows:
            self.env["touch.privacy.log"]._note("removed", clients=len(self), rows=rows)

    def _merge_dependences(self, opportunities):
        """The leads merged into this one bring their enrolments and touches along; one enrolment goes on (invariant 9)."""
        merged = (self | opportunities).sudo()._touch_merged()  # sudo: values of the leads themselves
        result = super()._merge_dependences(opportunities)
        if self.env["touch.planner"]._in_use():
            self.env["touch.enrollment"]._rekey_found([("lead_id", "in", (self | opportunities).ids)], {"lead_id": self.id})
        self._touch_write_merged(merged)
        return result
