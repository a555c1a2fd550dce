from odoo import fields, models

from ..models.base.arguments import single, takes


class TouchPrivacyFindLine(models.TransientModel):
    _name = "touch.privacy.find.line"
    _description = "Client Found"

    find_id = fields.Many2one("touch.privacy.find", required=True, readonly=True, ondelete="cascade")
    chosen = fields.Boolean(string="Selected")
    model = fields.Selection([("res.partner", "Contact"), ("crm.lead", "Lead")], string="Kind", required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="model", required=True, readonly=True)
    name = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    phone = fields.Char(readonly=True)
    archived = fields.Boolean(readonly=True)
    touches = fields.Integer(readonly=True)
    enrollments = fields.Integer(string="Enrolments", readonly=True)

    @takes(self=single())
    def action_open(self):
        self.ensure_one()
        return self.env[self.model].browse(self.res_id).get_formview_action()
