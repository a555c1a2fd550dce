from odoo import api, models

from .arguments import field_names, takes
from .arguments import values as set_of_values


def own_defaults(model, names):
    """:return: {field: the default that its definition gives it}, as a write takes it: neither the context nor anybody's personal default
    has a say"""
    found = {name: model._fields[name] for name in names if name in model._fields and model._fields[name].default}
    return {
        name: field.convert_to_write(field.convert_to_cache(field.default(model), model, validate=False), model)
        for name, field in found.items()
    }


class TouchGuardedMixin(models.AbstractModel):
    """Records that only methods create and write: nobody can forge plan and history.

    Access rights and record rules say who may *work* a record (pause a run, finish a touch): the methods ask for them, and then write with
    all rights. :attr:`_written_by_people` lists the fields that users may write themselves, over a form or RPC; forms show the rest as
    readonly.
    """

    _name = "touch.guarded.mixin"
    _description = "Fields Written by Methods Only"

    # the fields that whoever may work the record may write himself
    _written_by_people = frozenset()

    @api.model
    @takes(fields=field_names())
    def default_get(self, fields):
        """Use only our own defaults. A personal default, or one from the context, would be written here with all rights, as if a method
        had found it."""
        # nothing is asked of Odoo, which looks at both
        return {**super().default_get([]), **own_defaults(self, fields)}

    @takes(values=set_of_values())
    def onchange(self, values, field_names, fields_spec):
        # what would follow from another client, deal or run is not told either
        own = {name: value for name, value in values.items() if name in self._written_by_people}
        return super().onchange(own, [name for name in field_names if name in own], fields_spec) if own else {}

    def web_read(self, specification):
        """Decide marked enrolments before a form reads the record after saving."""
        self.env["touch.mark"]._decide_marked()
        return super().web_read(specification)

    def _has_field_access(self, field, operation):
        guarded = operation == "write" and not self.env.su and field.name not in self._written_by_people
        return not guarded and super()._has_field_access(field, operation)
