from odoo import fields, models

from ..models.base.arguments import single, takes


class TouchSkip(models.TransientModel):
    """Skip one touch, or many selected in a list, and continue with the next step. The dialog asks for the same reason as the desk."""

    _name = "touch.skip"
    _inherit = "touch.bulk.mixin"
    _acts_on = ("touch.touch",)
    _description = "Skip Touches"

    model = fields.Selection(selection_add=[("touch.touch", "Touches")], ondelete={"touch.touch": "cascade"})
    reason = fields.Char(string="Why", required=True)

    def _exclusion_reasons(self, records):
        left_out, fit = self.env["touch.finish"]._exclusion_reasons(records)
        met = fit.filtered("unsure")  # of a meeting somebody says what came of it
        return {**left_out, **dict.fromkeys(met, self.env["touch.words"]._say([("touch_over", {})]))}, fit - met

    def _act(self, fit):
        fit.skip(self.reason)

    def _title(self):
        return self.env._("Skip touches: %(reason)s", reason=self.reason)

    def _told(self, done, total):
        return self.env._("%(done)s of %(all)s touches are skipped.", done=done, all=total)

    @takes(self=single())
    def action_skip(self):
        return self._begin()
