from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.base.arguments import single, takes
from ..models.base.inside import INSIDE


class CrmLeadLost(models.TransientModel):
    """Odoo's dialog for lost deals asks why, where one is given up before the target of touches (R3, R47)."""

    _inherit = "crm.lead.lost"

    touch_asks_reason = fields.Boolean(compute="_compute_touch_asks_reason")
    touch_lost_text = fields.Char(compute="_compute_touch_asks_reason")

    @api.depends("lead_ids")
    def _compute_touch_asks_reason(self):
        for wizard in self:
            text = wizard._touch_early_text()
            wizard.touch_asks_reason, wizard.touch_lost_text = bool(text), text

    def _touch_early_text(self):
        """:return: the sentence that says how early deals are given up; empty where none is"""
        leads = self.lead_ids._origin.filtered(lambda lead: lead.won_status != "lost")
        if not leads or not self.env["touch.presence"]._in_use():
            return False
        early = {lead: loss for lead, loss in leads._touch_losses().items() if loss.early}
        if len(early) > 1:
            text = self.env._(
                "%(count)s of %(total)s deals had fewer touches than their cadences aim at: choose why they are lost.",
                count=len(early),
                total=len(leads),
            )
        elif early:
            [(lead, loss)] = early.items()
            text = self.env._(
                "“%(deal)s” had %(made)s of %(target)s touches, and most clients buy after the last of them: choose why it is lost.",
                deal=lead.name,
                made=loss.made,
                target=loss.target,
            )
        else:
            text = False
        return text

    @takes(self=single())
    def action_lost_reason_apply(self):
        """:raise UserError: if no reason is chosen for a deal that is given up early; other ways to lose a deal are not refused"""
        if not self.lost_reason_id:
            self.lead_ids.check_access("read")  # what is refused names the deal
            if text := self._touch_early_text():
                raise UserError(text)
        return super(
            CrmLeadLost, self.with_context(touch_lost_explained=INSIDE if self.lost_reason_id else False)
        ).action_lost_reason_apply()
