from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...method.plan import agreed
from ..base.arguments import single, takes
from ..base.inside import says

# what a write changes when it changes when a meeting takes place, or whether it does
TIMES = {"start", "stop", "start_date", "stop_date", "duration", "allday", "recurrency", "recurrence_update", "rrule"}
ATTENDING = {"partner_ids", "attendee_ids", "current_status"}
# what a write changes when it changes whether, or for when, a step is agreed
STEP = {*TIMES, *ATTENDING, "active", "opportunity_id", "res_id", "touch_is_step", "user_id"}


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    touch_is_step = fields.Boolean(
        string="Agreed Step",
        copy=False,
        help="The clients in this meeting agreed to it as their next step: planned touches wait for it. A meeting on an opportunity always is one.",
    )

    touch_booked = fields.Boolean(
        string="An Expert Comes", compute="_compute_touch_booked", help="An expert is booked for it, and the user sees the booking."
    )

    _touch_step_idx = models.Index("(stop) WHERE touch_is_step")

    def _compute_touch_booked(self):
        booked = self._touch_seen_bookings().event_id
        for event in self:
            event.touch_booked = event._origin in booked

    def _touch_seen_bookings(self):
        """:return: the bookings that these meetings are, which the user may see"""
        bookings = self.env["touch.expert.booking"]
        if not bookings.has_access("read") or not self.env["touch.expert"]._any_expert():
            return bookings
        return bookings.search([("event_id", "in", self._origin.ids)])

    @takes(self=single())
    def action_touch_booking(self):
        """:return: the booking that this meeting is; the meeting itself, where the user sees none"""
        self.check_access("read")
        return (self._touch_seen_bookings()[:1] or self).get_formview_action()

    @api.model_create_multi
    def create(self, vals_list):
        """A meeting on the deal is one that the client agreed to (R45): the expert whom the deal waits for comes along."""
        events = super().create(vals_list)
        events._touch_tied(self.env["crm.lead"])
        events._touch_mark_steps()
        return events

    def _touch_tied(self, before):
        """Deals that these meetings are about from now on: planned touches wait for them, and their experts come along.

        :param before: the deals that they were about before
        :raise AccessError: for a deal that the user may not read: nobody holds up a colleague's touches
        """
        deals = self.sudo().opportunity_id - before.sudo()  # sudo: whatever the user may see of them
        if deals and not self.env.su:
            deals.sudo(False).check_access("read")
        if deals and not says(self.env, "touch_booking") and self.env["touch.expert"]._any_expert():
            self.filtered(lambda one: one.opportunity_id in deals and one.start and one.start > fields.Datetime.now())._touch_tell_agreed()

    def _touch_tell_agreed(self):
        """The clients of the deals of these meetings agreed to meet, each on the meeting's day."""
        for day, events in self.grouped(lambda one: one._touch_day()).items():
            events.opportunity_id._touch_meeting_agreed(day)

    def _touch_day(self):
        """:return: the day of the meeting, by the clock of the deal's company"""
        zone = (self.opportunity_id.company_id or self.env.company)._touch_clock()
        return agreed.day_of(self.start.replace(tzinfo=timezone.utc), self.allday and self.start_date, zone)

    def write(self, vals):
        steps = not STEP.isdisjoint(vals)
        if steps:
            deals = self.sudo().opportunity_id  # sudo: as in _touch_tied()
            self._touch_mark_steps()
        days = {} if says(self.env, "touch_booking") or TIMES.isdisjoint(vals) else self._touch_step_days()
        bookings = self._touch_bookings() if vals.get("active") is False or not (TIMES | ATTENDING).isdisjoint(vals) else None
        if bookings:
            # what comes of it is looked at, not what is written: times come as text, as a duration or as days, and computed fields follow
            with self.env.cr.savepoint():
                result = super().write(vals)
                self._touch_check_times(bookings)
            bookings._follow_attendees()
            if vals.get("active") is False:
                bookings.filtered(lambda one: one.state == "booked")._cancel_because(self._touch_removed())
        else:
            result = super().write(vals)
        if steps:
            left = self.exists()  # whoever declines may have taken it off the calendar
            left._touch_carry_agreed(days)
            left._touch_tied(deals)
            left._touch_mark_steps()
        return result

    def _touch_step_days(self):
        """:return: {meeting: its day} of those that are agreed steps"""
        if not self.env["touch.presence"]._in_use():
            return {}
        return {event: event._touch_day() for event in self if event.start and (event.opportunity_id or event.touch_is_step)}

    def _touch_carry_agreed(self, days):
        """What was agreed with the clients is on the new days of these meetings now.

        :param days: {meeting: its day before}
        """
        for event, day in days.items():  # whoever moves many meetings at once moves times of one recurring meeting
            if event in self and event.start and (now := event._touch_day()) != day:
                clients = event.partner_ids.commercial_partner_id if event.touch_is_step else None
                self.env["touch.touch"]._move_agreed({day}, now, event.opportunity_id, clients)

    def _touch_mark_steps(self):
        """Decide again for the clients whose agreed step these meetings are, or were (R45)."""
        for clients in self._touch_agreed_clients():
            self.env["touch.mark"]._mark_clients(clients)

    def _touch_agreed_clients(self):
        """:return: deals and contacts whose agreed step these meetings are"""
        if not self.env["touch.presence"]._in_use():
            return self.opportunity_id.browse(), self.partner_ids.browse()
        return self.opportunity_id, self.filtered("touch_is_step").partner_ids

    def _touch_check_times(self, bookings):
        """:raise UserError: for a meeting that does not take place in its expert's window any more"""
        for booking in bookings.filtered("event_id"):
            event = booking.event_id
            if (event.start, event.stop) != (booking.start, booking.stop) or event.allday or event.recurrency:
                raise UserError(
                    self.env._(
                        "“%(deal)s” is booked in a window of %(expert)s: choose “Another Time” on the booking instead of moving its meeting.",
                        deal=booking.lead_name,
                        expert=booking.expert_id.name,
                    )
                )

    def unlink(self):
        bookings = self._touch_bookings()
        clients = self._touch_agreed_clients()
        result = super().unlink()
        for records in clients:
            self.env["touch.mark"]._mark_clients(records)
        bookings._cancel_because(self._touch_removed())
        return result

    def _touch_removed(self):
        return self.env._("%(user)s removed the meeting.", user=self.env.user.name)

    def _touch_bookings(self):
        """:return: the bookings that these meetings are, unless the booking itself is at work; those whose hour has come are history"""
        bookings = self.env["touch.expert.booking"]
        if says(self.env, "touch_booking"):
            return bookings
        found = bookings._search_if_used([("event_id", "in", self.ids), ("state", "=", "booked")])
        return found.filtered(lambda one: not one._has_begun())
