from odoo import models

from .arguments import takes
from .arguments import values as set_of_values


class TouchGuardedMixin(models.AbstractModel):
    """Records that methods write and people do not: plan and history are worth something only if nobody can forge them.

    Access rights and record rules say who may *work* a record (pause a run, finish a touch): the methods ask for them, and then write with
    all rights. What people may write themselves, over a form or RPC, stands in :attr:`_written_by_people`; forms show the rest as readonly.
    """

    _name = "touch.guarded.mixin"
    _description = "Written by Methods"

    # the fields that whoever may work the record may write himself
    _written_by_people = frozenset()

    @takes(values=set_of_values())
    def onchange(self, values, field_names, fields_spec):
        # what would follow from another client, deal or run is not told either
        own = {name: value for name, value in values.items() if name in self._written_by_people}
        return super().onchange(own, [name for name in field_names if name in own], fields_spec) if own else {}

    def _has_field_access(self, field, operation):
        guarded = operation == "write" and not self.env.su and field.name not in self._written_by_people
        return not guarded and super()._has_field_access(field, operation)
