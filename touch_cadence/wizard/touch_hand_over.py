from odoo import api, fields, models

from ..method.facts import ACTIVE_STATES
from ..models.touch_cadence import CLIENT_MODELS
from .notification import notification

UNDER_WAY = (*ACTIVE_STATES, "resting")


class TouchHandOver(models.TransientModel):
    """A manager hands clients over in bulk (R21)."""

    _name = "touch.hand.over"
    _description = "Hand Clients over"

    model = fields.Selection([*CLIENT_MODELS, ("touch.enrollment", "Enrolments")], required=True)
    res_ids = fields.Json(required=True)
    user_id = fields.Many2one(
        "res.users",
        string="To",
        domain=[("share", "=", False)],
        help="Empty: each client goes to the colleague in the team whose strength he needs and who works the fewest clients.",
    )
    client_count = fields.Integer(string="Clients under way", compute="_compute_client_count")

    @api.model
    def default_get(self, fields_list):
        return {
            "model": self.env.context.get("active_model"),
            "res_ids": self.env.context.get("active_ids"),
            **super().default_get(fields_list),
        }

    def _enrollments(self):
        self.ensure_one()
        records = self.env[self.model].browse(self.res_ids)
        if self.model == "touch.enrollment":
            return records.filtered(lambda one: one.state in UNDER_WAY)
        found = self.env["touch.enrollment"]._of_clients(records, UNDER_WAY).with_env(self.env)
        return found.filtered(lambda one: one.company_id in self.env.companies)

    @api.depends("model", "res_ids")
    def _compute_client_count(self):
        for wizard in self:
            wizard.client_count = len(wizard._enrollments())

    def action_hand_over(self):
        enrollments = self._enrollments()
        enrollments.check_access("write")
        handed = enrollments._hand_over(self.user_id)
        return notification(handed, self.env._("%(handed)s of %(all)s clients are handed over.", handed=len(handed), all=len(enrollments)))
