from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...method.plan.facts import INVOICE, MEETING, PAYMENT


class TouchNextStep(models.Model):
    """What a closing touch asks for (R11), and what a client agrees to with a day (R45)."""

    _name = "touch.next.step"
    _description = "Next Step"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            (MEETING, "Meeting"),
            ("viewing", "Viewing or demonstration"),
            ("audit", "Audit"),
            ("trial", "Free trial or sample"),
            ("consultation", "Consultation"),
            ("contract", "Contract"),
            (INVOICE, "Invoice"),
            (PAYMENT, "Payment"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
        help="A client who is ready to buy gets the invoice. The payment is only asked for when something was agreed before.",
    )

    _order_bounds = models.Constraint("CHECK(sequence BETWEEN -1000000 AND 1000000)", "The order goes from -1,000,000 to 1,000,000.")


class TouchCadenceRung(models.Model):
    """One rung of a cadence's ladder: the next steps that are asked for at this point, in turn."""

    _name = "touch.cadence.rung"
    _inherit = ["touch.company.mixin"]
    _description = "Rung of a Cadence's Ladder"
    _order = "cadence_id, sequence, id"

    cadence_id = fields.Many2one("touch.cadence", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    next_step_ids = fields.Many2many(
        "touch.next.step", string="Next Steps", required=True, help="One of them is asked for; the others take turns with it."
    )

    _order_bounds = models.Constraint("CHECK(sequence BETWEEN -1000000 AND 1000000)", "The order goes from -1,000,000 to 1,000,000.")

    @api.constrains("cadence_id", "next_step_ids")
    def _check_steps(self):
        for rung in self.with_context(active_test=False):
            if not rung.next_step_ids:
                raise ValidationError(
                    self.env._("A rung of “%(cadence)s” names no next step: choose one, or remove the rung.", cadence=rung.cadence_id.name)
                )
