from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.rooms import shared

# a beginner must be able to ask them: two to four (R32)
MOST_QUESTIONS = 4


class TouchMarkerQuestion(models.Model):
    """An indirect question whose answers sort clients by potential (R32)."""

    _name = "touch.marker.question"
    _inherit = ["touch.company.mixin", "touch.business.mixin"]
    _description = "Marker Question"
    _order = "sequence, id"

    name = fields.Char(string="Question", required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    weight = fields.Integer(default=1, help="How much the question counts in teams that judge by weights.")
    team_ids = fields.Many2many("crm.team", string="Sales Teams", help="Empty: every team asks it.")
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    option_ids = fields.One2many("touch.marker.option", "question_id", string="Answers", copy=True)

    _weight = models.Constraint("CHECK(weight BETWEEN 1 AND 1000)", "The weight of a question lies between 1 and 1,000.")
    _order_bounds = models.Constraint("CHECK(sequence BETWEEN -1000000 AND 1000000)", "The order goes from -1,000,000 to 1,000,000.")

    @api.constrains("active", "team_ids", "company_id", "option_ids")
    def _check_count(self):
        for team in self.env["crm.team"].search([("active", "=", True)], order="id"):
            if len(self._of_team(team)) > MOST_QUESTIONS:
                raise ValidationError(
                    self.env._(
                        "Team “%(team)s” would have more than %(most)s questions. Archive one first: clients answer only a few gladly.",
                        team=team.name,
                        most=MOST_QUESTIONS,
                    )
                )

    @shared
    @api.model
    def _of_team(self, team):
        """:return: the questions that the team asks, those with answers to choose from; of no team: those that every team asks"""
        return self.with_context(active_test=True).search(
            [
                ("team_ids", "in", [False, *team.ids]),
                ("company_id", "in", [False, (team.company_id or self.env.company).id]),
                ("option_ids", "!=", False),
            ]
        )
