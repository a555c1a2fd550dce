from odoo import api, fields, models

from ..base.names import SALES
from ..base.rooms import shared


class CrmTeam(models.Model):
    _inherit = "crm.team"

    touch_judge_rule = fields.Selection(
        [
            ("majority", "Majority of the answers"),
            ("any_low", "One low answer is enough for low, else the majority"),
            ("weights", "Weights of the questions"),
        ],
        string="Judge Potential by",
        required=True,
        default="majority",
        help="How the answers to the marker questions become low, standard or high.",
    )
    touch_gate_stage_id = fields.Many2one(
        "crm.stage",
        string="Last Stage without an Expert",
        help="A beginner's deal of high potential cannot pass this stage until an expert has helped. Empty: no limit.",
    )
    touch_average_won = fields.Monetary(
        string="Average Won Deal", compute="_compute_touch_average_won", compute_sudo=True, currency_field="currency_id", groups=SALES
    )

    def _compute_touch_average_won(self):
        average = dict(
            self.env["crm.lead"]._read_group(
                [("team_id", "in", self.ids), ("won_status", "=", "won"), ("expected_revenue", ">", 0)],
                ["team_id"],
                ["expected_revenue:avg"],
            )
        )
        for team in self:
            team.touch_average_won = average.get(team._origin or team, 0.0)

    @api.model
    def _touch_set_gates(self):
        """Give the teams that have none a gate: the stage after qualification, up to which a beginner works a large deal alone (R40)."""
        qualified = self.env.ref("crm.stage_lead2", raise_if_not_found=False)
        for team, stages in self._touch_open_stages().items():
            if not team or team.touch_gate_stage_id or not stages:
                continue
            # who has other stages than Odoo's qualifies in the second one
            at = stages.ids.index(qualified.id) if qualified in stages else min(1, len(stages) - 1)
            team.touch_gate_stage_id = stages[min(at + 1, len(stages) - 1)]

    @shared
    @api.model
    def _touch_open_stages(self):
        """:return: {team, empty for none: its open stages, in order}"""
        stages = self.env["crm.stage"].search([("is_won", "=", False)], order="sequence, id")
        teams = [self.browse(), *self.search([("active", "=", True)], order="id")]
        return {team: stages.filtered(lambda stage, team=team: not stage.team_ids or team in stage.team_ids) for team in teams}
