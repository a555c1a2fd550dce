from odoo import api, models


class TouchCompanyMixin(models.AbstractModel):
    """Records that belong to a company: cadences, reasons, questions and experts.

    A user may only write them within the user's own companies, and point them at records that the user may read. Odoo checks its rules
    before a write and not after it, so a record could be pushed into another company. And Odoo shows the name of every record that a field
    points at.
    """

    _name = "touch.company.mixin"
    _description = "Set Up by a Company"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_pointed(self._fields)  # also what a default brought
        return records

    def write(self, vals):
        result = super().write(vals)
        self._check_pointed(vals)
        return result

    @api.model
    def _sql_error_to_message(self, exc):
        """A file brings rows of a list along (the steps of a cadence): what is wrong with one of them is said in its own words."""
        for field in self._fields.values():
            listed = self.env.get(field.comodel_name) if field.type == "one2many" else None
            if listed is not None and listed._table == exc.diag.table_name != self._table:
                return listed._sql_error_to_message(exc)
        return super()._sql_error_to_message(exc)

    @api.model
    def _kept_fields(self):
        """:return: names of the fields that only the server writes"""
        return ()

    def _check_pointed(self, names):
        """:param names: of fields that were written
        :raise AccessError: for rows that are the user's no longer, and for records that he may not read"""
        if self.env.su:
            return
        written = [self._fields[name] for name in names if name in self._fields]
        pointing = [
            field
            for field in written
            if field.type in ("many2one", "many2many") and field.store and field.name not in (*models.MAGIC_COLUMNS, *self._kept_fields())
        ]
        if pointing:
            self.check_access("write")
        for field in pointing:
            # sudo: which records it points at, whatever its reader may see of the row
            self.sudo()[field.name].sudo(False).check_access("read")
