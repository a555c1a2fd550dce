from odoo import api, fields, models

from ..models.base.arguments import single, takes
from ..models.client.touch_client_mixin import POTENTIAL_SELECTION
from ..models.potential.touch_marker_question import MOST_QUESTIONS

NUMBERS = range(1, MOST_QUESTIONS + 1)


class TouchJudge(models.TransientModel):
    """The marker questions of the deal's team with one answer each, and the resulting potential (R32)."""

    _name = "touch.judge"
    _inherit = ["touch.named.mixin"]
    _description = "Judge the Potential"

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True)
    # four at most: fields of their own, so that each is a group of radio buttons
    question_1_id = fields.Many2one("touch.marker.question", compute="_compute_questions")
    question_2_id = fields.Many2one("touch.marker.question", compute="_compute_questions")
    question_3_id = fields.Many2one("touch.marker.question", compute="_compute_questions")
    question_4_id = fields.Many2one("touch.marker.question", compute="_compute_questions")
    option_1_id = fields.Many2one("touch.marker.option", domain="[('question_id', '=', question_1_id)]")
    option_2_id = fields.Many2one("touch.marker.option", domain="[('question_id', '=', question_2_id)]")
    option_3_id = fields.Many2one("touch.marker.option", domain="[('question_id', '=', question_3_id)]")
    option_4_id = fields.Many2one("touch.marker.option", domain="[('question_id', '=', question_4_id)]")
    question_count = fields.Integer(compute="_compute_questions")
    rule = fields.Selection(related="lead_id.team_id.touch_judge_rule", related_sudo=False)
    by_hand = fields.Boolean(string="Set by Hand")
    potential = fields.Selection(POTENTIAL_SELECTION)
    reason = fields.Char(string="Why")

    @api.depends("lead_id")
    def _compute_questions(self):
        for wizard in self:
            questions = self.env["touch.marker.question"]._of_team(wizard.lead_id._filtered_access("read").team_id)
            wizard.question_count = len(questions)
            for number in NUMBERS:
                wizard[f"question_{number}_id"] = questions[number - 1 : number]

    @takes(self=single())
    def action_judge(self):
        if self.by_hand:
            self.lead_id.judge_by_hand(self.potential, self.reason)
        else:
            options = self.env["touch.marker.option"].browse(
                option.id
                for number in NUMBERS
                if (option := self[f"option_{number}_id"]) and option.question_id == self[f"question_{number}_id"]
            )
            self.lead_id.judge(options)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
