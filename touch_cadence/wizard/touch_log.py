from odoo import api, fields, models

from ..models.base.arguments import single, takes
from ..models.cadence.touch_cadence_step import PURPOSES
from ..models.worth.res_partner_value import NPS_SELECTION


class TouchLog(models.TransientModel):
    """Log an unplanned touch in two clicks: the defaults are those of an incoming call."""

    _name = "touch.log"
    _inherit = "touch.bulk.mixin"
    _description = "Log a Touch"

    channel = fields.Selection(selection=lambda self: self.env["touch.channel"]._selection(), required=True, default="call")
    direction = fields.Selection([("in", "They came to us"), ("out", "We went to them")], required=True, default="in")
    purpose = fields.Selection(PURPOSES, required=True, default="warming")
    outcome_id = fields.Many2one("touch.outcome")
    offered_outcome_ids = fields.Many2many("touch.outcome", compute="_compute_offered_outcome_ids")
    asks = fields.Selection(related="outcome_id.asks")
    agreed_step_id = fields.Many2one("touch.next.step", string="Next Step")
    agreed_date = fields.Date(string="Agreed for", help="Empty: agreed without a day; no touch waits for it.")
    reason_id = fields.Many2one("touch.reason")
    nps_score = fields.Selection(NPS_SELECTION, string="Would Recommend Us", help="The client's answer, 0 to 10; empty: not asked.")
    obstacle_id = fields.Many2one("touch.obstacle", help="What stands in the way.")
    back_date = fields.Date(string="Come Back on", help="Empty: after the days of the obstacle.")
    item_id = fields.Many2one("touch.item", help="The client waits for it, and is told first when it arrives.")
    note = fields.Text()

    _years = models.Constraint("CHECK(back_date BETWEEN '1900-01-01' AND '2100-12-31')", "The day to come back lies between 1900 and 2100.")

    _agreed_bounds = models.Constraint(
        "CHECK(agreed_date BETWEEN '1900-01-01' AND '2100-12-31')", "The agreed day lies between 1900 and 2100."
    )

    @api.depends("channel")
    def _compute_offered_outcome_ids(self):
        choices = self.env["touch.outcome"].choices()
        for wizard in self:
            fits = [one["id"] for one in choices if not one["channels"] or wizard.channel in one["channels"]]
            wizard.offered_outcome_ids = self.env["touch.outcome"].browse(fits)

    def _preview_fields(self):
        return ("nps_score", "outcome_id")

    def _exclusion_reasons(self, records):
        mute = records.filtered(lambda client: not client._touch_contacts()) if self.nps_score else records.browse()
        say, touches = self.env["touch.words"]._say, self.env["touch.touch"]
        foreign = touches._runs_ended_by_others(touches._runs_of(records), self.outcome_id) if self.outcome_id else {}
        left_out = dict.fromkeys(foreign, say([("not_yours", {})])) | dict.fromkeys(mute, say([("no_contact", {})]))
        return left_out, records.filtered(lambda client: client not in left_out)

    def _act(self, fit):
        if self.nps_score:
            fit._touch_contacts().nps_score = self.nps_score
        fit.log_touch(
            {
                "channel": self.channel,
                "direction": self.direction,
                "purpose": self.purpose,
                "outcome_id": self.outcome_id.id,
                "reason_id": self.reason_id.id,
                "note": self.note,
                **self._answers(),
            }
        )

    def _answers(self):
        """:return: what the outcome asks, as ``log_touch`` takes it; an answer to another outcome's question is left out"""
        if self.asks == "obstacle":
            return {"obstacle_id": self.obstacle_id.id, "back_date": self.back_date, "item_id": self.item_id.id}
        if self.asks != "next_step":
            return {}
        return {"agreed_step_id": self.agreed_step_id.id, "agreed_date": self.agreed_date}

    def _title(self):
        return self.env._("Log a touch")

    def _told(self, done, total):
        return self.env._("%(done)s of %(all)s touches are logged.", done=done, all=total)

    @takes(self=single())
    def action_log(self):
        return self._begin()
