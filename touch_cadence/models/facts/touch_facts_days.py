from collections import defaultdict
from datetime import datetime, time, timedelta, timezone
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_date

from ...method.plan import workdays, zones
from ..base.rooms import shared

# days ahead in which working days are looked for, beyond the longest delay of the steps and the least gap between touches
DAYS_AHEAD = 120


class OwnDays(NamedTuple):
    """When one person works: ``days``, and ``leave``, the working days on which the person is on leave."""

    days: workdays.Workdays
    leave: frozenset


class TouchFacts(models.AbstractModel):
    """Days and time zones: who works when, and by which clock a client lives.

    Attendance and leave are read in one and the same zone: those of a person in the person's own, those of a company in its calendar's. A
    day is a date on both, so that whoever is away on the 5th makes no touch of the 5th, wherever the company is.
    """

    _inherit = "touch.facts"

    @api.model
    def _read_workdays(self, subjects, calendars, cadences, users, histories, now):
        """Working days of each calendar, and of each user on it: own working hours and leave where the user has a resource.

        The stretch begins where the oldest wait in the batch that can still matter began, and ends well behind the longest delay.

        :param users: whoever is responsible, may stand in or has an open touch
        :return: {calendar id: Workdays}, {(calendar id, company id, user id): OwnDays}
        """
        delay = max((step.delay for cadence in cadences.values() for step in cadence.steps), default=0)
        quiet = max(cadence.reply_days for cadence in cadences.values())
        reach = timedelta(days=max(delay, quiet) * 7 // 5 + 30)
        paused = max(sum(((until - since) for since, until in one.pauses), timedelta()) for one in subjects)  # time in which no wait ran
        today = now.date()
        anchors = [past.since_wishes or past.last_day or one.started for one, past in zip(subjects, histories)]
        first = max(min(*anchors, today - timedelta(days=quiet * 7 // 5 + 10)), today - reach - paused)
        gap = max(self.env["res.company"].browse({company_id for _cadence, company_id in calendars}).mapped("touch_min_gap"))
        last = today + max(reach, timedelta(days=gap)) + timedelta(days=DAYS_AHEAD)

        known, own = {}, {}
        for working, company_id in {(working, company_id) for (_cadence, company_id), working in calendars.items()}:
            known[working.id] = shared = self._shared_days(working, company_id, first, last)
            # in zones behind UTC it is still yesterday
            its = self._days_of_users(users, company_id, working, shared, today - timedelta(days=1), last)
            own |= {(working.id, company_id, user): days for user, days in its.items()}
        return known, own

    @shared
    @api.model
    def _shared_days(self, working, company_id, first, last):
        """:param working: a calendar, empty for none
        :return: the days on which it works, less the days on which the company is closed"""
        zone = zones.pytz_zone(working.tz)
        start, end = self._stretch(first, last, zone)
        closed = [("time_type", "=", "leave"), ("company_id", "in", (False, company_id, working.company_id.id))]
        away = working._leave_intervals_batch(start, end, domain=closed, tz=zone)[False]
        hours = self._attendance(working, first, last, zone)
        return workdays.worked(hours, [(begin, until) for begin, until, _leave in away], self._full_day(working))

    @shared
    @api.model
    def _days_of_users(self, users, company_id, working, shared, first, last):
        """:param working: the calendar by which ``shared`` are the working days
        :return: {user id: OwnDays} within ``shared``, less the user's own free days and leave"""
        resources = self.env["resource.resource"].search([("user_id", "in", users.ids)], order="id")
        leaves = self._leaves(resources, first, last)
        own = {}
        # the one of this company comes last, and stays
        for resource in resources.sorted(lambda one: (one.company_id.id == company_id, not one.company_id, -one.id)):
            own[resource.user_id.id] = resource
        result = {}
        usual, closed = {}, {working.id: shared}
        for user in users:
            resource = own.get(user.id)
            if not resource:
                result[user.id] = OwnDays(shared, frozenset())
                continue
            # hours agreed with another company say nothing here, leave from it does
            by = resource.calendar_id if resource.company_id.id in (False, company_id) else working
            zone = zones.pytz_zone(resource.tz, working.tz)
            if (by, zone) not in usual:
                if by and by.id not in closed:
                    closed[by.id] = self._shared_days(by, company_id, first, last) & shared
                hours = self._attendance(by, first, last, zone)
                open_days = closed[by.id] if by else shared
                usual[by, zone] = hours, open_days, workdays.worked(hours, full=self._full_day(by)) & open_days
            hours, open_days, days = usual[by, zone]
            if leaves[user.id]:
                there = workdays.worked(hours, leaves[user.id], self._full_day(by)) & open_days
                result[user.id] = OwnDays(there, frozenset(days.days).difference(there.days))
            else:
                result[user.id] = OwnDays(days, frozenset())
        return result

    @api.model
    def _attendance(self, working, first, last, zone):
        """Working hours from Odoo's own intervals. Who works flexible hours (or a company without a calendar) has none to go by: the core
        of the day, Monday to Friday.

        :param zone: of pytz, in which the hours are worked
        :return: list of (begin, until)
        """
        if not working or working.flexible_hours:
            return workdays.core_hours((first + timedelta(days=n) for n in range((last - first).days)), zones.zone(zone.zone))
        start, end = self._stretch(first, last, zone)
        found = working._attendance_intervals_batch(start, end, tz=zone)[False]
        return [(begin, until) for begin, until, _attendance in found]

    @api.model
    def _full_day(self, working):
        """:return: hours of a full working day by the calendar; 0 where the hours are not fixed"""
        return (working.hours_per_day or 8) if working and not working.flexible_hours else 0

    @api.model
    def _stretch(self, first, last, zone):
        return tuple(zone.localize(datetime.combine(day, time())) for day in (first, last))

    @api.model
    def _leaves(self, resources, first, last):
        """:return: {user id: list of (begin, until)} of the leave that lies between the days; whoever is away from one company is away"""
        result = defaultdict(list)
        # sudo: only when, never why
        for leave in (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "in", resources.ids),
                    ("time_type", "=", "leave"),
                    ("date_from", "<=", datetime.combine(last + timedelta(days=1), time())),
                    ("date_to", ">=", datetime.combine(first - timedelta(days=1), time())),
                ]
            )
        ):
            span = leave.date_from.replace(tzinfo=timezone.utc), leave.date_to.replace(tzinfo=timezone.utc)
            result[leave.resource_id.user_id.id].append(span)
        return result

    @api.model
    def _absent_users(self, users):
        """:return: those of ``users`` who are on leave today, in their own time zone: an hour at the dentist's is no absence"""
        resources = self.env["resource.resource"].sudo().search([("user_id", "in", users.ids)])  # sudo: only whether, never why
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        leaves = self._leaves(resources, now.date(), now.date())
        absent = set()
        for resource in resources.filtered(lambda one: leaves[one.user_id.id]):
            zone = zones.zone(resource.tz)
            begin, until = workdays.core_hours_of(now.astimezone(zone).date(), zone)
            if not workdays.worked([(begin, until)], leaves[resource.user_id.id]).days:
                absent.add(resource.user_id.id)
        return users.browse(user.id for user in users if user.id in absent)

    @shared
    @api.model
    def _leave_told(self, users, days):
        """:return: {user's id: the first and last day of the leave that is under way, or begins within so many days, as text}"""
        now = fields.Datetime.now()
        # sudo: only when, never why
        leaves = self.env["resource.calendar.leaves"].sudo()
        leaves = leaves.search(
            [
                *(("resource_id.user_id", "in", users.ids), ("time_type", "=", "leave")),
                *(("date_from", "<=", now + timedelta(days=days)), ("date_to", ">=", now)),
            ],
            order="date_from desc",
        )
        told = {}
        for leave in leaves:  # the next one last, and told
            zone = zones.zone(leave.resource_id.tz)
            span = [moment.replace(tzinfo=timezone.utc).astimezone(zone).date() for moment in (leave.date_from, leave.date_to)]
            told[leave.resource_id.user_id.id] = " – ".join(format_date(self.env, day, date_format="d MMM") for day in dict.fromkeys(span))
        return told

    @api.model
    def _substitute(self, rep, company_id):
        """:return: the user who makes the touches of ``rep``'s leave, empty for nobody"""
        user = rep._touch_substitute()
        return user if company_id in user.company_ids.ids else user.browse()
