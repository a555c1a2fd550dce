from collections import defaultdict
from collections.abc import Mapping
from itertools import chain

from odoo import api, models

from .arguments import is_id, takes
from .arguments import values as set_of_values


def _ids_in(value):
    """:param value: of a many2one or many2many, as a form sends it; what is none is Odoo's to refuse
    :return: the ids that it names"""
    if isinstance(value, Mapping):
        value = value.get("id")
    if not isinstance(value, list | tuple):
        return [value] if is_id(value) else []
    if len(value) == 2 and isinstance(value[1], str):  # a many2one as [id, name]
        value = value[:1]
    # commands: [4, id], [1, id, values] and [6, 0, ids]
    parts = [one[-1] if isinstance(one[-1], list | tuple) else one[1:2] for one in value if isinstance(one, list | tuple) and one]
    return list(filter(is_id, chain(*parts, value)))


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
        self.browse()._check_may_name(*vals_list)  # before anything says what is wrong with them
        records = super().create(vals_list)
        records._check_pointed(self._fields)  # also what a default brought
        return records

    def write(self, vals):
        self._check_may_name(vals)
        result = super().write(vals)
        self._check_pointed(vals)
        return result

    @takes(values=set_of_values())
    def onchange(self, values, field_names, fields_spec):
        """Odoo shows the name of every record that a form points at, also before it is saved."""
        pointing = [name for name, field in self._fields.items() if field.relational]
        proposed = {} if self else self.default_get(pointing)
        self._check_may_name({**proposed, **values})
        return super().onchange(values, field_names, fields_spec)

    def _check_may_name(self, *vals_list):
        """:param vals_list: values of forms, or of rows to be written, with the rows of their lists
        :raise AccessError: for a record that they point at, the stored row does not, and the user may not read"""
        if self.env.su:
            return
        named, seen = defaultdict(set), self._filtered_access("read")
        for values in vals_list:
            if isinstance(values, Mapping):  # what is none is Odoo's to refuse
                seen._collect_named(values, named)
        for model, found in named.items():
            self.env[model].browse(found).exists().check_access("read")

    def _collect_named(self, values, named):
        """Find what values point at. What the stored rows, which the user may read, point at already is told by them.

        :param named: {model: set of ids}, to which the others are added
        """
        for name, value in values.items():
            field = self._fields.get(name)
            if field is None or not field.relational:
                continue
            if field.type != "one2many":
                # sudo: only whether it stands there
                known = self.sudo()[name].ids if self and field.store else ()
                named[field.comodel_name].update(set(_ids_in(value)).difference(known))
            elif hasattr(rows := self.env[field.comodel_name], "_collect_named") and isinstance(value, list | tuple):
                changes = [one for one in value if isinstance(one, list | tuple) and len(one) == 3 and isinstance(one[2], Mapping)]
                rows = rows.browse(one[1] for one in changes if is_id(one[1])).exists()._filtered_access("read")
                for _command, id_, its in changes:
                    (rows & rows.browse([id_] if is_id(id_) else [])).with_prefetch(rows.ids)._collect_named(its, named)

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
