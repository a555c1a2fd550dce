from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ...method.client import consent
from ...method.plan import agreed, capacity, channels, hand_over, history, occasions, workdays, zones
from ...method.plan import facts as method_facts
from ...method.plan.decide import decide
from ...method.plan.decision import Touch
from ..base.rooms import shared
from ..base.rows import named_rows
from ..settings.res_company import MOST_AGREED_DAYS

# what is read of deals and contacts, each in one query
CONTACT_FIELDS = (
    *("phone_sanitized", "phone", "street", "city", "website", "active", "user_id"),
    *("temperature", "temperature_by_hand", "potential"),
)
LEAD_FIELDS = (
    *CONTACT_FIELDS, "email_from", "won_status", "team_id", "company_id", "country_id", "touch_tz", "touch_away_until", *(f"has_{one}" for one in method_facts.READINESS),
)  # fmt: skip
PARTNER_FIELDS = (
    *CONTACT_FIELDS, "email", "country_id", "commercial_partner_id", "tz", "is_vip", "touch_opt_out", "birthdate_date", "employee_quantity",
    "lapses_on", "last_purchase_date", "purchase_count", "touch_tz", "touch_away_until",
)  # fmt: skip
# who reads what, theme by theme
READERS = ("_facts_of_runs", "_facts_of_settings", "_facts_of_people", "_facts_of_clients", "_facts_of_channels", "_facts_of_experts")


def _is_closer(user):
    return user.touch_strength == hand_over.CLOSER


@dataclass(frozen=True, slots=True)
class Batch:
    """What several readers need to know of a batch of subjects. Cadences, calendars and zones are found under :meth:`key`."""

    subjects: list
    now: datetime
    leads: models.BaseModel
    partners: models.BaseModel
    companies: models.BaseModel
    cadences: dict
    calendars: dict
    zones: dict
    responsible: dict  # {enrolment id, or the subject of one who is not enrolled: user}
    histories: list
    agreed: list  # of each subject: its AgreedStep
    open_touches: dict  # {enrolment id: OpenTouch}
    reasons: dict  # {company id: tuple of reasons as the method knows them}
    refused: dict  # {(deal's id, contact's id): kinds of channels that the client refuses}

    def key(self, one):
        return one.cadence_id, one.company_id

    def rep_of(self, one):
        """:return: under what the responsible of a subject is found"""
        return one.enrollment or one

    def today(self, one):
        return self.now.astimezone(self.zones[self.key(one)]).date()

    def lead(self, one):
        return self.leads.browse(one.lead_id or ())

    def partner(self, one):
        return self.partners.browse(one.partner_id or ())

    def reasons_of(self, one):
        known = self.reasons[one.company_id]
        return tuple(reason for reason in known if reason.id == one.reason_id) if one.reason_id else known

    def company(self, one):
        return self.companies.browse(one.company_id)

    def refused_by(self, one):
        return self.refused[one.lead_id, one.partner_id]


