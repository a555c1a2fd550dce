from collections import defaultdict
from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_duration

from ...method.expert import experts as method_experts
from ...method.plan import zones
from ..base.arguments import single, takes


def aware(moment):
    return moment.replace(tzinfo=timezone.utc)


class TouchExpert(models.Model):
    """An experienced colleague who helps with large deals, inside weekly windows and never beyond the agreed hours (R38, R39)."""

    _name = "touch.expert"
    _inherit = ["touch.company.mixin"]
    _description = "Expert"
    _order = "sequence, id"

    user_id = fields.Many2one("res.users", required=True, index=True, domain=[("share", "=", False)], ondelete="restrict")
    name = fields.Char(related="user_id.name")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    skill_ids = fields.Many2many("touch.skill", string="Skills")
    window_ids = fields.One2many(
        "touch.expert.window", "expert_id", string="Weekly Windows", copy=True, default=lambda self: self._default_windows()
    )
    resource_calendar_id = fields.Many2one("resource.calendar", string="Calendar of the Weekly Windows", readonly=True, copy=False)
    hours_week = fields.Float(string="Hours a Week", default=3.0, help="Hours per week in total, over all windows.")
    slot_hours = fields.Float(string="Hours of a Meeting", default=1.0)
    won_share = fields.Float(
        string="Credited Share (%)", default=10.0, help="Share of the value of won deals that the report credits to the expert."
    )
    turn = fields.Integer(
        readonly=True, copy=False, help="Increases with each booking, so that two bookings at the same time notice each other."
    )
    booking_ids = fields.One2many("touch.expert.booking", "expert_id", string="Bookings")
    booked_hours = fields.Float(string="Booked This Week", compute="_compute_booked_hours")
    windows_text = fields.Char(string="Windows", compute="_compute_windows_text")

    _order_bounds = models.Constraint(
        "CHECK(sequence BETWEEN -1000000 AND 1000000 AND turn BETWEEN 0 AND 100000000)",
        "The order goes from -1,000,000 to 1,000,000, and turns are counted from 0 to 100,000,000.",
    )
    _user_uniq = models.UniqueIndex("(user_id, company_id)", "This user is already an expert.")
    _positive = models.Constraint(
        "CHECK(hours_week >= 0 AND slot_hours > 0 AND (hours_week = 0 OR slot_hours <= hours_week)"
        " AND hours_week <= 168 AND slot_hours <= 24 AND won_share BETWEEN 0 AND 100)",
        "An expert gives 0 to 168 hours a week. A meeting is longer than 0 hours, and not longer than a day or the hours of a week. The "
        "share lies between 0 and 100 %.",
    )

    @api.model
    def _default_windows(self):
        return [fields.Command.create({"dayofweek": "1", "hour_from": 14.0, "hour_to": 17.0})]

    @api.depends("booking_ids.state", "booking_ids.start", "booking_ids.hours")
    def _compute_booked_hours(self):
        now = aware(fields.Datetime.now())
        booked = self._booked_hours(now)
        for expert in self:
            expert.booked_hours = booked[expert.id].get(method_experts.monday(now, expert._zone()), 0.0)

    @api.depends("window_ids.dayofweek", "window_ids.hour_from", "window_ids.hour_to")
    @api.depends_context("lang")
    def _compute_windows_text(self):
        days = dict(self.env["touch.expert.window"]._fields["dayofweek"]._description_selection(self.env))
        for expert in self:
            expert.windows_text = ", ".join(
                f"{days[window.dayofweek]} {format_duration(window.hour_from)}–{format_duration(window.hour_to)}"
                for window in expert.window_ids
            )

    @api.model
    def _any_expert(self):
        """Whether there is an expert, also one who is archived."""
        return self.env["touch.presence"]._has_rows("touch_expert")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kept(vals)
        experts = super().create(vals_list)
        self.env["touch.presence"]._rows_made()
        experts._follow_windows()
        experts._grant_expert_group()
        self.env["touch.expert.booking"]._assign_soon()
        return experts

    def write(self, vals):
        self.check_access("write")  # before anything is said of the expert
        self._check_kept(vals)
        if "user_id" in vals:
            self.filtered(lambda one: one.user_id.id != vals["user_id"])._unlink_except_booked()
        result = super().write(vals)
        if "user_id" in vals:
            self._grant_expert_group()
            self._follow_windows()
        if vals.get("active") is False:
            self.env["touch.expert.booking"]._back_to_waiting(
                [("expert_id", "in", self.ids)], self.env._("This person is no longer an expert.")
            )
        if "hours_week" in vals:
            self._recheck()
        if not {"active", "hours_week", "slot_hours", "skill_ids", "window_ids"}.isdisjoint(vals):
            self.env["touch.expert.booking"]._assign_soon()
        return result

    @api.model
    def _kept_fields(self):
        return ("resource_calendar_id", "turn")

    def _check_kept(self, vals):
        """:raise AccessError: for who would have the windows of an expert written over some other calendar, or turns counted back"""
        if self.env.su:
            return
        if "resource_calendar_id" in vals:
            raise AccessError(self.env._("The expert's calendar is made from the weekly windows: change the windows instead."))
        if "turn" in vals:
            raise AccessError(self.env._("The turns of an expert are counted by the server: they cannot be written by hand."))

    def _grant_expert_group(self):
        # sudo: whom the sales manager makes an expert sees the deals he assists; a user's groups are the administrator's otherwise
        self.user_id.sudo().write({"group_ids": [fields.Command.link(self.env.ref("touch_cadence.group_touch_expert").id)]})

    def _recheck(self):
        """Bookings that may not stand any more go back to the waiting list: windows or hours were changed, or leave was entered while they
        were booked (invariant 7)."""
        bookings = self.env["touch.expert.booking"]
        ahead = bookings._search_if_used([("expert_id", "in", self.ids), ("state", "=", "booked"), ("start", ">", fields.Datetime.now())])
        if not ahead:
            return
        now = aware(fields.Datetime.now())
        experts = ahead.expert_id
        known, _busy = experts._method_experts(
            now, aware(max(ahead.mapped("stop"))) + timedelta(days=1), self.env["res.users"], without=ahead
        )
        fallen = bookings.browse()
        for expert, its in zip(known, [ahead.filtered(lambda one, expert=expert: one.expert_id == expert) for expert in experts]):
            for booking in its.sorted(lambda one: (one.start, one.id)):
                span = method_experts.Span(aware(booking.start), aware(booking.stop))
                if method_experts.may_stand(expert, span):
                    expert = method_experts.book(expert, span)
                else:
                    fallen += booking
        bookings._back_to_waiting([("id", "in", fallen.ids)], self.env._("The expert's windows or hours have changed."))

    @takes(self=single())
    def action_leave(self):
        """:return: the dialog in which a sales manager enters the expert's leave: not every expert is in a sales team"""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_leave_action"),
            "context": {"default_user_id": self.user_id.id},
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        booked = self.filtered("booking_ids")[:1]
        if booked:
            raise UserError(self.env._("%(expert)s has bookings and cannot be deleted: archive the expert instead.", expert=booked.name))

    def _count_turn(self):
        """Whoever gives places at this moment notices that something changed."""
        for expert in self:  # hardly ever more than two
            expert.turn += 1

    def _zone(self):
        return zones.zone(self.user_id.tz, self.resource_calendar_id.tz)

    def _follow_windows(self):
        """The windows as a calendar of Odoo's own, which knows weekdays and time zones."""
        for expert in self:  # each has a calendar of his own, and few are written at a time
            values = {
                "name": self.env._("Expert windows: %(name)s", name=expert.name),
                "company_id": expert.company_id.id,
                "tz": str(expert._zone()),
                "attendance_ids": [
                    fields.Command.clear(),
                    *(
                        fields.Command.create(
                            {
                                "name": self.env._("Window"),
                                "dayofweek": window.dayofweek,
                                "hour_from": window.hour_from,
                                "hour_to": window.hour_to,
                                "day_period": "afternoon" if window.hour_from >= 12 else "morning",
                            }
                        )
                        for window in expert.window_ids
                    ),
                ],
            }
            # sudo: calendars are the administrator's; this one is made for the windows that the sales manager sets
            if expert.resource_calendar_id:
                expert.resource_calendar_id.sudo().write(values)
            else:  # sudo: as above
                expert.sudo().resource_calendar_id = self.env["resource.calendar"].sudo().create(values)
        self._recheck()

    # --------------------------------------------------------------
    # Facts for the method
    # --------------------------------------------------------------

    def _method_experts(self, now, until, reps, without=()):
        """:param now, until: aware moments between which windows are looked for
        :param reps: the users who come along
        :param without: bookings that are looked away from
        :return: list of ``method.expert.experts.Expert``, and {rep's id: when he is not free}"""
        busy = self._busy(self.user_id | reps, now, until, without)
        booked = self._booked_hours(now, without)
        ahead = self.env["touch.expert.booking"]._read_group(
            [("expert_id", "in", self.ids), ("state", "=", "booked"), ("start", ">=", fields.Datetime.now())], ["expert_id"], ["hours:sum"]
        )
        last = self.env["touch.expert.booking"]._read_group(
            [("expert_id", "in", self.ids), ("state", "in", ("booked", "done"))], ["expert_id"], ["start:max"]
        )
        load = {expert.id: hours for expert, hours in ahead}
        lasts = {expert.id: aware(start) for expert, start in last if start}
        absences = self._absences(now, until)
        known = [
            method_experts.Expert(
                id=expert.id,
                zone=expert._zone(),
                windows=expert._windows(now, until),
                busy=(*busy[expert.user_id.id], *absences[expert.id]),
                hours=expert.hours_week,
                slot=expert.slot_hours,
                booked=booked[expert.id],
                load=load.get(expert.id, 0.0),
                last=lasts.get(expert.id),
                skills=frozenset(expert.skill_ids.ids),
                user=expert.user_id.id,
            )
            for expert in self
        ]
        return known, {rep.id: busy[rep.id] for rep in reps}

    def _windows(self, now, until):
        calendar = self.resource_calendar_id
        # from the day's beginning, so that a window under way keeps its grid
        zone = zones.pytz_zone(str(self._zone()))  # the user's own: the calendar's may be older than his first login
        intervals = calendar._attendance_intervals_batch(now - timedelta(days=1), until, tz=zone)[False] if calendar else ()
        return tuple(
            # midnight is the last microsecond of the day to Odoo
            method_experts.Span(
                start.astimezone(timezone.utc), (stop + timedelta(microseconds=1)).astimezone(timezone.utc).replace(microsecond=0)
            )
            for start, stop, _attendance in intervals
            if stop > now
        )

    def _booked_hours(self, now, without=()):
        """:return: {expert id: {Monday: hours booked or given}} from this week on"""
        result = defaultdict(lambda: defaultdict(float))
        since = (now - timedelta(days=8)).replace(tzinfo=None)
        for booking in self.env["touch.expert.booking"].search(
            [("expert_id", "in", self.ids), ("state", "in", ("booked", "done")), ("start", ">=", since)]
        ):
            if booking in without:
                continue
            result[booking.expert_id.id][method_experts.monday(aware(booking.start), booking.expert_id._zone())] += booking.hours
        return result

    def _busy(self, users, now, until, without=()):
        """:return: {user id: when a meeting, another booking or leave is in the way}"""
        result = defaultdict(list)
        since, to = now.replace(tzinfo=None), until.replace(tzinfo=None)
        user_of = {user.partner_id.id: user.id for user in users}
        events = self.env["calendar.event"].search(
            [("partner_ids", "in", list(user_of)), ("show_as", "=", "busy"), ("start", "<", to), ("stop", ">", since)]
        )
        own = {booking.event_id for booking in without}
        zone_of = {user.partner_id.id: zones.zone(user.tz) for user in users}
        for event in events - events.browse(event.id for event in own):
            for partner in event.attendee_ids.filtered(lambda attendee: attendee.state != "declined").partner_id:
                if partner.id in user_of:
                    result[user_of[partner.id]].append(self._span(event, zone_of[partner.id]))
        bookings = self.env["touch.expert.booking"].search([("state", "=", "booked"), ("start", "<", to), ("stop", ">", since)])
        for booking in bookings:
            if booking in without:
                continue
            for user in booking.expert_user_id | booking.user_id:
                result[user.id].append(method_experts.Span(aware(booking.start), aware(booking.stop)))
        for leave in self.env["resource.calendar.leaves"].search(
            [("time_type", "=", "leave"), ("resource_id.user_id", "in", users.ids), ("date_from", "<", to), ("date_to", ">", since)]
        ):
            result[leave.resource_id.user_id.id].append(method_experts.Span(aware(leave.date_from), aware(leave.date_to)))
        return result

    @api.model
    def _span(self, event, zone):
        """:return: when the meeting takes place; one of all day takes the whole days of whoever is invited"""
        if not event.allday:
            return method_experts.Span(aware(event.start), aware(event.stop))
        first, last = (datetime.combine(day, time(), zone).astimezone(timezone.utc) for day in (event.start_date, event.stop_date))
        return method_experts.Span(first, last + timedelta(days=1))

    def _absences(self, now, until):
        """:return: {expert id: days on which the company is closed, and leave of his own}"""
        result = defaultdict(list)
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("time_type", "=", "leave"),
                ("date_from", "<", until.replace(tzinfo=None)),
                ("date_to", ">", now.replace(tzinfo=None)),
                "|",
                ("resource_id.user_id", "in", self.user_id.ids),
                ("resource_id", "=", False),
            ]
        )
        for leave in leaves:
            for expert in self:
                if leave._concerns(expert):
                    result[expert.id].append(method_experts.Span(aware(leave.date_from), aware(leave.date_to)))
        return result
