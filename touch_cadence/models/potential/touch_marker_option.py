from odoo import fields, models

from ..client.touch_client_mixin import POTENTIAL_SELECTION


class TouchMarkerOption(models.Model):
    _name = "touch.marker.option"
    _inherit = ["touch.company.mixin"]
    _description = "Marker Answer"
    _order = "question_id, sequence, id"

    question_id = fields.Many2one("touch.marker.question", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Answer", required=True, translate=True)
    potential = fields.Selection(
        POTENTIAL_SELECTION, required=True, default="standard", help="The potential of clients who give this answer."
    )

    _order_bounds = models.Constraint("CHECK(sequence BETWEEN -1000000 AND 1000000)", "The order goes from -1,000,000 to 1,000,000.")
