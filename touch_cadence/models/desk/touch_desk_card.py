import logging
from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL, format_date

from ...method.plan.facts import CONFIRMING, OF_AGREED_STEP
from ..client.touch_reach import emails_of

_logger = logging.getLogger(__name__)
LAST_TOUCHES = 5


class TouchDesk(models.AbstractModel):
    """One touch as a card."""

    _inherit = "touch.desk"

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
            (
                "contact",
                "deal",
                "function",
                "company",
                "place",
                "phone",
                "dial",
                "email",
                "closed_email",
                "closed_why",
                "refuses",
                "revenue",
                "stage",
                "text",
                "script",
                "subject",
                "lacks",
                "before",
                "expert",
                "talk",
            ),
            "",
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
            "nth": kept._told_number(),
            "unsure": kept.unsure,
            "channel": kept.channel,
            "asks": "",
            "purpose": kept.purpose,
            "day": format_date(self.env, kept.date_deadline),
            "reason": self.env["touch.words"]._say([("card_broken", {"error": str(error)})]),
            "said": kept.note or "",
            "failure": kept.failure or "" if kept.delivery == "failed" else "",
            "why": "",
            "rhythm": 0,
            "history": [],
            "outlook": {},
            "questions": {"steps": [], "step": False, "obstacles": [], "items": []},
            "unreachable": False,
            "broken": True,
        }

    def _cards_together(self, touches):
        own, touches = touches, touches._for_worker()
        facts = touches._read_facts()
        reach = touches._reach()
        history = self._last_touches(touches)
        told = own._told()
        outcomes = self.env["touch.outcome"].search([("active", "=", True)])
        questions = own._questions()
        before = self._before_meeting(own, touches)
        visible = {*own.lead_id._filtered_access("read"), *own.partner_id._filtered_access("read")}
        return {
            mine.id: {
                "id": touch.id,
                "why": mine.why,
                "visible": mine._client_record() in visible,
                "history": history[touch.company_id, touch.client_key],
                **self._client(touch, reach[touch]),
                **self._news(mine, touch),
                **self._text(mine, told[mine]),
                "before": before[mine],
                **self._rhythm(facts.get(touch)),
                "outlook": self._outlook(touch, facts.get(touch), outcomes),
                "questions": questions[mine],
                "broken": False,
            }
            for mine, touch in zip(own, touches)
        }

    def _client(self, touch, reach):
        """:return: whom the touch is for, and how to reach them: ``phone`` is what is shown, ``dial`` what may be dialled"""
        lead, partner, record = touch.lead_id, touch.partner_id, touch._client_record()
        person = touch._person()
        temperature, potential = self.env["touch.client"]._standing(lead, partner)
        place = lead if lead and (lead.city or lead.country_id) else partner
        company = partner.commercial_company_name or lead.partner_name or ""
        return {
            "client": touch.client_name,
            "deal": lead.name if lead and lead.name != touch.client_name else "",
            "model": record._name,
            "res_id": record.id,
            "contact": person.name or lead.contact_name or partner.name or "",
            "function": lead.function or person.function or "",
            "company": company,
            "place": ", ".join(part for part in (place.city, place.country_id.name) if part),
            "phone": reach.shown,
            "dial": reach.number,
            "email": reach.email,
            # an address that is known, and takes no mail or wants none
            "closed_email": "" if reach.email else next(iter(emails_of(lead, partner)), ""),
            "closed_why": record.with_env(self.env).sudo().touch_closed_email or "",  # sudo: as the address beside it
            "refuses": record.with_env(self.env).sudo().touch_refused or "",  # sudo: a wish binds whoever makes the touch
            "temperature": temperature,
            "potential": potential or False,
            "vip": partner.is_vip or partner.commercial_partner_id.is_vip,
            "revenue": self._money(lead.expected_revenue, lead.company_currency) if lead.expected_revenue else "",
            "stage": lead.stage_id.name or "",
        }

    def _money(self, amount, currency):
        return currency.format(round(amount)) if currency else str(round(amount))

    def _text(self, mine, told):
        """:return: what to say or write, for a mail its subject, what is missing for this client, and why the last try could not be sent"""
        return {
            "script": told.text,
            "subject": told.subject if told.script else "",
            "lacks": mine._lacking(told.lacks),
            "failure": mine.failure or "" if mine.delivery == "failed" else "",
            "unreachable": mine._has_no_way(),
        }

    def _before_meeting(self, own, touches):
        """:return: {touch: what to have ready, where it confirms a meeting: the check-list is read the day before (R63)}"""
        lists = touches.filtered(lambda touch: touch.purpose == CONFIRMING)._meeting_checklists()
        return {mine: lists.get(touch, "") for mine, touch in zip(own, touches)}

    def _news(self, mine, touch):
        """:return: what the touch is about; texts in the user's language, with the client's data filled in"""
        values = touch._fill_values()
        reason = touch.with_env(mine.env).sudo().reason_id  # sudo: it may be told with the touch that it carries
        return {
            "number": touch.number,
            "target": touch._told_target(),
            "nth": touch._told_number(),
            "unsure": touch.unsure,
            "channel": touch.channel,
            "asks": touch._asked_channel(),
            "purpose": touch.purpose,
            "day": format_date(self.env, touch.date_deadline),
            # of an agreed step the summary says which, and on which day
            "reason": mine.summary if touch.purpose in OF_AGREED_STEP else touch.own_reason or (reason._full_name() if reason else ""),
            "text": touch._fill(reason.text, values),
            "expert": touch.expert_id.name or "",
            "said": touch.note or "",
            "talk": touch.how_to_talk or "",
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
                        WHERE client_key = ANY(%s) AND company_id = ANY(%s) AND unsure IS NOT TRUE AND (state = 'done' OR (state = 'skipped' AND note > ''))) past
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
            # sudo: names, in the user's language
            outcome, reason = (one.with_env(self.env).sudo().name for one in (touch.outcome_id, touch.reason_id))
            told[touch.company_id, touch.client_key].append(
                {
                    "id": touch.id,
                    "day": format_date(self.env, local.date()),
                    "channel": touch.channel,
                    "incoming": touch.direction == "in",
                    "outcome": outcome or (touch in tellable and touch.skip_reason) or "",
                    "reason": (touch in tellable and touch.own_reason) or reason or "",
                    "note": (touch in tellable and touch.note) or "",
                    "user": touch.user_id.name or "",
                }
            )
        return told

    def _outlook(self, touch, facts, outcomes):
        """:return: {outcome id: sentences on what will happen next, the day of the next touch last}"""
        if not facts or not facts.open_touch:
            return {}
        words = self.env["touch.words"]
        result = {}
        for outcome in outcomes:
            found = outcome._outlook(facts, touch.step_id.id or None)
            moved = [("then_temperature", {"temperature": found.temperature})] if found.temperature != facts.temperature else []
            # before the day of the step is known, nobody knows what is next
            then = () if outcome.asks == "next_step" else words._decision_codes(found.decision, touch)
            result[outcome.id] = [said for one in (*moved, *then) if (said := words._say([one]))]
        return result
