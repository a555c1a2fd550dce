from odoo import api, fields, models

from ..models.base.arguments import day, ids, records, takes, values
from ..models.touch.touch_touch import MOST_AHEAD


class TouchFinish(models.TransientModel):
    """Give one outcome to many touches: the planned ones among those selected in a list are done."""

    _name = "touch.finish"
    _inherit = "touch.bulk.mixin"
    _acts_on = ("touch.touch",)
    _description = "Finish Many Touches"

    model = fields.Selection(selection_add=[("touch.touch", "Touches")], ondelete={"touch.touch": "cascade"})
    outcome_id = fields.Many2one("touch.outcome", required=True)
    next_step_id = fields.Many2one("touch.next.step", string="Agreed On")
    next_day = fields.Date(string="Agreed for")

    _next_day_bounds = models.Constraint(
        "CHECK(next_day BETWEEN '1900-01-01' AND '2100-12-31')", "The agreed day lies between 1900 and 2100."
    )

    @api.model
    @takes(
        touch_ids=ids(),
        outcome_id=records("touch.outcome"),
        answers=values(next_step_id=records("touch.next.step"), next_day=day(past=0, ahead=MOST_AHEAD)),
    )
    def finish(self, touch_ids, outcome_id, answers=None):
        """:param touch_ids: touches that were selected
        :param answers: dict of what the outcome asks: ``next_step_id`` and ``next_day``
        :return: the action that shows the result; many are done in the background
        :raise UserError: if none of them is planned"""
        answers = answers or {}
        step, on = answers.get("next_step_id"), answers.get("next_day")
        vals = {"next_step_id": step.id if step else False, "next_day": on or False}
        return self.create({"model": "touch.touch", "res_ids": touch_ids, "outcome_id": outcome_id.id, **vals})._begin()

    def _exclusion_reasons(self, records):
        say = self.env["touch.words"]._say
        over = records.filtered(lambda touch: touch.state != "planned")
        foreign = records - over - records._filtered_access("write")
        left_out = dict.fromkeys(over, say([("touch_over", {})])) | dict.fromkeys(foreign, say([("not_yours", {})]))
        return left_out, records - over - foreign

    def _act(self, fit):
        fit.done(self.outcome_id, next_step=self.next_step_id or None, next_day=self.next_day or None)

    def _title(self):
        return self.env._("Touches: %(outcome)s", outcome=self.outcome_id.name)

    def _told(self, done, total):
        return self.env._("%(done)s of %(all)s touches are done.", done=done, all=total)
