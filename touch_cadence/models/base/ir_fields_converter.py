from odoo import api, models

from ...method.plan import occasions


class IrFieldsConverter(models.AbstractModel):
    _inherit = "ir.fields.converter"

    @api.model
    def _str_to_date(self, model, field, value, savepoint):
        """Birthdates without a year, as address books and phones export them, are no reason to refuse a file (B19)."""
        if model._name == "res.partner" and field.name == "birthdate_date" and isinstance(value, str):
            value = occasions.birthdate(value)
        return super()._str_to_date(model, field, value, savepoint)
