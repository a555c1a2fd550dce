from odoo import api, fields, models

from ..models.base.arguments import ids, records, takes


class TouchFinish(models.TransientModel):
    """Give one outcome to many touches: the planned ones among those selected in a list are done."""

    _name = "touch.finish"
    _inherit = "touch.bulk.mixin"
    _acts_on = ("touch.touch",)
    _description = "Finish Many Touches"

    model = fields.Selection(selection_add=[("touch.touch", "Touches")], ondelete={"touch.touch": "cascade"})
    outcome_id = fields.Many2one("touch.outcome", required=True)

    @api.model
    @takes(touch_ids=ids(), outcome_id=records("touch.outcome"))
    def finish(self, touch_ids, outcome_id):
        """:param touch_ids: touches that were selected
        :return: the action that shows the result; many are done in the background
        :raise UserError: if none of them is planned"""
        return self.create({"model": "touch.touch", "res_ids": touch_ids, "outcome_id": outcome_id.id})._begin()

    def _exclusion_reasons(self, records):
        say = self.env["touch.words"]._say
        over = records.filtered(lambda touch: touch.state != "planned")
        foreign = records - over - records._filtered_access("write")
        left_out = dict.fromkeys(over, say([("touch_over", {})])) | dict.fromkeys(foreign, say([("not_yours", {})]))
        return left_out, records - over - foreign

    def _act(self, fit):
        fit.done(self.outcome_id)

    def _title(self):
        return self.env._("Touches: %(outcome)s", outcome=self.outcome_id.name)

    def _told(self, done, total):
        return self.env._("%(done)s of %(all)s touches are done.", done=done, all=total)
