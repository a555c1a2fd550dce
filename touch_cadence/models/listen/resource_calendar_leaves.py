from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..base.system import as_system

# days after the end of leave within which the first day lies on which its touches are made, weekends and holidays included
AFTER_LEAVE = 14


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._hand_bookings_back()
        self._look_again(leaves._stretches())
        return leaves

    def write(self, vals):
        before = self._stretches()
        result = super().write(vals)
        self._hand_bookings_back()
        after = self._stretches()
        if after != before:
            self._look_again(after, before)
        return result

    def unlink(self):
        before = self._stretches()
        result = super().unlink()
        self._look_again((), before)
        return result

    def _stretches(self):
        """:return: list of (begin, end, id of the user who is away or False, company's id or False), of the leave that keeps from touches"""
        if not self.env["touch.presence"]._in_use():
            return []
        # sudo: whose leave it is, and when; never why
        away = self.sudo().filtered(lambda one: one.time_type == "leave" and (not one.resource_id or one.resource_id.user_id))
        return [(one.date_from, one.date_to, one.resource_id.user_id.id, one.company_id.id) for one in away]

    @api.model
    def _look_again(self, now, before=()):
        """Nothing falls on leave or a public holiday that was entered after it was planned, and nothing waits for the end of one that was
        taken back (invariant 5): the planner looks again.

        :param now, before: stretches as :meth:`_stretches` has them
        """
        touches, waiting = Domain.FALSE, Domain.FALSE
        for begin, end, user, company in (*now, *before):
            whose = (
                Domain("user_id", "=", user) | Domain("enrollment_id.user_id", "=", user) if user else Domain("company_id", "=", company)
            )
            # a day earlier and later, for time zones; what is overdue goes to the substitute when the leave has begun
            since = begin.date() - timedelta(days=1) if begin > fields.Datetime.now() else date.min
            touches |= Domain("date_deadline", ">=", since) & Domain("date_deadline", "<=", end.date() + timedelta(days=1)) & whose
        for _begin, end, user, company in before:
            whose = Domain("user_id", "=", user) if user else Domain("company_id", "=", company)
            waiting |= Domain("next_date", "<=", end + timedelta(days=AFTER_LEAVE)) & whose
        system = as_system(self.env)  # whoever enters leave moves the touches of who is away
        found = system["touch.enrollment"]
        if now or before:
            found |= system["touch.touch"].search(Domain("state", "=", "planned") & touches).enrollment_id
        if before:
            found |= found.search(Domain("state", "=", "running") & Domain("next_date", ">", fields.Datetime.now()) & waiting)
        self.env["touch.mark"]._mark(found)

    def _hand_bookings_back(self):
        bookings = self.env["touch.expert.booking"]
        found = bookings._search_if_used([("state", "=", "booked"), ("stop", ">", fields.Datetime.now())])
        for leave in self.sudo().filtered(lambda one: one.time_type == "leave" and found):  # sudo: whose leave it is
            hit = found.filtered(lambda one, leave=leave: one.start < leave.date_to and one.stop > leave.date_from)
            experts = hit.filtered(lambda one, leave=leave: leave._concerns(one.expert_id))
            bookings._back_to_waiting([("id", "in", experts.ids)], self.env._("The expert is away at that time."))
            reps = (hit - experts).filtered(lambda one, leave=leave: leave.resource_id.user_id == one.user_id != one.user_id.browse())
            bookings._back_to_waiting([("id", "in", reps.ids)], self.env._("The salesperson is away at that time."))
