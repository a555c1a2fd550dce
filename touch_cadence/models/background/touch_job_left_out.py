from odoo import fields, models

from ..base.arguments import single, takes


class TouchJobLeftOut(models.Model):
    _name = "touch.job.left.out"
    _inherit = ["touch.guarded.mixin"]
    _description = "Left out of Background Work"
    _order = "failed desc, id"

    job_id = fields.Many2one("touch.job", required=True, readonly=True, index=True, ondelete="cascade")
    model = fields.Char(related="job_id.model")
    res_id = fields.Many2oneReference(model_field="model", readonly=True)
    name = fields.Char(string="Client", readonly=True)
    why = fields.Char(readonly=True)
    failed = fields.Boolean(readonly=True)

    @takes(self=single())
    def action_open(self):
        self.ensure_one()
        return self.env[self.model].browse(self.res_id).get_formview_action()
