import logging
from collections import defaultdict
from datetime import timedelta, timezone
from typing import NamedTuple

try:
    import holidays
except ImportError:  # optional: without it reasons for official holidays never fall due, and say so on their form
    holidays = None
from odoo import api, fields, models, tools
from odoo.tools import SQL, clean_context, groupby, split_every

from ..method.plan import capacity, channels, history, workdays, zones
from ..method.plan import facts as method_facts
from ..method.plan.decide import decide
from ..method.plan.decision import HandOver, Keep, Stop, Touch, Wait
from .inside import telling

_logger = logging.getLogger(__name__)

# days ahead in which working days are looked for, beyond the longest delay of the steps and the least gap between touches
DAYS_AHEAD = 120
# planned touches whose activity is over, settled in one transaction
SETTLE_BATCH = 200
# which method carries out which kind of decision, in this order: what ends or waits frees its place before another takes it
APPLIED_BY = {Stop: "_apply_stops", Wait: "_apply_waits", Keep: "_apply_keeps", Touch: "_apply_touches", HandOver: "_apply_hand_overs"}


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
    pauses: tuple = ()


class TouchPlanner(models.AbstractModel):
    """Reads the facts about a batch of clients in a fixed number of queries, lets the method decide, and applies the decisions.

    Nothing is decided here: a rule belongs into ``method``, a fact into :meth:`_read_facts`.
    """

    _name = "touch.planner"
    _description = "Touch Planner"

    @api.model
    def _in_use(self):
        """Whether there is anything to look after: somebody was enrolled or touched."""
        return self.env["touch.presence"]._has_rows("touch_enrollment", "touch_touch")

    @api.model
    def _for_everyone(self):
        """The planner as it works for everyone: with all rights, and deaf to what the caller's view put into the context.

        sudo: deciding reads calendars, blacklists and all the client's touches, and plans for other users.
        """
        return self.with_env(self.env(su=True, context={**clean_context(self.env.context), "active_test": True}))

    @api.model
    def _decide(self, enrollments):
        """:return: list of (enrolment, facts, decision) in the given order; nothing is written"""
        known = self._read_facts(self._subjects(enrollments))
        return list(zip(enrollments, known, self._level(known, [decide(fact) for fact in known])))

    @api.model
    def _level(self, known, decisions):
        """Fit new touches into what each rep can do in a day."""
        planned = [fact for fact, decision in zip(known, decisions) if isinstance(decision, Touch)]
        reps = {user for fact in planned for user in (fact.rep, fact.stand_in) if user}
        per_day = {rep.id: rep._touches_per_day() for rep in self.env["res.users"].browse(reps)}
        if not any(per_day.values()):
            return decisions
        since = min((workdays.midnight(fact.today, fact.zone), fact.today) for fact in known)
        return capacity.level(known, decisions, per_day.get, self._read_load(reps, *since))

    @api.model
    def _read_load(self, reps, since, today):
        """:param since: the moment at which ``today`` began, aware
        :return: {user id: {day: touches}}; overdue ones are today's work, and those made today were"""
        self.env["touch.touch"].flush_model()
        load = defaultdict(dict)
        # SQL: counts, for the planner with all rights; ids of users are its own
        for rep, day, count in self.env.execute_query(
            SQL(
                """SELECT user_id, GREATEST(date_deadline, %(today)s) AS day, count(*) FROM touch_touch
                    WHERE state = 'planned' AND user_id = ANY(%(reps)s) GROUP BY 1, 2
                    UNION ALL
                   SELECT user_id, %(today)s, count(*) FROM touch_touch
                    WHERE state = 'done' AND direction = 'out' AND user_id = ANY(%(reps)s) AND date_done >= %(since)s GROUP BY 1""",
                today=today,
                since=since.astimezone(timezone.utc).replace(tzinfo=None),
                reps=list(reps),
            )
        ):
            load[rep][day] = load[rep].get(day, 0) + count
        return load

    # --------------------------------------------------------------
    # Whom to decide about
    # --------------------------------------------------------------

    @api.model
    def _subjects(self, enrollments):
        enrollments.fetch(
            [
                "client_key", "company_id", "cadence_id", "partner_id", "lead_id", "state", "date_start", "not_before", "pauses",
                "blocked_count", "user_id",
            ]
        )  # fmt: skip
        return [
            Subject(
                one.id, one.client_key, one.company_id.id, one.cadence_id.id, one.partner_id.id, one.lead_id.id,
                one.state, one.date_start, one.not_before or None, one._pauses(),
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
                client._touch_contacts().id,
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

        :return: list of ``method.plan.facts.Facts``, in order
        """
        if not subjects:
            return []
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        env = self.env
        partners = env["res.partner"].with_context(active_test=False).browse({one.partner_id for one in subjects if one.partner_id})
        leads = env["crm.lead"].with_context(active_test=False).browse({one.lead_id for one in subjects if one.lead_id})
        contact_fields = [
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
        leads.fetch([*contact_fields, "email_from", "won_status", "team_id", "company_id", "country_id", "touch_tz"])
        (partners | partners.commercial_partner_id).fetch(
            [
                *contact_fields, "email", "country_id", "commercial_partner_id", "tz", "is_vip", "touch_opt_out", "birthdate_date",
                "employee_quantity", "lapses_on", "touch_tz",
            ]
        )  # fmt: skip

        cadences = env["touch.cadence"].browse({one.cadence_id for one in subjects})
        companies = env["res.company"].browse({one.company_id for one in subjects})
        known_cadences = {(cadence.id, company.id): cadence._method_cadence(company) for cadence in cadences for company in companies}
        calendars = {
            (cadence.id, company.id): cadence.resource_calendar_id or company.resource_calendar_id
            for cadence in cadences
            for company in companies
        }
        responsible = env["touch.enrollment"].browse(one.enrollment for one in subjects if one.enrollment)._get_responsible()
        zone_of = {key: zones.zone(working.tz) for key, working in calendars.items()}
        histories, open_touches = self._read_history(subjects, zone_of, responsible)
        nobody = env["res.users"]
        substitutes = {one.enrollment: self._substitute(responsible[one.enrollment], one.company_id) for one in subjects if one.enrollment}
        holders = nobody.browse({touch.user for touch in open_touches.values() if touch.user})
        people = nobody.union(*responsible.values(), *substitutes.values(), holders)
        calendar_days, own_days = self._read_workdays(subjects, calendars, known_cadences, people, histories, now)
        client_zones = self._client_zones([(leads.browse(one.lead_id or ()), partners.browse(one.partner_id or ())) for one in subjects])
        reasons = self._read_reasons(subjects, companies)
        open_channels = self._read_open_channels(subjects)
        channel_order = tuple(env["mail.activity.type"]._touch_types_by_channel())
        on = frozenset(channel_order)
        superseded = self._read_superseded(subjects)
        last_mails = self._read_last_mails(subjects, companies, zone_of, now)
        holidays = self._read_holidays(reasons, now)
        handing = [one for one in subjects if one.enrollment and known_cadences[one.cadence_id, one.company_id].hand_over_after]
        successors = self._read_successors(handing, responsible)
        experts = self._read_experts(leads, known_cadences.values())

        result = []
        for one, past, client_zone in zip(subjects, histories, client_zones):
            lead, partner = leads.browse(one.lead_id or ()), partners.browse(one.partner_id or ())
            client, company = partner.commercial_partner_id, companies.browse(one.company_id)
            working = calendars[one.cadence_id, one.company_id]
            zone = zone_of[one.cadence_id, one.company_id]
            rep = responsible.get(one.enrollment, nobody)
            substitute = substitutes.get(one.enrollment, nobody)
            own, others = (own_days.get((working.id, one.company_id, user.id)) for user in (rep, substitute))
            open_touch = open_touches.get(one.enrollment)
            holder = open_touch and own_days.get((working.id, one.company_id, open_touch.user))
            reachable = open_channels[one.lead_id, one.partner_id, one.company_id]
            today = now.astimezone(zone).date()
            result.append(
                method_facts.Facts(
                    client=one.client,
                    state=one.state,
                    cadence=known_cadences[one.cadence_id, one.company_id],
                    now=now,
                    today=today,
                    started=one.started,
                    workdays=calendar_days[working.id],
                    rep_days=own.days if own else None,
                    rep=rep.id or None,
                    stand_in=substitute.id or None,
                    stand_in_days=workdays.Workdays(own.leave.intersection(others.days.days), others.days.shares)
                    if own and own.leave and others
                    else None,
                    holder_days=holder.days if holder else None,
                    zone=zone,
                    client_zone=zones.zone(client_zone, working.tz),
                    hours=(company.touch_hour_from, company.touch_hour_to),
                    horizon=company.touch_horizon,
                    not_before=one.not_before,
                    pauses=one.pauses,
                    min_gap=company.touch_min_gap,
                    last_mail=last_mails.get(one),
                    temperature=method_facts.as_temperature((lead or partner).temperature),
                    potential=method_facts.as_potential(lead.potential or partner.potential or client.potential),
                    vip=partner.is_vip or client.is_vip,
                    paper=channels.wants_paper(
                        partner._touch_age(today), client.employee_quantity or None, company.touch_paper_age, company.touch_paper_size
                    ),
                    birthdate=partner.birthdate_date or None,
                    holidays=holidays[(partner.country_id or client.country_id or lead.country_id or company.country_id).code],
                    lapsed=bool(client.lapses_on and client.lapses_on <= today),
                    successors=successors.get(one.enrollment, frozenset()),
                    expert=experts[one.lead_id][0] if one.lead_id in experts else None,
                    expert_day=experts[one.lead_id][1].replace(tzinfo=timezone.utc).astimezone(zone).date()
                    if one.lead_id in experts
                    else None,
                    archived=bool(lead and not lead.active) or bool(partner and not (partner.active and client.active)),
                    opted_out=partner.touch_opt_out or client.touch_opt_out,
                    won=lead.won_status == "won",
                    lost=lead.won_status == "lost",
                    company_changed=bool(one.enrollment and lead.company_id and lead.company_id.id != one.company_id),
                    superseded=one.enrollment in superseded,
                    open_channels=reachable & on,
                    channels_off=bool(reachable) and not reachable & on,
                    channel_order=channel_order,
                    history=past,
                    open_touch=open_touch,
                    reasons=reasons[one.company_id],
                )
            )
        return result

    def _read_history(self, subjects, zone_of, responsible):
        """A client's history is that of the whole company, also where each deal is worked on its own: reasons, rhythm and channels look at
        all of it, numbers and steps at the run.

        :return: list of histories in the order of the subjects, {enrolment id: its open touch}
        """
        partners = self.env["res.partner"]
        # one number for the client's whole history; where deals are worked each on its own, it is not the key
        whole = [partners.browse(one.partner_id).commercial_partner_id.id if one.partner_id else one.client for one in subjects]
        deals = [client for client, one in zip(whole, subjects) if client != one.client]
        self.env["touch.touch"].flush_model()
        # SQL: the history of the clients that the planner decides for, whoever made it; keys and ids are its own
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id, client_key, commercial_partner_id, enrollment_id, state = 'planned', date_deadline, date_done,
                          purpose, channel, reason_id,
                          step_id IS NOT NULL, COALESCE(reached, FALSE), state = 'skipped', direction = 'in', COALESCE(answered, FALSE),
                          COALESCE(warmed, FALSE), user_id, step_id, expert_id, COALESCE(outdated, FALSE), date_planned,
                          state = 'planned' AND COALESCE(why_data @> '[["stand_in"]]', FALSE)
                     FROM touch_touch
                    WHERE (client_key = ANY(%s) %s) AND withdrawn IS NOT TRUE
                    ORDER BY date_done, id""",
                [one.client for one in subjects],
                SQL("OR commercial_partner_id = ANY(%s)", deals) if deals else SQL(),
            )
        )
        past, open_touches = defaultdict(list), {}
        # the columns from purpose on are those of method.plan.history.PastTouch, in its order
        for company, client, partner, enrollment, planned, day, done, *touch, expert, outdated, when, stands_in in rows:
            if planned:
                purpose, channel, reason, *_rest, user, _step = touch
                rep = responsible.get(enrollment)
                # where the responsible has changed, whatever is kept goes to the new one
                stays = rep and rep == self.env["touch.enrollment"].browse(enrollment).user_id
                open_touches[enrollment] = method_facts.OpenTouch(
                    purpose, channel, day, reason, expert, outdated,
                    when=when and when.replace(tzinfo=timezone.utc), user=user if stays else None, stands_in=stays and stands_in,
                )  # fmt: skip
            else:
                past[company, partner or client].append((enrollment, done, touch))
        histories = []
        for one, client in zip(subjects, whole):
            zone = zone_of[one.cadence_id, one.company_id]
            rep = responsible.get(one.enrollment)
            histories.append(
                history.read(
                    (
                        history.PastTouch(
                            done.replace(tzinfo=timezone.utc).astimezone(zone).date(), *touch[:3], enrollment == one.enrollment, *touch[3:]
                        )
                        for enrollment, done, touch in past.get((one.company_id, client), ())
                    ),
                    rep.id if rep else None,
                )
            )  # fmt: skip
        return histories, open_touches

    def _read_reasons(self, subjects, companies):
        """:return: {company id: tuple of reasons as the method knows them}"""
        today = fields.Date.today() - timedelta(days=1)  # one day of slack for time zones; the method looks at the very day
        result = {}
        for company in companies:
            clients = defaultdict(set)
            for one in subjects:
                if one.company_id == company.id:
                    clients[self.env["res.partner"].browse(one.partner_id or ())].add(one.client)
            valid = self.env["touch.reason"].search(
                [
                    ("company_id", "in", (False, company.id)),
                    ("problem_date", "=", False),
                    "|",
                    ("valid_to", "=", False),
                    ("valid_to", ">=", today),
                ]
            )
            result[company.id] = valid._method_reasons(clients, company)
        return result

    def _read_open_channels(self, subjects):
        """:return: {(lead id, partner id, company id): the channels open to them, be they switched on or off in the company}: something is
        known to reach them by, and it stands on no blacklist (invariant 2)"""
        known = self.env["touch.reach"]._read((one.lead_id, one.partner_id, one.company_id) for one in subjects)
        return {owner: channels.reachable(found.have, method_facts.CHANNELS) for owner, found in known.items()}

    def _read_last_mails(self, subjects, companies, zone_of, now):
        """Mails that Odoo sent by itself to the record or its contact, where the company keeps a minimum gap.

        :return: {subject: day}
        """
        gap = max(companies.mapped("touch_min_gap"), default=0)
        if not gap:
            return {}
        # SQL: days of messages to the clients that the planner decides for; ids are its own
        rows = self.env.execute_query(
            SQL(
                """SELECT model, res_id, max(date) FROM mail_message message
                    WHERE ((model = 'crm.lead' AND res_id = ANY(%s)) OR (model = 'res.partner' AND res_id = ANY(%s)))
                      AND message_type IN ('email_outgoing', 'auto_comment') AND date >= %s
                      AND NOT %s
                    GROUP BY model, res_id""",
                [one.lead_id for one in subjects if one.lead_id],
                [one.partner_id for one in subjects if one.partner_id],
                (now - timedelta(days=gap + 1)).replace(tzinfo=None),
                self.env["mail.message"]._touch_lost_sql("message"),
            )
        )
        last = {(model, res_id): sent.replace(tzinfo=timezone.utc) for model, res_id, sent in rows}
        if not last:
            return {}
        sent = {one: [last.get(("crm.lead", one.lead_id)), last.get(("res.partner", one.partner_id))] for one in subjects}
        return {
            one: max(filter(None, moments)).astimezone(zone_of[one.cadence_id, one.company_id]).date()
            for one, moments in sent.items()
            if any(moments)
        }

    def _read_holidays(self, reasons, now):
        """:return: a dictionary that answers a country's code with {day: name of the official holiday}, where a reason asks for them"""
        asked = any(reason.occasion == method_facts.HOLIDAY for known in reasons.values() for reason in known)
        read = self._official_holidays

        class Holidays(dict):
            def __missing__(self, code):
                self[code] = read(code, now.year) if asked and code else {}
                return self[code]

        return Holidays()

    @api.model
    def _knows_holidays(self):
        return holidays is not None

    @api.model
    @tools.ormcache("code", "year")
    def _official_holidays(self, code, year):
        """:param code: of the country, two letters
        :return: {day: name in English} from ``year`` to the next; empty for a country or a server that knows none"""
        if holidays is None or code not in holidays.list_supported_countries():
            return {}
        # names are English where the library has them so, else the country's own
        return dict(holidays.country_holidays(code, years=[year, year + 1], language="en_US"))

    def _read_successors(self, handing, responsible):
        """Who could take clients over: colleagues in the team who are there and did not work the client in this run.

        :param handing: subjects with an enrolment
        :return: {enrolment id: frozenset of user ids}
        """
        if not handing:
            return {}
        env = self.env
        leads = env["crm.lead"].browse(one.lead_id for one in handing if one.lead_id)
        team_of = {lead.id: lead.team_id for lead in leads}
        teams = {one.enrollment: team_of.get(one.lead_id) or responsible[one.enrollment].sale_team_id for one in handing}
        members = env["crm.team"].union(*teams.values()).member_ids.filtered("active")
        there = members - self._absent_users(members)
        worked = defaultdict(set)
        for enrollment, users in env["touch.touch"]._read_group(
            [("enrollment_id", "in", [one.enrollment for one in handing]), ("state", "=", "done"), ("direction", "=", "out")],
            ["enrollment_id"],
            ["user_id:array_agg_distinct"],
        ):
            worked[enrollment.id] = set(users)
        return {
            one.enrollment: frozenset(
                (teams[one.enrollment].member_ids & there).filtered(lambda user, one=one: one.company_id in user.company_ids.ids).ids
            )
            - worked[one.enrollment]
            - {responsible[one.enrollment].id}
            for one in handing
        }

    def _read_experts(self, leads, cadences):
        """:return: {lead id: (the user who helps, when they meet)}, where a step asks for an expert"""
        if not leads or not any(step.expert for cadence in cadences for step in cadence.steps):
            return {}
        bookings = self.env["touch.expert.booking"].search([("lead_id", "in", leads.ids), ("state", "in", ("booked", "done"))], order="id")
        return {booking.lead_id.id: (booking.expert_user_id.id, booking.start) for booking in bookings}

    def _read_superseded(self, subjects):
        """:return: ids of resting enrolments whose client another enrolment works by now"""
        resting = {(one.company_id, one.client): one.enrollment for one in subjects if one.state == "resting"}
        held = self._enrollments_holding(list(resting)) if resting else {}
        return {resting[key] for key in held if key in resting}

    # --------------------------------------------------------------
    # Applying
    # --------------------------------------------------------------

    @api.model
    def _apply(self, decided):
        """Carry decisions out, in batch: decisions in, touches out.

        :param decided: list of (enrolment, facts, decision)
        :return: the touches that were planned or changed
        """
        by_kind = defaultdict(list)
        for entry in decided:
            by_kind[type(entry[2])].append(entry)
        unknown = by_kind.keys() - APPLIED_BY.keys()
        if unknown:
            raise TypeError(f"Nothing is known of how to carry out {sorted(kind.__name__ for kind in unknown)}")
        touches = self.env["touch.touch"]
        for kind, apply in APPLIED_BY.items():
            planned = by_kind[kind] and getattr(self, apply)(by_kind[kind])
            if planned:
                touches |= planned
        return touches

    @api.model
    def _enrollments_in(self, entries):
        return self.env["touch.enrollment"].union(*(entry[0] for entry in entries))

    def _apply_stops(self, entries):
        for (state, reason, _why), its in groupby(entries, lambda entry: (entry[2].state, entry[2].reason, repr(entry[2].why))):
            self._enrollments_in(its)._stop(state, reason, why=its[0][2].why)

    def _apply_waits(self, entries):
        self._enrollments_in(entry for entry in entries if entry[1].open_touch)._open_touches()._withdraw()
        now = fields.Datetime.now()
        for _key, its in groupby(entries, lambda entry: (entry[2].until, repr(entry[2].why), entry[1].zone)):
            _enrollment, fact, decision = its[0]
            next_date = False
            if decision.until:
                next_date = max(workdays.midnight(decision.until, fact.zone).replace(tzinfo=None), now + timedelta(hours=1))
            why = self.env["touch.words"]._store(decision.why)
            self._enrollments_in(its).write({"next_date": next_date, "why_data": why})

    def _apply_keeps(self, entries):
        self._enrollments_in(entries).filtered("next_date").write({"next_date": False})
        for rep, its in groupby(entries, lambda entry: entry[1].rep):
            self._enrollments_in(its)._hand_to(rep)

    def _apply_hand_overs(self, entries):
        """Give clients to the reps who are best for them, and plan on with these."""
        enrollments = self._enrollments_in(entries)
        chosen = self.env["res.users"]._touch_assign([(entry[1].temperature, entry[2].successors) for entry in entries])
        why = [self.env["touch.words"]._say(entry[2].why) for entry in entries]
        enrollments._hand_clients(self.env["res.users"].browse(chosen), why)
        self.env["touch.mark"]._mark(enrollments)

    def _apply_touches(self, entries):
        """:return: the touches that were planned or changed"""
        planned = self._enrollments_in(entries)
        planned.write({"state": "running", "next_date": False, "why_data": False})
        for rep, its in groupby(entries, lambda entry: entry[1].rep):
            self._enrollments_in(its)._hand_to(rep)
        replaced = (
            {touch.enrollment_id: touch for touch in planned.filtered("touch_ids")._open_touches()}
            if any(entry[1].open_touch for entry in entries)
            else {}
        )
        store = self.env["touch.words"]._store
        vals_list, changed = [], []
        # sorted by rep, so that what is done once a rep is done once a batch
        for enrollment, fact, decision in sorted(entries, key=lambda entry: (entry[2].user or entry[1].rep, entry[0].id)):
            vals = {
                "number": decision.number,
                "purpose": decision.purpose,
                "channel": decision.channel,
                "reason_id": decision.reason,
                "step_id": decision.step or False,
                "user_id": decision.user or fact.rep,
                "expert_id": decision.expert,
                "date_deadline": decision.day,
                "date_planned": decision.when.replace(tzinfo=None),
                "why_data": store(decision.why),
                "temperature": fact.temperature,
                "outdated": False,
            }
            if enrollment in replaced:
                changed.append((replaced[enrollment], vals))
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
        touches.union(*(touch for touch, _vals in changed))._replace([vals for _touch, vals in changed])
        for vals, activity in zip(vals_list, touches._create_activities(vals_list)):
            vals["activity_id"] = activity.id
        return touches.create(vals_list).union(*replaced.values())

    # --------------------------------------------------------------
    # Overnight
    # --------------------------------------------------------------

    @api.model
    def _cron_see_purchases(self):
        """See who bought, and who is missed, where no event told (R22); and what the base is worth now (R19, R23, R25)."""
        if self._in_use() or self.env["touch.cadence"].search([("auto_enroll", "=", True)], limit=1):
            planner = self._for_everyone()
            planner.env["touch.background"]._run_batches(planner.env["res.partner"]._touch_see_purchases)
            planner.env["touch.background"]._run_batches(planner.env["res.partner"]._touch_value)

    @api.model
    def _cron_cool(self):
        """Silent clients cool (R9)."""
        if self._in_use():
            for model in ("crm.lead", "res.partner"):
                self.env["touch.background"]._run_batches(self._for_everyone().env[model]._touch_cool_next)

    @api.model
    def _cron_night(self):
        """What a rep's day does not take moves to the next free one, and touches that are planned already are decided again."""
        if self._in_use():
            planner = self._for_everyone()
            planner.env["touch.background"]._run_batches(planner._settle_inactive)
            planner.env["touch.background"]._run_batches(planner.env["touch.reason"]._retry_problems)
            planner.env["touch.background"]._run_batches(planner._relieve)
            planner.env["touch.background"]._run_batches(planner._wake_for_changes)
        self.env["touch.background"]._run_batches(self._for_everyone().env["crm.lead"]._touch_nudge_unjudged)

    def _settle_inactive(self):
        """Planned touches whose activity is over although they are not: it was marked as done, or archived, where nobody told the touch
        (by SQL, by an import, by a process that did not know the addon yet). Who marked it as done made the touch: it is done, with the
        outcome chosen on the activity, else "reached", at that moment and with its feedback. Who archived it made nothing: the planner
        gives the touch a new activity.

        :return: how many there were, while more may be left
        """
        self.env.flush_all()
        # SQL: called by the night only, without any value
        rows = self.env.execute_query(
            SQL(
                """SELECT touch.id, activity.feedback, done.date
                     FROM touch_touch touch
                     JOIN mail_activity activity ON activity.id = touch.activity_id AND activity.active IS NOT TRUE
                     LEFT JOIN LATERAL (
                          SELECT min(message.date) AS date FROM mail_message message
                           WHERE message.model = activity.res_model AND message.res_id = activity.res_id
                             AND message.mail_activity_type_id = activity.activity_type_id AND message.subtype_id = %(subtype)s
                             AND message.date::date = activity.date_done
                          ) done ON TRUE
                    WHERE touch.state = 'planned' ORDER BY touch.id LIMIT %(batch)s FOR NO KEY UPDATE OF touch SKIP LOCKED""",
                subtype=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_activities"),
                batch=SETTLE_BATCH,
            )
        )
        touches = self.env["touch.touch"].browse(row[0] for row in rows)
        done = {touch: (moment, feedback) for touch, (_id, feedback, moment) in zip(touches, rows) if moment or feedback}
        touches.filtered(lambda touch: touch not in done).write({"activity_id": False})
        if len(done) < len(touches):
            self.env["touch.mark"]._wake_planner()
        default = self.env["touch.outcome"]._default_outcome()

        def finish(its):
            # hardly ever more than a handful, and each was done at a moment of its own
            for touch in its:
                moment, feedback = done[touch]
                outcome = touch.activity_id.touch_outcome_id or default
                touch.with_context(touch_date_done=telling(moment or touch.activity_id.write_date))._finish(outcome, feedback or None)

        self.env["touch.background"]._isolate_failures(touches.filtered(done.get), finish)
        return len(rows)

    def _wake_for_changes(self):
        """Have the planner decide again for every client who has a planned touch: whatever a calendar, a leave, a record or a setting has
        changed is seen by the next morning, also where no event told. And for clients in care who are missed from today on (R22).

        Here they are only marked; the planner claims, decides and commits them in its batches.
        """
        self.env.flush_all()
        # SQL: called by the night only; days and users are its own
        rows = self.env.execute_query(
            SQL(
                """SELECT enrollment.id FROM touch_enrollment enrollment JOIN touch_touch touch ON touch.enrollment_id = enrollment.id
                    WHERE enrollment.state = 'running' AND touch.state = 'planned'
                   UNION
                   SELECT enrollment.id FROM touch_enrollment enrollment
                     JOIN touch_cadence cadence ON cadence.id = enrollment.cadence_id AND cadence.until_lapsed
                     JOIN res_partner client ON client.id = enrollment.commercial_partner_id
                    WHERE enrollment.state = 'running' AND client.lapses_on <= %s""",
                fields.Date.context_today(self) + timedelta(days=1),  # where it is tomorrow already; the method looks at the very day
            )
        )
        for batch in split_every(10000, [id_ for (id_,) in rows], list):
            self.env["touch.mark"]._leave_to_planner(batch)

    def _relieve(self):
        """Move what a rep's today does not take to the next free days: the coldest, of the lowest potential, that wait the shortest."""
        for today, companies in self.env["res.company"]._touch_days().items():
            self._relieve_on(today, companies)

    def _relieve_on(self, today, companies):
        """:param companies: those in which it is ``today``"""
        counts = self.env["touch.touch"]._read_group(
            [
                ("state", "=", "planned"), ("date_deadline", "<=", today), ("user_id", "!=", False),
                ("company_id", "in", companies.ids),
            ],
            ["user_id"],
            ["__count"],
        )  # fmt: skip
        per_day = {user.id: user._touches_per_day() for user, count in counts if 0 < user._touches_per_day() < count}
        if not per_day:
            return
        self.env.flush_all()
        # SQL: called by the night only; users are its own
        rows = self.env.execute_query(
            SQL(
                """SELECT touch.user_id, touch.id, touch.company_id, COALESCE(lead.temperature, partner.temperature, 'cold'),
                          COALESCE(lead.potential, partner.potential), COALESCE(enrollment.date_start, touch.date_deadline), touch.moves,
                          touch.step_id IS NULL OR touch.expert_id IS NOT NULL OR reason.valid_to IS NOT NULL
                     FROM touch_touch touch
                     LEFT JOIN touch_enrollment enrollment ON enrollment.id = touch.enrollment_id
                     LEFT JOIN crm_lead lead ON lead.id = touch.lead_id
                     LEFT JOIN res_partner partner ON partner.id = touch.partner_id
                     LEFT JOIN touch_reason reason ON reason.id = touch.reason_id
                    WHERE touch.state = 'planned' AND touch.date_deadline <= %(today)s AND touch.user_id = ANY(%(busy)s)
                      AND touch.company_id = ANY(%(companies)s)""",
                today=today,
                companies=companies.ids,
                busy=list(per_day),
            )
        )
        planned, company_of = defaultdict(list), {}
        for user, id_, company, temperature, potential, since, moves, fixed in rows:
            known = method_facts.as_temperature(temperature), method_facts.as_potential(potential)
            planned[user].append(capacity.Planned(id_, *known, since, moves or 0, fixed))
            company_of[user] = company
        load = self._read_load(per_day, min(workdays.midnight(today, company._touch_clock()) for company in companies), today)
        moves = {}
        for company_id, its in self.env["res.users"].browse(per_day).grouped(lambda user: company_of[user.id]).items():
            working = self.env["res.company"].browse(company_id).resource_calendar_id
            last = today + timedelta(days=DAYS_AHEAD)
            shared = self._shared_days(working, company_id, today, last)
            for user, own in self._days_of_users(its, company_id, working, shared, today, last).items():
                if today in own.days:
                    moves |= capacity.overflow(planned[user], today, own.days, per_day[user], load[user])
        touches = self.env["touch.touch"].browse(moves)
        for (day, times), its in groupby(touches, lambda touch: (moves[touch.id], touch.moves)):
            its = touches.browse().union(*its)
            its._move_to(day, moves=times + 1)
            its.activity_id.with_context(mail_activity_quick_update=True).write({"date_deadline": day})
