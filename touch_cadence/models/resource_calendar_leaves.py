from odoo import api, models
from odoo.fields import Domain


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._move_touches()
        return leaves

    def write(self, vals):
        result = super().write(vals)
        self._move_touches()
        return result

    def _move_touches(self):
        """Nothing falls on leave or a public holiday that was entered after it was planned (invariant 5): the planner looks again."""
        if not self.env["touch.planner"]._in_use():
            return
        domain = Domain.OR(
            Domain("date_deadline", ">=", leave.date_from.date())
            & Domain("date_deadline", "<=", leave.date_to.date())
            & (Domain("user_id", "=", leave.resource_id.user_id.id) if leave.resource_id else Domain.TRUE)
            for leave in self
            if leave.time_type == "leave" and (not leave.resource_id or leave.resource_id.user_id)
        )
        every = self.env["touch.touch"].sudo()  # sudo: whoever enters leave moves the touches that fall on it
        touches = every.search(Domain("state", "=", "planned") & domain)
        touches.enrollment_id._look_again()
