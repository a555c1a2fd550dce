from odoo import api, fields, models

from ..models.base.arguments import day, day_or_month, ids, records, takes, values
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
    obstacle_id = fields.Many2one("touch.obstacle")
    back_date = fields.Date(string="Come Back on")
    item_id = fields.Many2one("touch.item")

    _next_day_bounds = models.Constraint(
        "CHECK(next_day BETWEEN '1900-01-01' AND '2100-12-31' AND back_date BETWEEN '1900-01-01' AND '2100-12-31')",
        "The agreed day and the day to come back lie between 1900 and 2100.",
    )

    @api.model
    @takes(
        touch_ids=ids(),
        outcome_id=records("touch.outcome"),
        answers=values(
            next_step_id=records("touch.next.step"),
            next_day=day(past=0, ahead=MOST_AHEAD),
            obstacle_id=records("touch.obstacle"),
            back=day_or_month(past=0, ahead=MOST_AHEAD),
            item_id=records("touch.item"),
        ),
    )
    def finish(self, touch_ids, outcome_id, answers=None):
        """:param touch_ids: touches that were selected
        :param answers: dict of what the outcome asks: ``next_step_id`` and ``next_day``, or ``obstacle_id``, ``back`` (a day, or a
            month as "2027-03") and ``item_id``
        :return: the action that shows the result; many are done in the background
        :raise UserError: if none of them is planned"""
        answers = answers or {}
        vals = {name: answers[name].id for name in ("next_step_id", "obstacle_id", "item_id") if answers.get(name)}
        vals |= {"next_day": answers.get("next_day") or False, "back_date": answers.get("back") or False}
        return self.create({"model": "touch.touch", "res_ids": touch_ids, "outcome_id": outcome_id.id, **vals})._begin()

    def _exclusion_reasons(self, records):
        say = self.env["touch.words"]._say
        over = records - records._to_answer()
        foreign = records - over - records._filtered_access("write")
        left_out = dict.fromkeys(over, say([("touch_over", {})])) | dict.fromkeys(foreign, say([("not_yours", {})]))
        return left_out, records - over - foreign

    def _act(self, fit):
        fit.done(
            self.outcome_id,
            next_step=self.next_step_id or None,
            next_day=self.next_day or None,
            obstacle=self.obstacle_id or None,
            back=self.back_date or None,
            item=self.item_id or None,
        )

    def _title(self):
        return self.env._("Touches: %(outcome)s", outcome=self.outcome_id.name)

    def _told(self, done, total):
        return self.env._("%(done)s of %(all)s touches are done.", done=done, all=total)
