from odoo import models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    def write(self, vals):
        """The expert declines the invitation in any way: the booking goes back to the waiting list (R39)."""
        result = super().write(vals)
        if vals.get("state") == "declined":
            self.event_id._touch_bookings()._follow_attendees()
        if "state" in vals:
            self.event_id.exists()._touch_mark_steps()  # an expert who declines may have taken it off the calendar
        return result

    def unlink(self):
        bookings = self.event_id._touch_bookings()
        result = super().unlink()
        bookings._follow_attendees()
        return result
