from odoo import api, fields, models
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
        """Nothing falls on leave or a public holiday that was entered after it was planned (invariants 5 and 7): the planner looks again,
        experts hand back."""
        self._hand_bookings_back()
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

    def _concerns(self, expert):
        """:return: whether this leave is the expert's own, or closes his company"""
        self.ensure_one()
        if self.resource_id:
            return self.resource_id.user_id == expert.user_id
        calendars = expert.resource_calendar_id | expert.company_id.resource_calendar_id
        return (not self.company_id or self.company_id == expert.company_id) and (not self.calendar_id or self.calendar_id in calendars)

    def _hand_bookings_back(self):
        bookings = self.env["touch.expert.booking"]
        found = bookings._found([("state", "=", "booked"), ("stop", ">", fields.Datetime.now())])
        for leave in self.sudo().filtered(lambda one: one.time_type == "leave" and found):  # sudo: whose leave it is
            hit = found.filtered(
                lambda one, leave=leave: one.start < leave.date_to and one.stop > leave.date_from and leave._concerns(one.expert_id)
            )
            bookings._hand_back([("id", "in", hit.ids)], self.env._("The expert is away then."))
