from odoo import api, models

from .arguments import takes
from .arguments import values as set_of_values


class TouchNamedMixin(models.AbstractModel):
    """Wizards that show only names of records that their user may read.

    If a user may read a record, Odoo shows the names of all records that it points at. A wizard that accepts any id would therefore reveal
    the names of foreign deals and bookings.
    """

    _name = "touch.named.mixin"
    _description = "Names Only Records the User May Read"

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._check_named()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._check_named()
        return result

    @takes(values=set_of_values())
    def onchange(self, values, field_names, fields_spec):
        naming = [field.name for field in self._naming_fields()]
        defaults = {} if self else self.default_get(naming)
        self.new({**defaults, **{name: value for name, value in values.items() if name in naming}})._check_named()
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _naming_fields(self):
        return [
            field for field in self._fields.values() if field.type == "many2one" and field.store and field.name not in models.MAGIC_COLUMNS
        ]

    def _check_named(self):
        """:raise AccessError: for a record that the user may not read"""
        for field in self._naming_fields():
            self.sudo(False)[field.name]._origin.check_access("read")
