from datetime import datetime, time, timedelta, timezone

from odoo import fields, models
from odoo.tools import format_time

from ...method.plan import zones

# meetings of a day that the desk names
MEETINGS = 10


class TouchDesk(models.AbstractModel):
    """The meetings of the day: they are agreed, not planned, and no touch of the queue tells of them."""

    _inherit = "touch.desk"

    def _meetings(self):
        """:return: list of dicts, the user's meetings with clients today, by the user's clock, the earliest first: ``id``, ``hour`` (empty: all day),
        ``name``, ``over`` (it has ended, and nobody said what came of it), ``result`` (what came of it, empty where nobody said), and what to open:
        ``model`` and ``res_id``, the expert's booking where it is one"""
        today, zone = fields.Date.context_today(self), zones.zone(self.env.user.tz)
        begin, end = (
            datetime.combine(day, time(), zone).astimezone(timezone.utc).replace(tzinfo=None) for day in (today, today + timedelta(days=1))
        )
        me = self.env.user.partner_id
        # all days lie on their date, whatever the clock
        events = self.env["calendar.event"].search(
            [
                *(("partner_ids", "in", me.ids), "|", ("opportunity_id", "!=", False), ("touch_is_step", "=", True)),
                *("|", "&", "&", ("allday", "=", False), ("start", "<", end), ("stop", ">", begin)),
                *("&", "&", ("allday", "=", True), ("start_date", "<=", today), ("stop_date", ">=", today)),
            ],
            order="start, id",
            limit=MEETINGS,
        )
        events = events.filtered(
            lambda event: "declined" not in event.attendee_ids.filtered(lambda one: one.partner_id == me).mapped("state")
        )
        bookings = self.env["touch.expert.booking"]
        bookings = bookings._search_if_used([("event_id", "in", events.ids)]) if events else bookings
        booking_of = {booking.event_id.id: booking for booking in bookings}
        now, results = fields.Datetime.now(), self._results(events, booking_of)
        return [
            {
                "id": event.id,
                "hour": "" if event.allday else format_time(self.env, _local(event.start, zone), time_format="short"),
                "name": self._meeting_told(event),
                "over": not event.allday and event.stop <= now and event.id not in results,
                "result": results.get(event.id, ""),
                "model": booking_of.get(event.id, event)._name,
                "res_id": booking_of.get(event.id, event).id,
            }
            for event in events
        ]

    def _results(self, events, booking_of):
        """:return: {meeting's id: what came of it} of those of which somebody said it"""
        if not events:
            return {}
        # sudo: of meetings at which the user was, whoever gave the result
        touches = self.env["touch.touch"].sudo().search([("event_id", "in", events.ids), ("unsure", "!=", True)])
        over = self.env._("over")
        results = {id_: over for id_, booking in booking_of.items() if booking.state == "done"}
        for touch in touches:
            results[touch.event_id.id] = touch.outcome_id.name if touch.state == "done" else self.env._("did not take place")
        return results

    def _meeting_told(self, event):
        """:return: what the meeting is called, and with whom it is, where the user sees that"""
        lead = event.opportunity_id._filtered_access("read")
        client = lead.partner_id.name or lead.contact_name or lead.partner_name
        return event.name if not client or client in event.name else f"{event.name} · {client}"


def _local(moment, zone):
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).time()
