from odoo import api, fields, models

from ..models.base.arguments import single, takes
from ..models.base.notification import notification


class TouchAskExpert(models.TransientModel):
    """Ask for an expert. Experienced salespeople may instead say why none is needed (R39, R40)."""

    _name = "touch.ask.expert"
    _inherit = ["touch.named.mixin"]
    _description = "Ask for an Expert"

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True)
    level = fields.Selection(related="lead_id.touch_level", related_sudo=False)
    status = fields.Selection(related="lead_id.expert_status", related_sudo=False)
    skill_id = fields.Many2one("touch.skill", help="Empty: any expert.")
    expert_count = fields.Integer(compute="_compute_expert_count")
    first_free = fields.Char(string="First Free Time", compute="_compute_first_free")
    reason = fields.Char(string="Reason to Work Alone")

    def _compute_expert_count(self):
        for wizard in self:
            company = wizard.lead_id.company_id or self.env.company
            # sudo: a number
            wizard.expert_count = self.env["touch.expert"].sudo().search_count([("company_id", "=", company.id)])

    @api.depends("skill_id", "lead_id")
    def _compute_first_free(self):
        for wizard in self:
            wizard.first_free = wizard.lead_id._touch_first_free(wizard.skill_id)

    @takes(self=single())
    def action_ask(self):
        booking = self.lead_id.ask_expert(self.skill_id)
        return notification(booking.state == "booked", self.lead_id.expert_text or self.env._("There are no experts yet."))

    @takes(self=single())
    def action_alone(self):
        self.lead_id.work_alone(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
