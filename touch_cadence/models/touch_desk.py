import logging
from collections import defaultdict
from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..method.desk import queue
from ..method.plan.decision import Stop, Touch
from ..method.plan.facts import as_potential, as_temperature
from .arguments import choice, ids, number, one_id, records, takes, text, values
from .inside import telling, told
from .mail_activity_type import CHANNEL_SELECTION

_logger = logging.getLogger(__name__)

# touches of the queue that are listed, and those that are told in full before anyone asks: the next ones
ROWS = 50
CARDS = 10
LAST_TOUCHES = 5
# what is done there
ACTS = ("done", "skip", "snooze", "reassign", "pause")
# seconds for which a desk without a connection keeps what was done: seven days
MOST_AGO = 7 * 24 * 3600
KEY_LENGTH = 100
COLLEAGUES = 200


class TouchDesk(models.AbstractModel):
    """The salesperson's desk: one call reads everything it shows, and one call does what the salesperson did there.

    The desk sends each act some seconds later, so that it can be undone, and sends it again after a lost connection: :meth:`act` does the
    same act only once.
    """

    _name = "touch.desk"
    _description = "Touch Desk"

    # --------------------------------------------------------------
    # Reading
    # --------------------------------------------------------------

    @api.model
    @takes(current=one_id())
    def load(self, ahead=False, current=None):
        """Read everything that the desk needs to open, and to go from touch to touch without another call.

        :param ahead: also touches that are due later
        :param current: the touch that is being worked; ``gone`` says why it is no longer the user's
        :return: dict: ``queue`` (the first touches in their order, each with why it stands there), ``cards`` (the first of them in full),
            ``total``, ``later`` and ``done`` (numbers), ``outcomes``, ``channels``, ``colleagues``, ``advance``, ``gone``
        :raise AccessError: if the user may not work touches
        """
        today = fields.Date.context_today(self)
        waiting, later = self._waiting(today, ahead)
        first = queue.first(waiting, today, ROWS)
        touches = self.env["touch.touch"].browse(touch.id for touch in first)
        return {
            "queue": self._rows(touches, first, today),
            "cards": self._cards(touches[:CARDS]),
            "total": len(waiting),
            "later": later,
            "done": self._done_today(today),
            "outcomes": self.env["touch.outcome"].choices(),
            "channels": self._channels(),
            "colleagues": self._colleagues(),
            "advance": self.env.user.touch_advance,
            "gone": self._gone(current) if current and current not in [touch.id for touch in waiting] else False,
        }

    @api.model
    @takes(touch_ids=ids())
    def cards(self, touch_ids):
        """:return: {id: card} of the planned touches among these that the user may see"""
        return self._cards(self.env["touch.touch"].search([("id", "in", touch_ids[:ROWS]), ("state", "=", "planned")]))

    def _waiting(self, today, ahead):
        """:return: the user's planned touches as the queue sees them, and how many are due later"""
        # what is the user's own, of the companies at hand, may be read: the condition below is the rule on own touches
        self.env["touch.touch"].check_access("read")
        self.env["touch.touch"].flush_model()
        for model in ("crm.lead", "res.partner"):
            self.env[model].flush_model(["temperature", "potential"])
        # SQL: the user's own touches, of the companies that Odoo has found to be his
        rows = self.env.execute_query(
            SQL(
                """SELECT touch.id, COALESCE(lead.temperature, partner.temperature, 'cold'), touch.purpose,
                          COALESCE(lead.potential, partner.potential, client.potential), touch.date_deadline
                     FROM touch_touch touch
                     LEFT JOIN crm_lead lead ON lead.id = touch.lead_id
                     LEFT JOIN res_partner partner ON partner.id = touch.partner_id
                     LEFT JOIN res_partner client ON client.id = touch.commercial_partner_id
                    WHERE touch.user_id = %s AND touch.state = 'planned' AND touch.company_id = ANY(%s)""",
                self.env.uid,
                self.env.companies.ids,
            )
        )
        waiting = [
            queue.Waiting(id_, as_temperature(temperature), purpose, as_potential(potential), day)
            for id_, temperature, purpose, potential, day in rows
        ]
        due = [touch for touch in waiting if touch.day <= today]
        return waiting if ahead else due, len(waiting) - len(due)

    def _rows(self, touches, first, today):
        """:return: the touches as the queue lists them"""
        words = self.env["touch.words"]
        return [
            {
                "id": touch.id,
                "client": touch.client_name,
                "number": touch.number,
                "target": touch.target,
                "channel": touch.channel,
                "purpose": touch.purpose,
                "temperature": waiting.temperature,
                "potential": waiting.potential or False,
                "day": format_date(self.env, waiting.day),
                "overdue": max((today - waiting.day).days, 0),
                "later": waiting.day > today,
                # how late it is stands beside it
                "why": words._say([one for one in queue.why(waiting, today) if one[0] != "queue_overdue"]),
            }
            for touch, waiting in zip(touches, first)
        ]

    def _done_today(self, today):
        since = self._midnight(today)
        return self.env["touch.touch"].search_count(
            [("user_id", "=", self.env.uid), ("state", "=", "done"), ("direction", "=", "out"), ("date_done", ">=", since)]
        )

    def _midnight(self, day):
        """:return: the first moment of the user's ``day``, in UTC"""
        return datetime.combine(day, time(), self.env.tz).astimezone(timezone.utc).replace(tzinfo=None)

    def _channels(self):
        """:return: {channel: its name and icon, as the company's activity types have them}"""
        types = self.env["mail.activity.type"]._touch_types_by_channel()
        names = dict(self.env["touch.touch"]._fields["channel"]._description_selection(self.env))
        return {
            channel: {"name": names[channel], "icon": (types[channel].icon if channel in types else False) or "fa-comment"}
            for channel, _name in CHANNEL_SELECTION
        }

    def _colleagues(self):
        """:return: to whom a touch may be given: [id, name] of the team with its leader, where it has no one else of all salespeople"""
        user = self.env.user

        def may(one):
            return one.active and one != user and self.env.company in one.company_ids

        # sudo: names of colleagues
        team = user.sudo().sale_team_id
        colleagues = (team.member_ids | team.user_id).filtered(may)
        colleagues = colleagues or self.env.ref("sales_team.group_sale_salesman").sudo().all_user_ids.filtered(may)  # sudo: as above
        return [[one.id, one.name] for one in colleagues.sorted("name")[:COLLEAGUES]]

    def _gone(self, touch_id):
        """:return: why a touch is no longer the user's to make"""
        touch = self.env["touch.touch"].browse(touch_id).exists()
        if not touch or not touch.has_access("read"):
            return self.env._("This touch is no longer yours: a colleague has it now, or the client was removed.")
        if touch.state == "done":
            return self.env._("This touch is done: %(outcome)s.", outcome=touch.outcome_id.name or "")
        if touch.state == "skipped":
            why = touch.skip_reason or touch.sudo().enrollment_id.why  # sudo: the touch may be read; why its run ended explains it
            return self.env._("This touch was withdrawn. %(why)s", why=why or "")
        if touch.user_id != self.env.user:
            return self.env._("%(user)s has this touch now.", user=touch.user_id.name or self.env._("nobody"))
        return self.env._("This touch has moved to %(date)s.", date=format_date(self.env, touch.date_deadline))

    # --------------------------------------------------------------
    # Cards
    # --------------------------------------------------------------

    def _cards(self, touches):
        """:return: {touch id: all that a rep needs to make it}, in a fixed number of queries; one that fails says so, and fails no other"""
        cards, errors = {}, {}
        self.env["touch.background"]._isolate_failures(touches, lambda some: cards.update(self._cards_together(some)), errors.__setitem__)
        for touch, error in errors.items():
            _logger.warning("the desk's card of touch %s fails", touch.id, exc_info=error)
            cards[touch.id] = self._broken_card(touch, error)
        return {touch.id: cards[touch.id] for touch in touches}

    def _broken_card(self, touch, error):
        """:return: what is known of a touch whose card fails; it can be made all the same"""
        kept = touch._for_worker()
        record = kept._client_record()
        texts = dict.fromkeys(
            ("contact", "function", "company", "place", "phone", "dial", "email", "revenue", "stage", "text", "script", "expert"), ""
        )
        return {
            **texts,
            "id": touch.id,
            "client": touch.client_name or "",
            "model": record._name,
            "res_id": record.id,
            "visible": record in record.with_env(self.env)._filtered_access("read"),
            "temperature": kept.temperature or "cold",
            "potential": False,
            "vip": False,
            "number": kept.number,
            "target": kept.target,
            "channel": kept.channel,
            "purpose": kept.purpose,
            "day": format_date(self.env, kept.date_deadline),
            "reason": self.env["touch.words"]._say([("card_broken", {"error": str(error)})]),
            "said": kept.note or "",
            "why": "",
            "rhythm": 0,
            "history": [],
            "outlook": {},
            "broken": True,
        }

    def _cards_together(self, touches):
        own, touches = touches, touches._for_worker()
        facts = touches._read_facts()
        reach = touches._reach()
        history = self._last_touches(touches)
        outcomes = self.env["touch.outcome"].search([("active", "=", True)])
        visible = {*own.lead_id._filtered_access("read"), *own.partner_id._filtered_access("read")}
        return {
            mine.id: {
                "id": touch.id,
                "why": mine.why,
                "visible": mine._client_record() in visible,
                "history": history[touch.company_id, touch.client_key],
                **self._client(touch, reach[touch]),
                **self._news(mine, touch),
                **self._rhythm(facts.get(touch)),
                "outlook": self._outlook(touch, facts.get(touch), outcomes),
                "broken": False,
            }
            for mine, touch in zip(own, touches)
        }

    def _client(self, touch, reach):
        """:return: whom the touch is for, and how to reach them: ``phone`` is what is shown, ``dial`` what may be dialled"""
        lead, partner, record = touch.lead_id, touch.partner_id, touch._client_record()
        person = touch._person()
        place = lead if lead and (lead.city or lead.country_id) else partner
        company = partner.commercial_company_name or lead.partner_name or ""
        return {
            "client": touch.client_name,
            "model": record._name,
            "res_id": record.id,
            "contact": person.name or lead.contact_name or partner.name or "",
            "function": lead.function or person.function or "",
            "company": company,
            "place": ", ".join(part for part in (place.city, place.country_id.name) if part),
            "phone": reach.shown,
            "dial": reach.number,
            "email": reach.email,
            "temperature": record.temperature,
            "potential": lead.potential or partner.potential or partner.commercial_partner_id.potential or False,
            "vip": partner.is_vip or partner.commercial_partner_id.is_vip,
            "revenue": self._money(lead.expected_revenue, lead.company_currency) if lead.expected_revenue else "",
            "stage": lead.stage_id.name or "",
        }

    def _money(self, amount, currency):
        return currency.format(round(amount)) if currency else str(round(amount))

    def _news(self, mine, touch):
        """:return: what the touch is about; texts in the user's language, with the client's data filled in"""
        values = touch._fill_values()
        reason = touch.with_env(mine.env).sudo().reason_id  # sudo: it may be told with the touch that it carries
        step = touch.with_env(mine.env).sudo().step_id  # sudo: as the reason
        return {
            "number": touch.number,
            "target": touch.target,
            "channel": touch.channel,
            "purpose": touch.purpose,
            "day": format_date(self.env, touch.date_deadline),
            "reason": reason._title() if reason else "",
            "text": touch._fill(reason.text, values),
            "script": touch._fill(step.script, values),
            "expert": touch.expert_id.name or "",
            "said": touch.note or "",
        }

    def _rhythm(self, facts):
        """:return: warming touches since the last closing one, of how many"""
        return {"warming": min(facts.history.warming, facts.cadence.rhythm), "rhythm": facts.cadence.rhythm} if facts else {"rhythm": 0}

    def _last_touches(self, touches):
        """:return: {(company, client key): what was done and said last, the newest first}"""
        touches.flush_model()
        # SQL: keys and companies of touches whose cards the user was found to may see
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM (
                       SELECT id, row_number() OVER (PARTITION BY company_id, client_key ORDER BY date_done DESC, id DESC) AS nth
                         FROM touch_touch
                        WHERE client_key = ANY(%s) AND company_id = ANY(%s) AND (state = 'done' OR (state = 'skipped' AND note > ''))) past
                    WHERE nth <= %s""",
                list(set(touches.mapped("client_key"))),
                touches.company_id.ids,
                LAST_TOUCHES,
            )
        )
        found = touches.browse(id_ for (id_,) in rows).sorted(lambda touch: (touch.date_done, touch.id), reverse=True)
        # what was said in a colleague's other deal with the client is told to who may read it
        tellable = found.filtered(lambda touch: not touch.lead_id or touch.lead_id in touches.lead_id)
        tellable |= (found - tellable).sudo(False)._filtered_access("read").sudo()  # sudo: as found
        told = defaultdict(list)
        for touch in found:
            local = fields.Datetime.context_timestamp(self, touch.date_done)
            told[touch.company_id, touch.client_key].append(
                {
                    "id": touch.id,
                    "day": format_date(self.env, local.date()),
                    "channel": touch.channel,
                    "incoming": touch.direction == "in",
                    "outcome": touch.outcome_id.with_env(self.env).sudo().name
                    or (touch in tellable and touch.skip_reason)
                    or "",  # sudo: a name
                    "reason": touch.reason_id.with_env(self.env).sudo().name or "",  # sudo: a name
                    "note": (touch in tellable and touch.note) or "",
                    "user": touch.user_id.name or "",
                }
            )
        return told

    def _outlook(self, touch, facts, outcomes):
        """:return: {outcome id: what will happen next}"""
        if not facts or not facts.open_touch:
            return {}
        words = self.env["touch.words"]
        result = {}
        for outcome in outcomes:
            found = outcome._outlook(facts, touch.step_id.id or None)
            moved = [("then_temperature", {"temperature": found.temperature})] if found.temperature != facts.temperature else []
            result[outcome.id] = words._say([*moved, *self._then(found.decision, touch)])
        return result

    def _then(self, decision, touch):
        """:param touch: the planned one, after which the decision would be taken
        :return: what a decision brings, as codes"""
        if isinstance(decision, Touch):
            return [("then_touch", {"date": decision.day, "channel": decision.channel, "purpose": decision.purpose})]
        follows = []
        if isinstance(decision, Stop):
            kept = touch.sudo()  # sudo: what follows is said to who works it
            cadence = kept.cadence_id.with_env(self.env).sudo()  # sudo: as above
            target, rest_days = cadence._what_follows(decision.state, decision.reason == "lapsed")
            again = target or (rest_days and (cadence.refused_cadence_id or cadence)._in_force())
            if again and (closed := again._takes_nobody(self.env.company.id)):
                follows = [("nothing_follows", {}), *closed]
            elif again and decision.state == "won" and not kept.enrollment_id.partner_id:
                # a won deal is worked no further: its contact is
                follows = [("nothing_follows", {}), ("no_contact_follows", {})]
            elif target:
                follows = [("then_cadence", {"cadence": target.name})]
            elif rest_days:
                follows = [("then_rest", {"date": fields.Date.context_today(self) + timedelta(days=rest_days)})]
        return [*decision.why, *follows]

    # --------------------------------------------------------------
    # Acting
    # --------------------------------------------------------------

    @api.model
    @takes(touch_id=one_id(), act=choice(*ACTS), values=values(note=text(), reason=text()), key=text(), ago=number())
    def act(self, touch_id, act, values=None, key=None, ago=0):
        """Do what the salesperson did on the desk. Sending the same act again changes nothing: a lost connection makes no duplicates.

        :param act: ``done`` (values: ``outcome_id``), ``skip`` (``reason``), ``snooze`` (``until``), ``reassign`` (``user_id``)
            or ``pause``; each with a ``note``, which stays with the touch
        :param key: identifies the act; an act with a known key was already done
        :param ago: seconds since the rep did it
        :return: dict: ``ok``, and ``message`` if there is something to say
        :raise UserError: if it cannot be done, with the reason
        :raise AccessError: if the user may not work touches
        """
        self.env["touch.touch"].check_access("write")
        # held acts arrive after the rep switched companies, too
        self = self.with_context(allowed_company_ids=self.env.user.company_ids.ids)
        values = values or {}
        acts = {
            "done": self._act_done,
            "skip": lambda touch, its: touch.skip(its.get("reason")),
            "snooze": lambda touch, its: touch.snooze(its.get("until")),
            "reassign": self._act_reassign,
            "pause": self._act_pause,
        }
        # whoever sends it a second time waits here until the first is through
        # SQL: a lock on one row by an id that was checked; nothing is told of it before it is seen whose it is
        self.env.execute_query(SQL("SELECT id FROM touch_touch WHERE id = %s FOR UPDATE", touch_id))
        touch = self.env["touch.touch"].browse(touch_id).exists()
        kept = touch.sudo()  # sudo: whose it is and was, before anything of it is told
        theirs = self.env.user in kept.user_id | kept.handed_from_id and kept.company_id in self.env.user.company_ids
        if not touch or not theirs:
            return {"ok": False, "message": self._gone(touch_id)}
        if key and kept.desk_key == key[:KEY_LENGTH]:
            return {"ok": True, "message": ""}
        kept.desk_key = key and key[:KEY_LENGTH]
        now = fields.Datetime.now()
        made = max(now - timedelta(seconds=min(max(ago, 0), MOST_AGO)), kept.create_date.replace(microsecond=0))
        touch = touch.with_company(kept.company_id).with_context(touch_date_done=telling(min(made, now)))
        if touch.has_access("write") and touch.state == "planned" and touch.user_id == self.env.user:
            if act != "done":
                kept._add_note(values.get("note"))
            acts[act](touch, values)
            return {"ok": True, "message": ""}
        return self._too_late(touch, act, values)

    def _act_done(self, touch, values):
        touch.done(values.get("outcome_id"), values.get("note"))

    def _act_pause(self, touch, _values):
        # sudo: who has the touch may pause, also a colleague to whom only the touch was given
        run = touch._for_worker().enrollment_id
        if not run:
            raise UserError(self.env._("%(client)s is not in a cadence: there is nothing to pause.", client=touch.client_name))
        run.action_pause()

    def _act_reassign(self, touch, values):
        user = records("res.users")(self.env, "user_id", values.get("user_id"))
        touch._check_taker(user)
        touch._reassign(user)

    def _too_late(self, touch, act, values):
        """Something happened to the rep's touch before the act arrived. What the rep did is not lost."""
        # sudo: it is or was the user's touch, as act() has seen
        kept = touch.sudo()
        chosen = values.get("outcome_id")
        outcome = records("touch.outcome")(self.env, "outcome_id", chosen) if chosen else self.env["touch.outcome"]._default_outcome()
        note = values.get("note")
        if act != "done":
            kept._add_note(note)
            as_asked = kept.state == {"skip": "skipped"}.get(act) or (act == "pause" and kept.enrollment_id.state == "paused")
            return {"ok": as_asked, "message": "" if as_asked else self._gone(touch.id)}
        if kept.state == "done" and kept.user_id == self.env.user:
            kept._add_note(note)
            return {"ok": kept.outcome_id == outcome, "message": "" if kept.outcome_id == outcome else self._gone(touch.id)}
        # it was made all the same: it counts as one that nobody had planned
        message = self.env._("The plan had changed in the meantime: your touch was logged separately.")
        if not self.env["touch.touch"]._may_end(kept._client_record(), outcome):
            # what a colleague works by now is ended by that colleague
            message = self.env._(
                "A colleague now works this client: your touch was logged without “%(outcome)s”, which would have ended the colleague's "
                "enrolment.",
                outcome=outcome.name,
            )
            note = "\n".join(part for part in (outcome.name, note) if part)
            outcome = self.env["touch.outcome"]._default_outcome()
        kept._client_record().log_touch(
            {
                "channel": kept.channel,
                "purpose": kept.purpose,
                "reason_id": kept.reason_id.id,
                "direction": "out",
                "outcome_id": outcome.id,
                "note": note,
                "date_done": told(touch.env, "touch_date_done"),
            }
        )
        return {"ok": True, "message": message}
