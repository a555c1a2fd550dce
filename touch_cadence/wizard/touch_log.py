from odoo import fields, models
from odoo.exceptions import UserError

from ..models.mail_activity_type import CHANNEL_SELECTION
from ..models.res_partner_value import NPS_SELECTION
from ..models.touch_cadence import CLIENT_MODELS
from ..models.touch_cadence_step import PURPOSES


class TouchLog(models.TransientModel):
    """A touch that nobody had planned, in two clicks: the defaults are those of an incoming call."""

    _name = "touch.log"
    _description = "Log a Touch"

    model = fields.Selection(CLIENT_MODELS, required=True)
    res_ids = fields.Json(required=True)
    channel = fields.Selection(CHANNEL_SELECTION, required=True, default="call")
    direction = fields.Selection([("in", "They came to us"), ("out", "We went to them")], required=True, default="in")
    purpose = fields.Selection(PURPOSES, required=True, default="warming")
    outcome_id = fields.Many2one("touch.outcome")
    reason_id = fields.Many2one("touch.reason")
    nps_score = fields.Selection(NPS_SELECTION, string="Would Recommend Us", help="The client's answer, 0 to 10; empty: not asked.")
    note = fields.Text()

    def action_log(self):
        clients = self.env[self.model].browse(self.res_ids)
        if self.nps_score:
            contacts = clients.partner_id if self.model == "crm.lead" else clients
            if not contacts:
                raise UserError(
                    self.env._("“%(deal)s” has no contact to keep the answer with: set one first.", deal=clients[:1].display_name)
                )
            contacts.nps_score = self.nps_score
        clients.log_touch(
            {
                "channel": self.channel,
                "direction": self.direction,
                "purpose": self.purpose,
                "outcome_id": self.outcome_id.id,
                "reason_id": self.reason_id.id,
                "note": self.note,
            }
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
