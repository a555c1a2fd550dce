from odoo import api, models
from odoo.tools import SQL

ADDON = "touch_cadence"


class TouchInstallation(models.AbstractModel):
    """The addon as a guest in a database: what it adds to tables that are not its own."""

    _name = "touch.installation"
    _description = "Touch Installation"

    def init(self):
        self.env.registry.post_init(self._set_database_defaults)
        return super().init()

    @api.model
    def _added_columns(self):
        """:return: (model, field) of the columns that this addon adds to the tables of others"""
        return [
            (model, field)
            for model in self.env.values()
            if model._auto and not model._abstract and model._original_module and not model._original_module.startswith(ADDON)
            for field in model._fields.values()
            if field.store and field.column_type and (field._module or "").startswith(ADDON)
        ]

    @api.model
    def _set_database_defaults(self):
        """Give each required column that we add to a table of others a default in the database. While another addon is updated, its data
        files make users or teams in a registry that does not know our fields yet, and leave their columns out."""
        for model, field in self._added_columns():
            if field.required and field.default:
                value = field.convert_to_column_insert(field.convert_to_cache(field.default(model), model), model)
                # what our own code says is the default, written once as part of the table
                # SQL: run by an installation or update only; names and defaults are those of our code
                self.env.cr.execute(
                    SQL(
                        "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s",
                        SQL.identifier(model._table),
                        SQL.identifier(field.name),
                        value,
                    )
                )
