import math
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...method.client import places
from ...method.plan import facts as method_facts
from ...method.plan import next_touch, occasions
from ...method.plan.decide import decide
from ...method.plan.decision import Stop
from ..base.rooms import shared
from ..base.rows import named_rows
from ..cadence.touch_reason import CAMPAIGNS
from . import touch_cadence_enroll

# a yearly reason enrols a client again after so many days
YEARLY_AGAIN = 180


class TouchReason(models.Model):
    """Campaigns and occasions for clients who are in no cadence (R26 to R30): the night enrols them in the campaign cadence, as many as the
    salespeople can take, where the manager says so."""

    _inherit = "touch.reason"

    beyond_cadences = fields.Boolean(
        string="Also Clients in No Cadence",
        help="Each night, clients who are in no cadence are enrolled in the campaign cadence for this reason alone: one touch, as many clients as "
        "their salespeople can take.",
    )
    beyond_cursor = fields.Integer(readonly=True, copy=False, help="The last client that was checked in the current round.")
    announced_date = fields.Date(readonly=True, copy=False, help="For this first day, the clients in cadences were reviewed.")

    @api.model
    def _kept_fields(self):
        return (*super()._kept_fields(), "beyond_cursor", "announced_date")

    @api.model_create_multi
    def create(self, vals_list):
        reasons = super().create(vals_list)
        reasons._wake_waiting()
        return reasons

    def write(self, vals):
        result = super().write(vals)
        if not {"item_ids", "valid_from", "valid_to", "active", "channel_ids", "purpose"}.isdisjoint(vals):
            self._wake_waiting()
        return result

    def _wake_waiting(self):
        """Who waits for an item of these reasons is decided anew: the news may come before the day on which one comes back (R57)."""
        if not self.item_ids:
            return
        # sudo: who waits, whoever works them; a manager of reasons need not see their touches
        waiting = self.env["touch.touch"].sudo().search([("waits", "=", True), ("item_id", "in", self.item_ids.ids)])
        held = self.env["touch.client"].sudo()._active_by_client([(one.company_id.id, one.client_key) for one in waiting])  # sudo: as above
        self.env["touch.mark"]._mark(self.env["touch.enrollment"].sudo().union(*held.values()))  # sudo: as above

    @shared
    @api.model
    def _reasons_beyond(self):
        """:return: the reasons for which somebody may be enrolled tonight, each in its company; one of no company in each of them, one after
        the other"""
        today = fields.Date.context_today(self)
        found = self.search(
            [
                ("beyond_cadences", "=", True),
                ("kind", "in", (*CAMPAIGNS, *method_facts.OCCASIONS)),
                ("problem_date", "=", False),
                "|",
                ("valid_from", "=", False),
                ("valid_from", "<=", today),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", today),
            ]
        )
        near = found.filtered(lambda reason: reason.kind != "holiday" or reason._is_near(today))
        every = self.env.company | self.env["res.company"].search([("active", "=", True)], order="id")
        return [reason.with_company(company) for reason in near for company in (reason.company_id or every)]

    def _is_near(self, today):
        """:return: whether a holiday that the reason wishes comes soon, in a country of any contact or company"""
        until = today + timedelta(days=next_touch.AHEAD_FOR_ONE)
        groups = self.env["res.partner"]._read_group([("country_id", "!=", False)], ["country_id"])
        countries = (
            self.env["res.country"].union(*(country for (country,) in groups))
            | self.env["res.company"].search([("active", "=", True)], order="id").country_id
        )
        known = (self._official_holidays(country.code, today.year) for country in countries)
        return any(today <= day <= until and occasions.is_named(name, self.holiday or "") for days in known for day, name in days.items())

    @shared
    def _enroll_next_beyond(self):
        """Enrol the next clients for whom the reason is, each once.

        :return: how many were looked at; 0 after the last, when the next night begins anew
        """
        cadence = self.env.ref("touch_cadence.touch_cadence_campaign", raise_if_not_found=False)
        company = self.env.company
        if not cadence or cadence._why_closed(company.id):
            return 0
        batch = self._search_beyond(company)
        self.beyond_cursor = batch[-1:].id or 0
        if batch:
            fitting = self._fitting(batch, cadence.with_company(company))
            cadence.with_company(company)._enroll(fitting, places.RULE, reason_id=self.id)
        return len(batch)

    def _search_beyond(self, company):
        """:return: a batch of clients in the order of their ids: contacts who bought, were worked or have a deal, are in no cadence, and were
        not enrolled for the reason before"""
        today = fields.Date.context_today(self)
        mine = Domain("reason_id", "=", self.id)
        if self.recurrence == "yearly":
            mine &= Domain("date_start", ">=", today - timedelta(days=YEARLY_AGAIN))
        in_cadence = Domain("state", "in", method_facts.UNDER_WAY)
        known = Domain.OR(
            Domain(name, "!=", False)
            for name in ("last_purchase_date", "commercial_partner_id.last_purchase_date", "enrollment_ids", "opportunity_ids")
        )
        # a contact of all companies is that of who works it
        here = Domain("user_id", "=", False) | Domain("user_id.company_ids", "in", company.id)
        domain = (
            Domain("id", ">", self.beyond_cursor)
            & (Domain("company_id", "=", company.id) | (Domain("company_id", "=", False) & here))
            & Domain("touch_opt_out", "!=", True)
            & Domain("touch_erased_date", "=", False)
            & Domain("potential", "!=", "low")
            & known
            & ~Domain("enrollment_ids", "any", in_cadence | mine)
        )
        if self.kind == "birthday":
            days = {today + timedelta(days=number) for number in range(-occasions.BELATED, next_touch.AHEAD_FOR_ONE)}
            domain &= Domain.OR(
                Domain("birthdate_date.month_number", "=", day.month) & Domain("birthdate_date.day_of_month", "=", day.day) for day in days
            )
        return self.env["res.partner"].search(domain, order="id", limit=touch_cadence_enroll.ENROLL_BATCH)

    def _fitting(self, clients, cadence):
        """:return: those for whom the reason is, by all of its conditions, and whom their salespeople can take"""
        subjects = [one._replace(reason_id=self.id) for one in self.env["touch.client"]._subjects_of_clients(clients, cadence)]
        fitting, taken = [], set()
        room = self._room_beyond(clients, cadence)
        for client, subject, known in zip(clients, subjects, self.env["touch.facts"]._read_facts(subjects)):
            user = client.user_id or client.commercial_partner_id.user_id or cadence.user_id
            if known.temperature == method_facts.HOT or subject.client in taken or room[user.id] <= 0:
                continue
            # nobody is responsible for who is not enrolled yet: the calendar says on which days somebody would be
            if not isinstance(decide(replace(known, rep_days=known.workdays)), Stop):
                fitting.append(client.id)
                taken.add(subject.client)
                room[user.id] -= 1
        return clients.browse(fitting)

    def _room_beyond(self, clients, cadence):
        """:return: {user id: how many more clients the user can take within the days that are planned ahead}; of nobody in particular under False"""
        users = clients.user_id | clients.commercial_partner_id.user_id | cadence.user_id
        company = self.env.company
        days = max(company.touch_horizon, 1)
        room = defaultdict(lambda: company.touch_per_day * days or math.inf)
        room.update({user.id: user._touches_per_day() * days or math.inf for user in users})
        # SQL: counts, for the night with all rights
        rows = named_rows(
            self.env,
            SQL(
                """SELECT touch.user_id AS id, count(*) AS taken FROM touch_touch touch
                     LEFT JOIN touch_enrollment enrollment ON enrollment.id = touch.enrollment_id
                    WHERE touch.state = 'planned' AND touch.user_id = ANY(%(users)s) AND enrollment.reason_id IS NULL GROUP BY 1
                    UNION ALL
                   SELECT COALESCE(partner.user_id, client.user_id, %(fallback)s), count(*) FROM touch_enrollment enrollment
                     JOIN res_partner partner ON partner.id = enrollment.partner_id
                     JOIN res_partner client ON client.id = enrollment.commercial_partner_id
                    WHERE enrollment.state = 'running' AND enrollment.reason_id IS NOT NULL GROUP BY 1""",
                users=users.ids,
                fallback=cadence.user_id.id or None,
            ),
        )
        for row in rows:
            room[row.id or False] -= row.taken
        return room
