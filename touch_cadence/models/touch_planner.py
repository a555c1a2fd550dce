from collections import defaultdict
from datetime import datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg2
import pytz
from odoo import api, fields, models, tools
from odoo.tools import SQL, clean_context, groupby

from ..method import calendar, channels, history
from ..method import facts as method_facts
from ..method.decide import Keep, Stop, Touch, Wait, decide

# days ahead in which working days are looked for, beyond the longest delay of the steps
DAYS_AHEAD = 120


class Subject(NamedTuple):
    """Whom to decide about: an enrolment, or (``enrollment`` 0) a client who might be enrolled."""

    enrollment: int
    client: int
    company_id: int
    cadence_id: int
    partner_id: int
    lead_id: int
    state: str
    started: object
    not_before: object


class TouchPlanner(models.AbstractModel):
    """Reads the facts about a batch of clients in a fixed number of queries, has the method decide, and applies the decisions.

    Nothing is decided here: a rule belongs into ``method``, a fact into :meth:`_read_facts`.
    """

    _name = "touch.planner"
    _description = "Touch Planner"

    @api.model
    @tools.ormcache()
    def _in_use(self):
        """Whether there is anything to look after. What hooks into Odoo's own writes asks this first, so that a database in which nobody
        was ever enrolled or touched pays no query for them; one in which somebody was pays one a write."""
        models_ = (self.env[name].sudo() for name in ("touch.enrollment", "touch.touch"))  # sudo: of any rep and company
        return any(model.search([], limit=1) for model in models_)

    @api.model
    def _for_everyone(self):
        """The planner as it works for everyone: with all rights, and deaf to what the caller's view put into the context.

        sudo: deciding reads calendars, blacklists and all the client's touches, and plans for other users.
        """
        kept = {name: value for name, value in clean_context(self.env.context).items() if name != "touch_review"}
        return self.with_env(self.env(su=True, context={**kept, "active_test": True}))

    @api.model
    def _decide(self, enrollments):
        """:return: list of (enrolment, facts, decision) in the given order; nothing is written"""
        known = self._read_facts(self._subjects(enrollments))
        return [(enrollment, fact, decide(fact)) for enrollment, fact in zip(enrollments, known)]

    # --------------------------------------------------------------
    # Whom to decide about
    # --------------------------------------------------------------

    @api.model
    def _subjects(self, enrollments):
        enrollments.fetch(["client_key", "company_id", "cadence_id", "partner_id", "lead_id", "state", "date_start", "not_before"])
        return [
            Subject(
                one.id, one.client_key, one.company_id.id, one.cadence_id.id, one.partner_id.id, one.lead_id.id,
                one.state, one.date_start, one.not_before or None,
            )
            for one in enrollments
        ]  # fmt: skip

    @api.model
    def _subjects_of_clients(self, clients, cadence):
        """:return: subjects for partners or leads who might be enrolled in ``cadence``, in order"""
        is_lead = clients._name == "crm.lead"
        owners = [
            (
                (client.company_id or cadence.company_id or self.env.company).id,
                client.partner_id.id if is_lead else client.id,
                client.id if is_lead else False,
            )
            for client in clients
        ]
        today = fields.Date.context_today(self)
        return [
            Subject(0, key, company, cadence.id, partner, lead, "running", today, None)
            for (company, partner, lead), (key, _commercial) in zip(owners, self._clients(owners))
        ]

    @api.model
    def _clients(self, owners):
        """Whose leads and contacts are.

        :param owners: list of (company id, partner id, lead id)
        :return: list of (client key, commercial partner's id or False). The key is one number: the commercial partner's id, or minus
            the lead's while it has no contact (or where the company works each deal on its own).
        """
        per_deal = {company.id for company in self.env["res.company"].sudo().search([("touch_per_deal", "=", True)])}  # sudo: a setting
        partners = self.env["res.partner"].sudo().browse({partner for _company, partner, _lead in owners if partner})  # sudo: ids only
        commercial = {partner.id: partner.commercial_partner_id.id for partner in partners}
        return [
            (-lead if lead and (not partner or company in per_deal) else commercial[partner], commercial.get(partner, False))
            for company, partner, lead in owners
        ]

    @api.model
    def _enrollments_holding(self, keys, states=method_facts.ACTIVE_STATES):
        """:param keys: (company id, client key) pairs
        :return: {(company id, client key): enrolment} of those pairs that have one in ``states``"""
        found = self.env["touch.enrollment"].search(
            [
                ("company_id", "in", list({company for company, _key in keys})),
                ("client_key", "in", list({key for _company, key in keys})),
                ("state", "in", states),
            ]
        )
        return {(one.company_id.id, one.client_key): one for one in found}

    # --------------------------------------------------------------
    # Facts
    # --------------------------------------------------------------

    @api.model
    def _read_facts(self, subjects):
        """Read all that the method may know about the subjects, each table once.

        :return: list of ``method.facts.Facts``, in order
        """
        if not subjects:
            return []
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        env = self.env
        partners = env["res.partner"].with_context(active_test=False).browse({one.partner_id for one in subjects if one.partner_id})
        leads = env["crm.lead"].with_context(active_test=False).browse({one.lead_id for one in subjects if one.lead_id})
        contact_fields = [
            "email_normalized",
            "phone_sanitized",
            "phone",
            "street",
            "city",
            "website",
            "temperature",
            "potential",
            "active",
            "user_id",
        ]
        leads.fetch([*contact_fields, "won_status", "team_id", "company_id"])
        (partners | partners.commercial_partner_id).fetch([*contact_fields, "commercial_partner_id", "tz", "is_vip", "touch_opt_out"])

        cadences = env["touch.cadence"].browse({one.cadence_id for one in subjects})
        companies = env["res.company"].browse({one.company_id for one in subjects})
        known_cadences = {cadence.id: cadence._method_cadence() for cadence in cadences}
        calendars = {
            (cadence.id, company.id): cadence.resource_calendar_id or company.resource_calendar_id
            for cadence in cadences
            for company in companies
        }
        responsible = env["touch.enrollment"].browse(one.enrollment for one in subjects if one.enrollment)._get_responsible()
        histories, open_touches = self._read_history(subjects, calendars)
        workdays, rep_days = self._read_workdays(subjects, calendars, known_cadences, responsible, histories, now)
        reasons = self._read_reasons(subjects, companies)
        open_channels = self._read_open_channels(leads, partners)
        channel_order = tuple(env["mail.activity.type"]._touch_types_by_channel())
        superseded = self._read_superseded(subjects)

        result = []
        for one, past in zip(subjects, histories):
            lead, partner = leads.browse(one.lead_id or ()), partners.browse(one.partner_id or ())
            client, company = partner.commercial_partner_id, companies.browse(one.company_id)
            working = calendars[one.cadence_id, one.company_id]
            zone = ZoneInfo(working.tz or "UTC")
            rep = responsible.get(one.enrollment)
            result.append(
                method_facts.Facts(
                    client=one.client,
                    state=one.state,
                    cadence=known_cadences[one.cadence_id],
                    now=now,
                    today=now.astimezone(zone).date(),
                    started=one.started,
                    workdays=workdays[working.id],
                    rep_days=rep_days[working.id, one.company_id, rep.id] if rep else None,
                    rep=rep.id if rep else None,
                    zone=zone,
                    client_zone=ZoneInfo(partner.tz) if partner.tz else zone,
                    hours=(company.touch_hour_from, company.touch_hour_to),
                    horizon=company.touch_horizon,
                    not_before=one.not_before,
                    temperature=(lead or partner).temperature or method_facts.COLD,
                    potential=lead.potential or partner.potential or client.potential or None,
                    vip=partner.is_vip or client.is_vip,
                    archived=bool(lead and not lead.active) or bool(partner and not (partner.active and client.active)),
                    opted_out=partner.touch_opt_out or client.touch_opt_out,
                    won=lead.won_status == "won",
                    lost=lead.won_status == "lost",
                    moved=bool(one.enrollment and lead.company_id and lead.company_id.id != one.company_id),
                    superseded=one.enrollment in superseded,
                    open_channels=open_channels[one.lead_id, one.partner_id],
                    channel_order=channel_order,
                    history=past,
                    open_touch=open_touches.get(one.enrollment),
                    reasons=reasons[one.company_id],
                )
            )
        return result

    def _read_history(self, subjects, calendars):
        """A client's history is that of the whole company, also where each deal is worked on its own: reasons, rhythm and channels look at
        all of it, numbers and steps at the run.

        :return: list of histories in the order of the subjects, {enrolment id: its open touch}
        """
        partners = self.env["res.partner"]
        # one number for the client's whole history; where deals are worked each on its own, it is not the key
        whole = [partners.browse(one.partner_id).commercial_partner_id.id if one.partner_id else one.client for one in subjects]
        deals = [client for client, one in zip(whole, subjects) if client != one.client]
        self.env["touch.touch"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id, client_key, commercial_partner_id, enrollment_id, state, date_done, purpose, channel, reason_id,
                          step_id IS NOT NULL, reached
                     FROM touch_touch
                    WHERE (client_key = ANY(%s) %s) AND withdrawn IS NOT TRUE
                    ORDER BY date_done, id""",
                [one.client for one in subjects],
                SQL("OR commercial_partner_id = ANY(%s)", deals) if deals else SQL(),
            )
        )
        past, open_touches = defaultdict(list), {}
        for company, client, partner, enrollment, state, done, purpose, channel, reason, from_step, reached in rows:
            if state == "planned":
                open_touches[enrollment] = method_facts.OpenTouch(purpose, channel)
            else:
                touch = (enrollment, done, purpose, channel, reason, from_step, bool(reached), state == "skipped")
                past[company, partner or client].append(touch)
        zones = {key: ZoneInfo(working.tz or "UTC") for key, working in calendars.items()}
        histories = []
        for one, client in zip(subjects, whole):
            zone = zones[one.cadence_id, one.company_id]
            histories.append(
                history.read(
                    history.PastTouch(
                        done.replace(tzinfo=timezone.utc).astimezone(zone).date(), purpose, channel, reason,
                        enrollment == one.enrollment, from_step, reached, skipped,
                    )
                    for enrollment, done, purpose, channel, reason, from_step, reached, skipped in past.get((one.company_id, client), ())
                )
            )  # fmt: skip
        return histories, open_touches

    def _read_workdays(self, subjects, calendars, cadences, responsible, histories, now):
        """Working days of each calendar, and of each responsible on it: own working hours and leave where the user has a resource.

        The stretch begins where the oldest wait in the batch that can still matter began, and ends well behind the longest delay.

        :return: {calendar id: Workdays}, {(calendar id, user id): Workdays}
        """
        env = self.env
        delay = max((step.delay for cadence in cadences.values() for step in cadence.steps), default=0)
        reach = timedelta(days=delay * 7 // 5 + 30)
        today = now.date()
        anchors = [past.last_day or one.started for one, past in zip(subjects, histories)]
        first = max(min(*anchors, today), today - reach)
        last = today + reach + timedelta(days=DAYS_AHEAD)

        workdays, rep_days = {}, {}
        users = env["res.users"].union(*responsible.values())
        every = env["resource.resource"].search([("user_id", "in", users.ids)]) if users else env["resource.resource"]
        for working, company_id in {(working, company_id) for (_cadence, company_id), working in calendars.items()}:
            workdays[working.id] = shared = self._days(working, working.tz, first, last)[False]
            resources = every.filtered_domain([("company_id", "in", (False, company_id))])
            own = {}
            for calendar_used, its in groupby(resources, lambda resource, working=working: resource.calendar_id or working):
                its = resources.union(*its)
                days = self._days(calendar_used, working.tz, today, last, its)
                own |= {resource.user_id.id: days[resource.id] & shared for resource in its}
            rep_days |= {(working.id, company_id, user.id): own.get(user.id, shared) for user in users}
        return workdays, rep_days

    @api.model
    def _days(self, working, tz, first, last, resources=None):
        """Working days from Odoo's own intervals: attendance less leave and public holidays.

        Who works flexible hours (or a company without a calendar) has no attendance to go by: Monday to Friday less the leave that
        covers the day's core, 10 to 16 o'clock.

        :return: {resource id, or False: Workdays}
        """
        zone = pytz.timezone(tz or "UTC")  # Odoo's intervals ask for pytz
        start, end = (zone.localize(datetime.combine(day, time())) for day in (first, last))
        resources = resources or self.env["resource.resource"]
        fixed = resources.filtered("calendar_id") if working and not working.flexible_hours else resources.browse()
        result = {}
        if working and not working.flexible_hours:
            intervals = working._work_intervals_batch(start, end, fixed, tz=zone)
            result = {resource: calendar.Workdays({begin.date() for begin, _end, _meta in found}) for resource, found in intervals.items()}
        flexible = [resource for resource in (False, *resources.ids) if resource not in result]
        if flexible:
            leaves = working._leave_intervals_batch(start, end, resources, tz=zone)
            weekdays = [day for day in (first + timedelta(days=n) for n in range((last - first).days)) if day.weekday() < 5]
            for resource in flexible:
                off = {
                    day
                    for begin, until, _meta in leaves[resource]
                    for day in (begin.date() + timedelta(days=n) for n in range((until.date() - begin.date()).days + 1))
                    if begin <= zone.localize(datetime.combine(day, time(10))) and until >= zone.localize(datetime.combine(day, time(16)))
                }
                result[resource] = calendar.Workdays(day for day in weekdays if day not in off)
        return result

    def _read_reasons(self, subjects, companies):
        """:return: {company id: tuple of reasons as the method knows them}"""
        today = fields.Date.today() - timedelta(days=1)  # one day of slack for time zones; the method looks at the very day
        result = {}
        for company in companies:
            clients = defaultdict(set)
            for one in subjects:
                if one.company_id == company.id and one.partner_id:
                    clients[self.env["res.partner"].browse(one.partner_id)].add(one.client)
            valid = self.env["touch.reason"].search(
                [("company_id", "in", (False, company.id)), "|", ("valid_to", "=", False), ("valid_to", ">=", today)]
            )
            result[company.id] = valid._method_reasons(clients)
        return result

    def _read_open_channels(self, leads, partners):
        """:return: a dictionary that answers (lead id, partner id) with the channels open to them: something is known to reach them
        by, and it stands on no blacklist (invariant 2)"""
        emails = {one.email_normalized for records in (leads, partners) for one in records} - {False}
        phones = {one.phone_sanitized for records in (leads, partners) for one in records} - {False}
        # in SQL: a search parses each number anew, and these are normalised already
        self.env["mail.blacklist"].flush_model(["email", "active"])
        self.env["phone.blacklist"].flush_model(["number", "active"])
        closed = {
            value
            for (value,) in self.env.execute_query(
                SQL(
                    "SELECT email FROM mail_blacklist WHERE active AND email = ANY(%s)"
                    " UNION ALL SELECT number FROM phone_blacklist WHERE active AND number = ANY(%s)",
                    list(emails),
                    list(phones),
                )
            )
        }
        planned_by = self.env["mail.activity.type"]._touch_types_by_channel()

        class OpenChannels(dict):
            def __missing__(self, key):
                lead, partner = leads.browse(key[0] or ()), partners.browse(key[1] or ())
                have = set()
                email = lead.email_normalized or partner.email_normalized
                phone = lead.phone_sanitized or lead.phone or partner.phone_sanitized or partner.phone
                if email and email not in closed:
                    have.add("email")
                if phone and phone not in closed:
                    have.add("phone")
                if (lead.street and lead.city) or (partner.street and partner.city):
                    have.add("address")
                if lead.website or partner.website:
                    have.add("website")
                self[key] = channels.reachable(have, planned_by)
                return self[key]

        return OpenChannels()

    def _read_superseded(self, subjects):
        """:return: ids of resting enrolments whose client another enrolment works by now"""
        resting = {(one.company_id, one.client): one.enrollment for one in subjects if one.state == "resting"}
        held = self._enrollments_holding(list(resting)) if resting else {}
        return {resting[key] for key in held if key in resting}

    @api.model
    def _absent_users(self, users):
        """:return: those of ``users`` who are on leave at this moment"""
        now = fields.Datetime.now()
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(  # sudo: only whether, never why
                [
                    ("resource_id.user_id", "in", users.ids),
                    ("resource_id.active", "=", True),
                    ("date_from", "<=", now),
                    ("date_to", ">=", now),
                    ("time_type", "=", "leave"),
                ]
            )
        )
        return leaves.resource_id.user_id & users

    # --------------------------------------------------------------
    # Applying
    # --------------------------------------------------------------

    @api.model
    def _apply(self, decided):
        """Carry decisions out, in batch: decisions in, touches out.

        :param decided: list of (enrolment, facts, decision)
        :return: the touches that were planned or changed
        """
        enrollments = self.env["touch.enrollment"]
        store = self.env["touch.words"]._store
        by_kind = defaultdict(list)
        for entry in decided:
            by_kind[type(entry[2])].append(entry)

        for (state, reason, _key), entries in groupby(by_kind[Stop], lambda entry: (entry[2].state, entry[2].reason, repr(entry[2].why))):
            enrollments.union(*(entry[0] for entry in entries))._stop(state, reason, why=entries[0][2].why)

        waiting = enrollments.union(*(enrollment for enrollment, fact, _decision in by_kind[Wait] if fact.open_touch))
        waiting._open_touches()._withdraw()
        now = fields.Datetime.now()
        for _key, entries in groupby(by_kind[Wait], lambda entry: (entry[2].until, repr(entry[2].why), entry[0].company_id)):
            _enrollment, fact, decision = entries[0]
            next_date = False
            if decision.until:
                midnight = datetime.combine(decision.until, time(), fact.zone).astimezone(timezone.utc).replace(tzinfo=None)
                next_date = max(midnight, now + timedelta(hours=1))
            enrollments.union(*(entry[0] for entry in entries)).write({"next_date": next_date, "why_data": store(decision.why)})

        kept = enrollments.union(*(entry[0] for entry in by_kind[Keep]))
        kept.filtered("next_date").write({"next_date": False})
        for rep, entries in groupby(by_kind[Keep], lambda entry: entry[1].rep):
            enrollments.union(*(entry[0] for entry in entries))._hand_to(rep)
        return self._apply_touches(by_kind[Touch])

    def _apply_touches(self, entries):
        if not entries:
            return self.env["touch.touch"]
        enrollments = self.env["touch.enrollment"]
        planned = enrollments.union(*(entry[0] for entry in entries))
        planned.write({"state": "running", "next_date": False, "why_data": False})
        for rep, its in groupby(entries, lambda entry: entry[1].rep):
            enrollments.union(*(entry[0] for entry in its))._hand_to(rep)
        replaced = (
            {touch.enrollment_id: touch for touch in planned.filtered("touch_ids")._open_touches()}
            if any(entry[1].open_touch for entry in entries)
            else {}
        )
        store = self.env["touch.words"]._store
        vals_list = []
        # sorted by rep, so that what is done once a rep is done once a batch
        for enrollment, fact, decision in sorted(entries, key=lambda entry: (entry[1].rep, entry[0].id)):
            vals = {
                "number": decision.number,
                "purpose": decision.purpose,
                "channel": decision.channel,
                "reason_id": decision.reason,
                "step_id": decision.step,
                "user_id": fact.rep,
                "date_deadline": decision.day,
                "date_planned": decision.when.replace(tzinfo=None),
                "why_data": store(decision.why),
                "temperature": fact.temperature,
            }
            if enrollment in replaced:
                replaced[enrollment]._replace(vals)
                continue
            vals_list.append(
                {
                    **vals,
                    "enrollment_id": enrollment.id,
                    "cadence_id": enrollment.cadence_id.id,
                    "company_id": enrollment.company_id.id,
                    "client_key": enrollment.client_key,
                    "partner_id": enrollment.partner_id.id,
                    "commercial_partner_id": enrollment.commercial_partner_id.id,
                    "lead_id": enrollment.lead_id.id,
                    "state": "planned",
                }
            )
        touches = self.env["touch.touch"]
        for vals, activity in zip(vals_list, touches._create_activities(vals_list)):
            vals["activity_id"] = activity.id
        return touches.create(vals_list).union(*replaced.values())

    # --------------------------------------------------------------
    # Faults
    # --------------------------------------------------------------

    @api.model
    def _in_savepoints(self, records, work):
        """Do ``work`` on the records in one savepoint; when it fails, halve them until the culprit stands alone and is blocked.

        :raise psycopg2.OperationalError: for a lost race, after which the transaction is void as a whole
        """
        if not records:
            return
        try:
            with self.env.cr.savepoint():
                getattr(records, work)()
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            self.env.invalidate_all()
            if len(records) == 1:
                records._block(error)
                return
            middle = len(records) // 2
            self._in_savepoints(records[:middle], work)
            self._in_savepoints(records[middle:], work)
