from odoo import models
from odoo.exceptions import UserError


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def write(self, vals):
        if not {"start", "stop", "start_date", "stop_date", "allday"}.isdisjoint(vals):
            moving = self._touch_bookings().filtered(
                lambda one: any(one.event_id[name] != vals[name] for name in ("start", "stop") if name in vals)
            )
            if moving:
                raise UserError(
                    self.env._(
                        "“%(deal)s” stands in a window of %(expert)s: swap or cancel the booking instead of moving its meeting.",
                        deal=moving[0].lead_name,
                        expert=moving[0].expert_id.name,
                    )
                )
        result = super().write(vals)
        if vals.get("active") is False:
            self._touch_bookings()._not_needed(self._touch_removed())
        return result

    def unlink(self):
        bookings = self._touch_bookings()
        result = super().unlink()
        bookings._not_needed(self._touch_removed())
        return result

    def _touch_removed(self):
        return self.env._("The meeting was removed by %(user)s.", user=self.env.user.name)

    def _touch_bookings(self):
        """:return: the bookings that these meetings are, unless the booking itself is at work; those whose hour has come are history"""
        bookings = self.env["touch.expert.booking"]
        if self.env.context.get("touch_booking"):
            return bookings
        found = bookings._found([("event_id", "in", self.ids), ("state", "=", "booked")])
        return found.filtered(lambda one: not one._has_begun())
