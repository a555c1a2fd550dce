from odoo import api, fields, models

DAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class TouchExpertWindow(models.Model):
    _name = "touch.expert.window"
    _inherit = ["touch.company.mixin"]
    _description = "Expert Window"
    _order = "dayofweek, hour_from"

    expert_id = fields.Many2one("touch.expert", required=True, index=True, ondelete="cascade")
    dayofweek = fields.Selection(DAYS, string="Day", required=True, default="1")
    hour_from = fields.Float(string="Begins at", required=True, default=14.0)
    hour_to = fields.Float(string="Ends at", required=True, default=17.0)

    _hours = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)", "A window must begin before it ends, within one day."
    )

    @api.model_create_multi
    def create(self, vals_list):
        windows = super().create(vals_list)
        windows.expert_id._follow_windows()
        return windows

    def write(self, vals):
        experts = self.expert_id
        result = super().write(vals)
        (experts | self.expert_id)._follow_windows()
        return result

    def unlink(self):
        experts = self.expert_id
        result = super().unlink()
        experts.exists()._follow_windows()
        return result
