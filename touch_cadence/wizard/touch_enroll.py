from odoo import api, fields, models

from ..models.touch_cadence import CLIENT_MODELS
from .notification import notification

# left-out clients that are named in the preview; the count says how many there are
NAMED = 50


class TouchEnroll(models.TransientModel):
    _name = "touch.enroll"
    _description = "Enrol Clients in a Cadence"

    model = fields.Selection(CLIENT_MODELS, required=True)
    res_ids = fields.Json(required=True)
    cadence_id = fields.Many2one("touch.cadence", required=True)
    enrolled_count = fields.Integer(compute="_compute_preview")
    left_out_count = fields.Integer(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        if not defaults.get("res_ids") and self.env.context.get("active_ids"):
            defaults |= {"model": self.env.context["active_model"], "res_ids": self.env.context["active_ids"]}
        if "cadence_id" in fields_list and not defaults.get("cadence_id"):
            defaults["cadence_id"] = self.env["touch.cadence"].search([("model", "=", defaults.get("model"))], limit=1).id
        return defaults

    def _clients(self):
        self.ensure_one()
        return self.env[self.model].browse(self.res_ids)

    @api.depends("cadence_id", "res_ids")
    def _compute_preview(self):
        for wizard in self:
            rows = wizard.cadence_id.preview_enroll(wizard._clients()) if wizard.cadence_id else []
            left_out = [row for row in rows if row["reason"]]
            wizard.left_out_count = len(left_out)
            wizard.enrolled_count = len(rows) - len(left_out)
            wizard.preview = (
                self.env["ir.qweb"]._render("touch_cadence.touch_enroll_preview", {"rows": left_out[:NAMED]}) if left_out else False
            )

    def action_enroll(self):
        clients = self._clients()
        enrollments = self.cadence_id.enroll(clients)
        return notification(
            enrollments, self.env._("%(enrolled)s of %(all)s clients are enrolled.", enrolled=len(enrollments), all=len(clients))
        )
