from odoo import api, fields, models
from odoo.fields import Domain

from ..base.names import SALES
from ..client.touch_client_mixin import POTENTIAL_SELECTION


class TouchJudgement(models.Model):
    """How a deal got its potential: by the answers and the rule, or by hand with a reason. Each judgement is kept."""

    _name = "touch.judgement"
    _inherit = ["touch.guarded.mixin", "touch.anonymous.mixin"]
    _description = "Judgement of Potential"
    _order = "id desc"

    lead_id = fields.Many2one("crm.lead", index=True, ondelete="set null", help="Empty: anonymous, since the client's data were erased.")
    # of anonymous ones only: the others are of their deal's company
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Judged by", required=True, default=lambda self: self.env.user)
    date = fields.Date(required=True, default=fields.Date.context_today)
    potential = fields.Selection(POTENTIAL_SELECTION, required=True)
    option_ids = fields.Many2many("touch.marker.option", string="Answers")
    override_reason = fields.Char()
    why_data = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why", groups=SALES)

    @api.depends("why_data", "override_reason", "option_ids")
    @api.depends_context("lang")
    def _compute_why(self):
        for judgement in self:
            parts = [self.env["touch.words"]._say(judgement.why_data)]
            if judgement.option_ids and not judgement.override_reason:
                parts.append(" · ".join(judgement.option_ids.mapped("name")))
            judgement.why = " ".join(part for part in parts if part)

    @api.model
    def _is_known(self):
        return Domain("lead_id", "!=", False)

    def _anonymise(self):
        """Of no deal from now on: the answers, what they made of it, day and user stay."""
        for company, judgements in self.grouped(lambda one: one.lead_id.company_id).items():
            judgements.write({"lead_id": False, "override_reason": False, "why_data": False, "company_id": company.id})
