from odoo import fields, models

BUSINESSES = [("equipment", "Equipment and projects"), ("retail", "Retail with VIP clients")]


class TouchBusinessMixin(models.AbstractModel):
    """Records that come ready for a kind of business. They are archived until somebody picks that kind."""

    _name = "touch.business.mixin"
    _description = "Ready for a Kind of Business"

    business = fields.Selection(
        BUSINESSES,
        string="Kind of Business",
        readonly=True,
        copy=False,
        help="The record belongs to the ready set for this kind of business. Empty: it is for every business.",
    )

    def _has_field_access(self, field, operation):
        # what comes ready is put away by another choice: nothing that somebody wrote by hand is
        kept = operation == "write" and field.name == "business" and not self.env.su
        return not kept and super()._has_field_access(field, operation)
