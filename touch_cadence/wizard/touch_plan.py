from datetime import timedelta

from odoo import api, fields, models

from ..models.base.arguments import single, takes
from ..models.cadence.touch_cadence_step import PURPOSES


class TouchPlan(models.TransientModel):
    """Plan the client's next touch by hand, for a reason of one's own (R50)."""

    _name = "touch.plan"
    _inherit = ["touch.named.mixin"]
    _description = "Plan a Touch"

    lead_id = fields.Many2one("crm.lead", string="Deal", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    reason = fields.Char(string="Your Reason", required=True, size=200)
    channel = fields.Selection(selection=lambda self: self.env["touch.channel"]._selection(), required=True, default="call")
    day = fields.Date(required=True, default=lambda self: fields.Date.context_today(self) + timedelta(days=1))
    purpose = fields.Selection(PURPOSES, required=True, default="warming")
    how_to_talk = fields.Text(compute="_compute_how_to_talk", help="What is known of the client.")

    _day_bounds = models.Constraint("CHECK(day BETWEEN '1900-01-01' AND '2100-12-31')", "The day lies between 1900 and 2100.")

    @api.depends("lead_id", "partner_id")
    def _compute_how_to_talk(self):
        for wizard in self:
            contact = wizard._client()._touch_contacts()
            wizard.how_to_talk = contact.touch_how_to_talk or contact.commercial_partner_id.touch_how_to_talk

    def _client(self):
        return self.lead_id or self.partner_id

    @takes(self=single())
    def action_plan(self):
        """Plan it, and close the dialog."""
        self._client().plan_touch(self.channel, self.day, self.reason, self.purpose)
        return {"type": "ir.actions.act_window_close"}
