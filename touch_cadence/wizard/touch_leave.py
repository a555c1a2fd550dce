from datetime import datetime, time, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..method.plan import zones
from ..models.background.touch_bulk_mixin import DAY
from ..models.base.arguments import single, takes
from ..models.base.names import MANAGER
from ..models.base.notification import notification
from ..models.base.system import as_system
from ..models.team.res_users import salespeople


class TouchLeave(models.TransientModel):
    """A colleague is away: touches of these days move, or a substitute makes them; meetings with experts find another time. Without an app for
    time off, Odoo has no screen for it, and with one the leave that was entered there counts as well."""

    _name = "touch.leave"
    _description = "Leave of a Colleague"

    user_id = fields.Many2one("res.users", string="Who Is Away", required=True)
    date_from = fields.Date(string="First Day", required=True, default=fields.Date.context_today)
    date_to = fields.Date(string="Last Day", required=True, default=fields.Date.context_today)
    substitute_id = fields.Many2one(
        "res.users",
        compute="_compute_substitute_id",
        readonly=False,
        store=True,
        domain=salespeople,
        help="Makes the touches of these days. Empty: they move to the days after the leave.",
    )
    meetings = fields.Text(string="Meetings with Experts", compute="_compute_meetings", help="Booked for these days.")
    known = fields.Text(string="Entered Already", compute="_compute_known")
    overlaps = fields.Boolean(compute="_compute_known")

    _days = models.Constraint(
        "CHECK(date_from BETWEEN '1900-01-01' AND '2100-12-31' AND date_to BETWEEN date_from AND '2100-12-31')",
        "The last day of leave is not before the first, and both lie between 1900 and 2100.",
    )

    @api.depends("user_id")
    def _compute_substitute_id(self):
        for wizard in self:
            # sudo: a colleague's substitute, of one whom the sales manager leads
            wizard.substitute_id = wizard.user_id.sudo().touch_substitute_id if wizard._is_allowed() else False

    @api.depends("user_id", "date_from", "date_to")
    @api.depends_context("lang", "tz")
    def _compute_meetings(self):
        for wizard in self:  # a dialog has one
            # sudo: deals and hours of a colleague whom the sales manager leads
            wizard.meetings = "\n".join(booking.display_name for booking in wizard._bookings().sudo()) or False

    def _bookings(self):
        """:return: the bookings of these days at which the colleague is the expert or the salesperson, with all rights; none of whom the user may not
        manage"""
        bookings = as_system(self.env)["touch.expert.booking"].with_context(lang=self.env.lang, tz=self.env.user.tz)
        if not self._is_allowed() or not self.date_from or not self.date_to or self.date_to < self.date_from:
            return bookings
        begin, end = self._span()
        whose = Domain("expert_user_id", "=", self.user_id.id) | Domain("user_id", "=", self.user_id.id)
        companies = Domain("company_id", "in", self.env.companies.ids)
        return bookings._search_if_used(
            Domain("state", "=", "booked") & Domain("start", "<=", end) & Domain("stop", ">=", begin) & whose & companies
        )

    @api.depends("user_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_known(self):
        for wizard in self:  # a dialog has one
            leaves = wizard._leaves(Domain("date_to", ">=", fields.Datetime.now()))
            zone = wizard._zone()
            days = [
                [moment.replace(tzinfo=timezone.utc).astimezone(zone).date() for moment in (one.date_from, one.date_to)] for one in leaves
            ]
            told = [" – ".join(format_date(self.env, day, date_format=DAY) for day in dict.fromkeys(span)) for span in days]
            wizard.known = "\n".join(told)
            wizard.overlaps = any(
                first <= (wizard.date_to or first) and last >= (wizard.date_from or last) for first, last in days if wizard.date_from
            )

    def _is_allowed(self):
        """:return: whether the user manages sales, and the salesperson sells in one of the companies that he has switched to"""
        # sudo: of which companies a colleague is
        user = self.user_id.sudo()
        return bool(self.env.user.has_group(MANAGER) and user and not user.share and user.active and user.company_ids & self.env.companies)

    def _check(self):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only sales managers may enter the leave of salespeople."))
        if not self._is_allowed():
            raise UserError(self.env._("Choose a colleague who sells in this company."))
        away = self.substitute_id
        if away and (away == self.user_id or not away._touch_may_sell()):
            raise UserError(self.env._("%(user)s cannot be the substitute: choose another colleague.", user=away.name))

    def _zone_names(self):
        """:return: names of the zones in which the salesperson may work, the surest first: a day of leave is a day there"""
        user = self.user_id.sudo()  # sudo: in which zone a colleague lives
        return [*user.resource_ids.mapped("tz"), user.tz, self.env.company.resource_calendar_id.tz]

    def _zone(self):
        return zones.zone(*self._zone_names())

    def _leaves(self, domain):
        """:return: the salesperson's own leave, with all rights; none of whom the user may not manage"""
        system = as_system(self.env)["resource.calendar.leaves"]
        if not self._is_allowed():
            return system
        own = Domain("resource_id.user_id", "=", self.user_id.id) & Domain("time_type", "=", "leave")
        return system.search(own & domain, order="date_from")

    def _span(self):
        """:return: the first and the last moment of the leave, in UTC as Odoo stores them"""
        zone, ends = self._zone(), ((self.date_from, time.min), (self.date_to, time(23, 59, 59)))
        return [datetime.combine(day, at, tzinfo=zone).astimezone(timezone.utc).replace(tzinfo=None) for day, at in ends]

    @takes(self=single())
    def action_enter(self):
        """Enter the leave, and name who makes the touches meanwhile. The planner looks at the touches of these days at once."""
        self._check()
        begin, end = self._span()
        # rights of the system: Odoo lets people enter their own leave only, and has no resource for who is in no app for employees
        system = as_system(self.env)
        user = self.user_id.with_env(system)
        if self.substitute_id != user.touch_substitute_id.with_env(self.env):
            user.touch_substitute_id = self.substitute_id.id
        resource = system["resource.resource"].search([("user_id", "=", user.id)], limit=1, order="id")
        if not resource:
            company = self.env.company if self.env.company in user.company_ids.with_env(self.env) else user.company_id
            values = {"name": user.name, "user_id": user.id, "company_id": company.id, "calendar_id": company.resource_calendar_id.id}
            resource = system["resource.resource"].create({**values, "tz": next(filter(None, self._zone_names()), "UTC")})
        days = Domain("date_deadline", ">=", self.date_from) & Domain("date_deadline", "<=", self.date_to)
        planned = system["touch.touch"].search_count(days & Domain("user_id", "=", user.id) & Domain("state", "=", "planned"))
        bookings = self._bookings()
        places = {booking: (booking.expert_id, booking.start) for booking in bookings}
        system["resource.calendar.leaves"].create(
            {
                "name": self.env._("Away"),
                "resource_id": resource.id,
                "calendar_id": resource.calendar_id.id,
                "company_id": resource.company_id.id,
                "date_from": begin,
                "date_to": end,
            }
        )
        told = self._days_told()
        if self.date_from == self.date_to:
            said = self.env._("%(user)s is away on %(first)s.", **told)
        else:
            said = self.env._("%(user)s is away from %(first)s to %(last)s.", **told)
        moved = bookings.filtered(lambda one: one.state == "booked" and (one.expert_id, one.start) != places[one])
        waiting = bookings.filtered(lambda one: one.state == "waiting")
        return notification(True, " ".join([said, *self._follows(planned), *self._follow_meetings(len(moved), len(waiting))]))

    def _follow_meetings(self, moved, waiting):
        """:return: [sentence] on what becomes of meetings with experts"""
        told = [moved and self.env._("Meetings with experts that moved: %(count)s.", count=moved)]
        told += [waiting and self.env._("Meetings with experts that wait for a new time: %(count)s.", count=waiting)]
        return [one for one in told if one]

    def _follows(self, planned):
        """:param planned: touches that were planned for these days
        :return: [sentence] on what becomes of them; none where there are none"""
        if not planned:
            return []
        if self.substitute_id:
            return [self.env._("Touches that go to %(substitute)s: %(count)s.", substitute=self.substitute_id.name, count=planned)]
        return [self.env._("Touches that move to later days: %(count)s.", count=planned)]

    @takes(self=single())
    def action_take_back(self):
        """Delete the salesperson's leave that lies in these days, but for what an app for time off keeps."""
        self._check()
        begin, end = self._span()
        found = self._leaves(Domain("date_from", "<=", end) & Domain("date_to", ">=", begin))
        if "holiday_id" in found._fields:
            found = found.filtered(lambda one: not one.holiday_id)
        if not found:
            raise UserError(self.env._("No leave that was entered here lies in these days."))
        found.unlink()
        return notification(True, self.env._("The leave of %(user)s was taken back.", user=self.user_id.name))

    def _days_told(self):
        first, last = (format_date(self.env, day, date_format=DAY) for day in (self.date_from, self.date_to))
        return {"user": self.user_id.name, "first": first, "last": last}


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    @takes(self=single())
    def action_touch_leave(self):
        """Open the dialog for the leave of this salesperson."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_leave_action")
        return {**action, "context": {"default_user_id": self.user_id.id}}