class TouchFacts(models.AbstractModel):
    """Reads the facts about a batch of clients in a fixed number of queries, and has the method decide. Nothing is written.

    Nothing is decided here: a rule belongs into ``method``, a fact into :meth:`_read_facts`.
    """

    _name = "touch.facts"
    _description = "Touch Facts"

    @shared
    @api.model
    def _decide(self, enrollments):
        """:return: list of (enrolment, facts, decision) in the given order; nothing is written"""
        known = self._read_facts(self.env["touch.client"]._subjects_of_enrollments(enrollments))
        return list(zip(enrollments, known, self._fit_capacity(known, [decide(fact) for fact in known])))

    @api.model
    def _fit_capacity(self, known, decisions):
        """Fit new touches into what each rep can do in a day."""
        planned = [fact for fact, decision in zip(known, decisions) if isinstance(decision, Touch)]
        reps = {user for fact in planned for user in (fact.rep, fact.stand_in) if user}
        per_day = {rep.id: rep._touches_per_day() for rep in self.env["res.users"].browse(reps)}
        if not any(per_day.values()):
            return decisions
        since = min((workdays.midnight(fact.today, fact.zone), fact.today) for fact in known)
        return capacity.level(known, decisions, per_day.get, self._read_load(reps, *since))

    @shared
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

    @shared
    @api.model
    def _read_facts(self, subjects, responsible=None):
        """Read all that the method may know about the subjects, each table once.

        :param responsible: {subject: user} who would be responsible for those who are not enrolled yet
        :return: list of ``method.plan.facts.Facts``, in order
        """
        if not subjects:
            return []
        batch = self._read_batch(subjects, responsible or {})
        known = [{} for _subject in subjects]
        for reader in READERS:
            for facts, found in zip(known, getattr(self, reader)(batch)):
                facts.update(found)
        return self._more_facts(subjects, [method_facts.Facts(**facts) for facts in known])

    def _read_batch(self, subjects, newcomers):
        """Read what several readers need."""
        env = self.env
        partners = env["res.partner"].with_context(active_test=False).browse({one.partner_id for one in subjects if one.partner_id})
        leads = env["crm.lead"].with_context(active_test=False).browse({one.lead_id for one in subjects if one.lead_id})
        leads.fetch(LEAD_FIELDS)
        (partners | partners.commercial_partner_id).fetch(PARTNER_FIELDS)
        cadences = env["touch.cadence"].browse({one.cadence_id for one in subjects})
        companies = env["res.company"].browse({one.company_id for one in subjects})
        pairs = [(cadence, company) for cadence in cadences for company in companies]
        calendars = {(cadence.id, company.id): cadence.resource_calendar_id or company.resource_calendar_id for cadence, company in pairs}
        responsible = env["touch.enrollment"].browse(one.enrollment for one in subjects if one.enrollment)._get_responsible() | newcomers
        zone_of = {key: zones.zone(working.tz) for key, working in calendars.items()}
        histories, agreed_steps, open_touches = self._read_history(subjects, zone_of, responsible, partners)
        return Batch(
            subjects=subjects,
            now=fields.Datetime.now().replace(tzinfo=timezone.utc),
            leads=leads,
            partners=partners,
            companies=companies,
            cadences={(cadence.id, company.id): cadence._method_cadence(company) for cadence, company in pairs},
            calendars=calendars,
            zones=zone_of,
            responsible=responsible,
            histories=histories,
            agreed=agreed_steps,
            open_touches=open_touches,
            reasons=self._read_reasons(subjects, companies),
            refused=env["touch.consent"]._refused_kinds((one.lead_id, one.partner_id) for one in subjects),
        )

    # --------------------------------------------------------------
    # Readers: each says of every subject, in order, {name of a fact: its value}
    # --------------------------------------------------------------

    def _facts_of_runs(self, batch):
        """The enrolment, what has been tried, and who else works the client."""
        superseded = self._read_superseded(batch.subjects)
        holds = self._read_holds(batch.subjects)
        for one, past, steps in zip(batch.subjects, batch.histories, batch.agreed):
            lead = batch.lead(one)
            yield {
                "client": one.client,
                "state": one.state,
                "started": one.started,
                "not_before": one.not_before,
                "pauses": one.pauses,
                "history": past,
                "agreed": steps,
                "open_touch": batch.open_touches.get(one.enrollment),
                "superseded": one.enrollment in superseded,
                "company_changed": bool(one.enrollment and lead.company_id and lead.company_id.id != one.company_id),
                "holds": tuple(holds.get(one, ())),
            }

    def _facts_of_settings(self, batch):
        """The cadence, its clock, and what the company has set."""
        for one in batch.subjects:
            company = batch.company(one)
            yield {
                "cadence": batch.cadences[batch.key(one)],
                "now": batch.now,
                "today": batch.today(one),
                "zone": batch.zones[batch.key(one)],
                "hours": (company.touch_hour_from, company.touch_hour_to),
                "horizon": company.touch_horizon,
                "min_gap": company.touch_min_gap,
                "agreed_days": company.touch_agreed_days,
                "reasons": batch.reasons_of(one),
                "only_reason": one.reason_id or None,
            }

    def _facts_of_people(self, batch):
        """Who makes the touches, and on which days."""
        nobody = self.env["res.users"]
        enrolled = [one for one in batch.subjects if one.enrollment]
        substitutes = {
            key: self._substitute(batch.responsible[key], one.company_id)
            for one in batch.subjects
            if (key := batch.rep_of(one)) in batch.responsible
        }
        holders = nobody.browse({touch.user for touch in batch.open_touches.values() if touch.user})
        people = nobody.union(*batch.responsible.values(), *substitutes.values(), holders)
        days, own_days = self._read_workdays(batch.subjects, batch.calendars, batch.cadences, people, batch.histories, batch.now)
        handing = [one for one in enrolled if (its := batch.cadences[batch.key(one)]).hand_over_after or its.hand_over_hot]
        successors = self._read_successors(handing, batch.responsible)
        closers = set(people.union(*(people.browse(ids) for ids in successors.values())).filtered(_is_closer).ids)
        for one in batch.subjects:
            working = batch.calendars[batch.key(one)]
            rep, substitute = (found.get(batch.rep_of(one), nobody) for found in (batch.responsible, substitutes))
            own, others = (own_days.get((working.id, one.company_id, user.id)) for user in (rep, substitute))
            open_touch = batch.open_touches.get(one.enrollment)
            holder = open_touch and own_days.get((working.id, one.company_id, open_touch.user))
            stands_in = own and own.leave and others
            yield {
                "workdays": days[working.id],
                "rep": rep.id or None,
                "rep_days": own.days if own else None,
                "stand_in": substitute.id or None,
                "stand_in_days": workdays.Workdays(own.leave.intersection(others.days.days), others.days.shares) if stands_in else None,
                "holder_days": holder.days if holder else None,
                "successors": successors.get(one.enrollment, frozenset()),
                "closers": frozenset() if rep.id in closers else successors.get(one.enrollment, frozenset()) & closers,
            }

    def _facts_of_clients(self, batch):
        """Who the client is, and whether anything forbids a touch."""
        clients = self.env["touch.client"]
        client_zones = clients._client_zones([(batch.lead(one), batch.partner(one)) for one in batch.subjects])
        countries = [self._country(batch, one) for one in batch.subjects]
        holidays = self._read_holidays(batch, {country.code for country in countries})
        wished = {
            (company, code): occasions.wished(reasons, days)
            for company, reasons in batch.reasons.items()
            for code, days in holidays.items()
        }
        for one, client_zone, country in zip(batch.subjects, client_zones, countries):
            lead, partner, company, today = batch.lead(one), batch.partner(one), batch.company(one), batch.today(one)
            client = partner.commercial_partner_id
            temperature, potential = clients._standing(lead, partner)
            age, staff = partner._touch_age(today), client.employee_quantity or None
            yield {
                "client_zone": zones.zone(client_zone, batch.calendars[batch.key(one)].tz),
                "temperature": temperature,
                "set_by_hand": (lead or partner).temperature_by_hand,
                "potential": potential,
                "vip": partner.is_vip or client.is_vip,
                "buyer": client.purchase_count > 0,
                "bought": client.last_purchase_date or None,
                "paper": channels.wants_paper(age, staff, company.touch_paper_age, company.touch_paper_size, company.touch_paper_either),
                "birthdate": partner.birthdate_date or None,
                "holidays": holidays[country.code],
                "wished": wished[one.company_id, country.code],
                "lapsed": bool(client.lapses_on and client.lapses_on <= today),
                "archived": bool(lead and not lead.active) or bool(partner and not (partner.active and client.active)),
                "opted_out": partner.touch_opt_out or client.touch_opt_out or batch.refused_by(one).issuperset(consent.KINDS),
                "won": lead.won_status == "won",
                "lost": lead.won_status == "lost",
                "readiness": frozenset(name for name in method_facts.READINESS if lead[f"has_{name}"]),
            }

    def _country(self, batch, one):
        lead, partner = batch.lead(one), batch.partner(one)
        return partner.country_id or partner.commercial_partner_id.country_id or lead.country_id or batch.company(one).country_id

    def _facts_of_channels(self, batch):
        """By which ways the client can be reached, and when Odoo last wrote by itself."""
        open_channels = self._read_open_channels(batch.subjects)
        types = self.env["mail.activity.type"]._touch_types_by_channel()
        order = tuple(types)
        switched_on = frozenset(order)
        last_mails = self._read_last_mails(batch.subjects, batch.companies, batch.zones, batch.now)
        there_are = self.env["touch.channel"]._channels_with_rules(types)
        for one in batch.subjects:
            reachable = open_channels[one.lead_id, one.partner_id, one.company_id]
            if refused := batch.refused_by(one):
                reachable -= consent.closed(refused, there_are)
            on = reachable & switched_on
            yield {
                "open_channels": on,
                "channels_off": bool(reachable) and not on,
                "channels": there_are,
                "channel_order": order,
                "last_mail": last_mails.get(one),
            }

    def _facts_of_experts(self, batch):
        """Who helps with the deal."""
        experts = self._read_experts(batch.leads, batch.cadences.values())
        for one in batch.subjects:
            yield {"expert": experts.get(one.lead_id)}

    @api.model
    def _more_facts(self, subjects, known):
        """The door for facts that another addon knows better: a potential from elsewhere, a client who is a VIP for another reason.

        :param subjects: the clients, whole batch at once
        :param known: their facts, in order
        :return: the facts to decide by, in order; ``dataclasses.replace`` changes them
        """
        return known

    @api.model
    @shared
    def _read_holds(self, subjects):
        """The door for rules of other addons: days on which a client may not be touched, and the sentence that says why.

        Whatever depends on more than the day (a setting, a record) is seen by the next morning; an addon that wants it at once marks the
        enrolments where it writes.

        :param subjects: the clients, whole batch at once: no query for each
        :return: {subject: list of ``method.plan.facts.Hold``}
        """
        holds, today = defaultdict(list), fields.Date.today()
        leads = self.env["crm.lead"].browse({one.lead_id for one in subjects if one.lead_id})
        partners = self.env["res.partner"].browse({one.partner_id for one in subjects if one.partner_id})
        for records in (leads, partners):
            records.fetch(["touch_away_until"])
        for one in subjects:
            days = [owner.touch_away_until for owner in (leads.browse(one.lead_id or ()), partners.browse(one.partner_id or ()))]
            last = max(filter(None, days), default=None)
            # since yesterday: today is another day elsewhere
            if last and last >= today - timedelta(days=1):
                holds[one].append(method_facts.Hold(today - timedelta(days=1), last, ("away", {"date": last})))
        return holds

    def _read_history(self, subjects, zone_of, responsible, partners):
        """A client's history is that of the whole company, also where each deal is worked on its own: reasons, rhythm and channels look at
        all of it, numbers and steps at the run.

        :return: list of histories and list of agreed steps in the order of the subjects, {enrolment id: its open touch}
        """
        events = self._read_agreed_events(subjects, zone_of, partners)
        # one number for the client's whole history; where deals are worked each on its own, it is not the key
        whole = [partners.browse(one.partner_id).commercial_partner_id.id if one.partner_id else one.client for one in subjects]
        deals = [client for client, one in zip(whole, subjects) if client != one.client]
        zone_of_run = {one.enrollment: zone_of[one.cadence_id, one.company_id] for one in subjects}
        past, open_touches = defaultdict(list), {}
        for row in self._read_touches([one.client for one in subjects], deals):
            if row.planned and row.enrollment in zone_of_run:
                zone = zone_of_run[row.enrollment]
                open_touches[row.enrollment] = self._open_touch(row, responsible.get(row.enrollment), zone)
            elif not row.planned:
                past[row.company, row.partner or row.client].append(row)
        histories, steps, kinds = [], [], self.env["touch.channel"]._channels()
        for one, client, runs in zip(subjects, whole, self._read_runs(subjects)):
            before = history.approach(*runs)
            rested = history.after_rest(*runs, before)
            zone = zone_of[one.cadence_id, one.company_id]
            rep = responsible.get(one.enrollment or one)
            its = [self._past_touch(row, zone, one.enrollment, before) for row in past.get((one.company_id, client), ())]
            bought = partners.browse(one.partner_id).commercial_partner_id.last_purchase_date if one.partner_id else None
            rhythm = self.env["touch.cadence"].browse(one.cadence_id).rhythm
            histories.append(history.read(its, rep.id if rep else None, kinds=kinds, bought=bought or None, rested=rested, rhythm=rhythm))
            steps.append(agreed.read((touch for touch in its if touch.this_run or touch.before), events.get(one, ()), kinds))
        return histories, steps, open_touches

    def _read_agreed_events(self, subjects, zone_of, partners):
        """Meetings in the calendar that are agreed steps (R45): those on the deal itself, and those that somebody of the company ticked as
        such with the client's people in them. Of a recurring one the next time counts, and the last. Who was invited and declined does not come.

        :return: {subject: list of AgreedStep}
        """
        by_lead, by_client, result = defaultdict(list), defaultdict(list), defaultdict(list)
        client_of = {}
        for one in subjects:
            client_of[one] = one.partner_id and partners.browse(one.partner_id).commercial_partner_id.id
            by_lead[one.lead_id].append(one)
            by_client[client_of[one]].append(one)
        now = fields.Datetime.now()
        for row in self._read_events(set(by_lead) - {None, False}, set(by_client) - {None, False}, now):
            found = list(by_lead.get(row.lead, ())) if row.lead else []
            if row.ticked:  # a company's plan waits for meetings of those who work there
                coming = (one for id_ in row.coming or () for one in by_client.get(id_, ()))
                found += [one for one in coming if not row.companies or one.company_id in row.companies]
            for one in dict.fromkeys(found):
                if client_of[one] in (row.declined or ()) and client_of[one] not in (row.coming or ()):
                    continue
                zone = zone_of[one.cadence_id, one.company_id]
                made, today = (moment and moment.replace(tzinfo=timezone.utc).astimezone(zone).date() for moment in (row.made, now))
                day = agreed.day_of(row.start.replace(tzinfo=timezone.utc), row.day if row.allday else None, zone)
                if day >= one.started:
                    made = made if made and made <= today else None
                    # who was invited, or said when, is not asked again whether he comes
                    agreed_to = row.client_agreed and row.agreed_date in (None, day)
                    by_client = not row.booked or agreed_to or client_of[one] in (row.coming or ())
                    result[one].append((row, method_facts.AgreedStep(f"event:{row.id}", day, made=made, by_client=by_client)))
        return {one: self._next_and_last(found, now) for one, found in result.items()}

    @api.model
    def _next_and_last(self, found, now):
        """:param found: list of (meeting, agreed step), the earliest first
        :return: the steps; of a recurring meeting its last time and its next one"""
        steps = {}
        for row, step in found:
            ahead = row.stop >= now
            key = (row.recurrence, ahead) if row.recurrence else row.id
            if not (ahead and row.recurrence) or key not in steps:
                steps[key] = step
        return list(steps.values())

    def _read_events(self, lead_ids, client_ids, now):
        """:param lead_ids: of deals
        :param client_ids: of the contacts that are the clients
        :return: rows, one a meeting that is an agreed step of theirs, the earliest first: who comes and who declined as ids of clients"""
        if not lead_ids and not client_ids:
            return []
        self.env["calendar.event"].flush_model()
        self.env["calendar.attendee"].flush_model()
        self.env["touch.expert.booking"].flush_model(["event_id", "state", "client_agreed", "agreed_date"])
        # SQL: days of meetings with the clients that the planner decides for; ids are its own. Two ways that each have an index
        return named_rows(
            self.env,
            SQL(
                """WITH its AS (
                       SELECT id FROM calendar_event WHERE opportunity_id = ANY(%(leads)s)
                        UNION
                       SELECT event.id FROM calendar_event event
                         JOIN calendar_attendee attendee ON attendee.event_id = event.id
                         JOIN res_partner partner ON partner.id = attendee.partner_id
                        WHERE event.touch_is_step AND event.stop >= %(since)s AND partner.commercial_partner_id = ANY(%(clients)s))
                   SELECT event.id, event.opportunity_id AS lead, event.start, event.stop, event.allday, event.start_date AS day,
                          event.recurrence_id AS recurrence, event.create_date AS made, event.touch_is_step AS ticked,
                          bool_or(booking.id IS NOT NULL) AS booked, bool_or(booking.client_agreed) AS client_agreed,
                          max(booking.agreed_date) AS agreed_date,
                          (SELECT array_agg(cid) FROM res_company_users_rel WHERE user_id = event.user_id) AS companies,
                          array_agg(DISTINCT partner.commercial_partner_id)
                              FILTER (WHERE attendee.state IS DISTINCT FROM 'declined') AS coming,
                          array_agg(DISTINCT partner.commercial_partner_id) FILTER (WHERE attendee.state = 'declined') AS declined
                     FROM its JOIN calendar_event event ON event.id = its.id
                     LEFT JOIN calendar_attendee attendee ON attendee.event_id = event.id
                     LEFT JOIN res_partner partner ON partner.id = attendee.partner_id
                     LEFT JOIN touch_expert_booking booking ON booking.event_id = event.id AND booking.state = 'booked'
                    WHERE event.active AND event.stop >= %(since)s AND event.start <= %(until)s
                    GROUP BY event.id ORDER BY event.start, event.id""",
                since=now - timedelta(days=agreed.ASKED_WITHIN),
                until=now + timedelta(days=MOST_AGREED_DAYS),
                leads=list(lead_ids),
                clients=list(client_ids),
            ),
        )

    def _read_touches(self, clients, companies):
        """:param clients: client keys
        :param companies: ids of commercial partners whose deals are worked each on its own
        :return: rows, one a touch of these clients that was not withdrawn, in the order in which they were made; planned ones last"""
        self.env["touch.touch"].flush_model()
        # SQL: the history of the clients that the planner decides for, whoever made it; keys and ids are its own
        return named_rows(
            self.env,
            SQL(
                """SELECT touch.id, touch.company_id AS company, touch.client_key AS client, touch.commercial_partner_id AS partner,
                          touch.enrollment_id AS enrollment, touch.state = 'planned' AS planned, touch.state = 'skipped' AS skipped,
                          touch.date_deadline AS day, touch.date_done AS made, touch.date_planned AS when,
                          touch.purpose, touch.channel, touch.reason_id AS reason, touch.step_id AS step, touch.user_id AS user,
                          touch.expert_id AS expert, touch.direction = 'in' AS incoming, COALESCE(touch.counts, FALSE) AS counts,
                          COALESCE(touch.reached, FALSE) AS reached, COALESCE(touch.warmed, FALSE) AS warmed,
                          COALESCE(touch.outdated, FALSE) AS outdated,
                          touch.state = 'planned' AND COALESCE(touch.why_data @> '[["stand_in"]]', FALSE) AS stands_in,
                          touch.state = 'planned' AND (touch.delivery = 'failed' OR EXISTS (
                              SELECT 1 FROM touch_touch back WHERE back.enrollment_id = touch.enrollment_id AND back.state = 'done'
                                 AND back.delivery IN ('bounced', 'failed'))) AS returned,
                          COALESCE(outcome.step_effect, '') AS step_effect, COALESCE(outcome.ends IN ('won', 'refused'), FALSE) AS ends,
                          touch.agreed_step_id AS next_step, touch.agreed_date AS agreed_day, COALESCE(step.kind, '') AS step_kind,
                          COALESCE(reason.kind IN ('birthday', 'holiday'), FALSE) AS wishes,
                          touch.obstacle_id AS obstacle, touch.back_date AS back, COALESCE(obstacle.days, 0) AS back_days,
                          touch.item_id AS item, COALESCE(touch.waits, FALSE) AS waits, COALESCE(touch.unsure, FALSE) AS unsure,
                          touch.own_reason IS NOT NULL AS by_hand, touch.create_date AS written,
                          COALESCE('event:' || touch.agreed_event_id, 'touch:' || touch.agreed_touch_id) AS about
                     FROM touch_touch touch LEFT JOIN touch_outcome outcome ON outcome.id = touch.outcome_id
                     LEFT JOIN touch_obstacle obstacle ON obstacle.id = touch.obstacle_id
                     LEFT JOIN touch_next_step step ON step.id = touch.agreed_step_id
                     LEFT JOIN touch_reason reason ON reason.id = touch.reason_id
                    WHERE (touch.client_key = ANY(%s) %s) AND touch.withdrawn IS NOT TRUE
                    ORDER BY touch.date_done, touch.id""",
                clients,
                SQL("OR touch.commercial_partner_id = ANY(%s)", companies) if companies else SQL(),
            ),
        )

    def _open_touch(self, row, rep, zone):
        # where the responsible has changed, whatever is kept goes to the new one
        stays = rep and rep == self.env["touch.enrollment"].browse(row.enrollment).user_id
        return method_facts.OpenTouch(
            purpose=row.purpose,
            channel=row.channel,
            day=row.day,
            reason=row.reason,
            expert=row.expert,
            outdated=row.outdated,
            when=row.when and row.when.replace(tzinfo=timezone.utc),
            user=row.user if stays else None,
            stands_in=stays and row.stands_in,
            about=row.about,
            by_hand=row.by_hand,
            returned=bool(row.returned),
            planned_on=row.written.replace(tzinfo=timezone.utc).astimezone(zone).date() if row.by_hand else None,
        )

    @shared
    @api.model
    def _read_approaches(self, subjects):
        """:return: for each subject, ids of the earlier enrolments that belong to its approach (:func:`history.approach`)"""
        return [history.approach(runs, this) for runs, this in self._read_runs(subjects)]

    @api.model
    def _read_runs(self, subjects):
        """:return: for each subject, the client's runs that are over, and its own, as the method knows them"""
        # sudo: the runs of a client, whoever made them, are counted together
        ended = self.env["touch.enrollment"].sudo()
        ended = ended.search_fetch(
            [
                ("company_id", "in", list({one.company_id for one in subjects})),
                ("client_key", "in", list({one.client for one in subjects})),
                ("client_key", "!=", 0),  # as the index has it
                ("date_end", "!=", False),
            ],
            ["company_id", "client_key", "lead_id", "date_start", "date_end", "state", "stop_reason"],
        )
        runs = defaultdict(list)
        for run in ended:
            past = history.PastRun(run.id, run.date_start, run.date_end, run.state, run.stop_reason or None, run.lead_id.id or None)
            runs[run.company_id.id, run.client_key].append(past)
        return [
            (
                runs.get((one.company_id, one.client), ()),
                history.PastRun(one.enrollment, one.started, None, one.state, deal=one.lead_id or None),
            )
            for one in subjects
        ]

    def _past_touch(self, row, zone, enrollment, before):
        same = (
            *("purpose", "channel", "reason", "counts", "skipped", "incoming", "reached", "warmed", "user", "step"),
            *("step_effect", "next_step", "step_kind", "ends", "id", "agreed_day", "about", "obstacle", "wishes", "unsure"),
        )
        day = row.made.replace(tzinfo=timezone.utc).astimezone(zone).date()
        # who waits for an item is looked after all the same when the obstacle's days are over
        said = row.obstacle or row.item
        return history.PastTouch(
            day=day,
            back=row.back or (day + timedelta(days=row.back_days) if said else None),
            item=row.item if row.waits else None,
            this_run=row.enrollment == enrollment,
            before=row.enrollment in before,
            from_step=row.step is not None,
            at=row.made.replace(tzinfo=timezone.utc),
            **{name: getattr(row, name) for name in same},
        )

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
        more = self.env["touch.reach"]._needs_met(known)
        there_are = self.env["touch.channel"]._channels()
        return {owner: channels.reachable(found.have | more.get(owner, frozenset()), there_are) for owner, found in known.items()}

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

    def _read_holidays(self, batch, codes):
        """:param codes: of countries, two letters; False for none
        :return: {code: {day: name of the official holiday}}, empty where no reason of the companies asks for them"""
        asked = any(reason.occasion == method_facts.HOLIDAY for known in batch.reasons.values() for reason in known)
        read = self.env["touch.reason"]._official_holidays
        return {code: read(code, batch.now.year) if asked and code else {} for code in codes}

    @shared
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
        """:return: {lead id: the user who helps}, where a step asks for an expert, or closing is the expert's"""
        if not leads or not any(cadence.closing_by_expert or any(step.expert for step in cadence.steps) for cadence in cadences):
            return {}
        bookings = self.env["touch.expert.booking"].search([("lead_id", "in", leads.ids), ("state", "in", ("booked", "done"))], order="id")
        return {booking.lead_id.id: booking.expert_user_id.id for booking in bookings}

    def _read_superseded(self, subjects):
        """:return: ids of resting enrolments whose client another enrolment works by now"""
        resting = {(one.company_id, one.client): one.enrollment for one in subjects if one.state == "resting"}
        held = self.env["touch.client"]._active_by_client(list(resting)) if resting else {}
        return {resting[key] for key in held if key in resting}
