"""Clients' stories out of the database, as `method.sense` reads them."""

from datetime import datetime, timedelta
from typing import NamedTuple

from ..method import sense
from ..method.plan.facts import OCCASIONS

# shipped cadences, by the ends of their names; all others sell
PART_OF = {"nurture": sense.NURTURE, "care": sense.CARE, "monthly": sense.CARE, "win_back": sense.WIN_BACK}
# outcomes by which a client says yes, where they do not say so themselves
YES = ("next_step", "ready_to_buy", "bought", "step_kept", "step_moved")


class Owner(NamedTuple):
    """Whose channels are asked for."""

    lead_id: int
    partner_id: int
    company_id: int


class Stories:
    """What happened with clients, each in order: touches, agreed steps, purchases, stops.

    Channels are those that are open when the story is read: what was closed in its course counts as closed all along.
    """

    def __init__(self, env):
        self.env = env

    def of(self, clients=None):
        """:param clients: ``touch.touch`` domain of whose stories; all by default
        :return: {client key: list of (moment, happening)}; of whom nothing is known but a key, nothing is told"""
        touches = self.env["touch.touch"].search([("state", "=", "done"), *(clients or [])], order="date_done, id")
        owners = {touch.client_key: touch for touch in touches if touch.client_key}
        stories = {key: [] for key in owners}
        self._add_touches(stories, touches)
        self._add_agreed(stories, touches)
        self._add_purchases(stories, owners)
        self._add_stops(stories)
        return {key: sorted(story, key=lambda one: one[0]) for key, story in stories.items()}

    def findings(self, clients=None):
        """:return: {client key: list of ``sense.Finding``}, of stories that make no sense somewhere"""
        read = {key: sense.findings([one for _moment, one in story]) for key, story in self.of(clients).items()}
        return {key: found for key, found in read.items() if found}

    # --- parts -------------------------------------------------------------------------------------

    def _xml_name(self, record, prefix):
        """:return: what follows ``prefix`` in the name of a record that we ship; empty for others"""
        return (record.get_external_id().get(record.id) or "").partition(f"touch_cadence.{prefix}")[2]

    def part(self, cadence):
        """:return: of ``sense.PARTS``"""
        name = self._xml_name(cadence._current_version(), "touch_cadence_")
        return PART_OF.get(name, sense.SELLING)

    def asks(self, reason):
        """:return: the kind of the step that a reason asks for"""
        if "next_step_id" in reason._fields and reason.next_step_id:
            return reason.next_step_id.kind or ""
        return self._xml_name(reason, "touch_reason_ask_")

    def is_met(self, touch, counts):
        """:return: whether the client came to a meeting, which nobody comes to without a yes"""
        return touch.channel == "meeting" and bool(touch[counts]) and not ("unsure" in touch._fields and touch.unsure)

    def is_yes(self, outcome):
        """:return: whether a client who answers so agrees to something"""
        if "step_effect" in outcome._fields and outcome.step_effect:
            return outcome.step_effect != "missed"
        return self._xml_name(outcome, "touch_outcome_") in YES

    def lapses_on(self, touch):
        """:return: the day from which the client counted as missed when the touch was made; None where a purchase has moved it since, be it at
        this touch"""
        client = touch.commercial_partner_id
        known = client.last_purchase_date and client.last_purchase_date < touch.date_done.date()
        return client.lapses_on or None if known else None

    def _add_touches(self, stories, touches):
        counts = "counts" if "counts" in touches._fields else "reached"
        owners = {touch: Owner(touch.lead_id.id, touch.partner_id.id, touch.company_id.id) for touch in touches}
        reachable = self.env["touch.facts"]._read_open_channels(list(set(owners.values())))
        kinds = self.env["touch.channel"]._channels()
        in_turn = {code for code in self.env["mail.activity.type"]._touch_types_by_channel() if not kinds[code].agreed}
        # who is asked for something can answer by it
        turns = {"closing": {code for code in in_turn if kinds[code].two_way}}
        parts = {cadence: self.part(cadence) for cadence in touches.cadence_id}
        asked = {reason: self.asks(reason) for reason in touches.reason_id}
        yes = {outcome: self.is_yes(outcome) for outcome in touches.outcome_id}
        for touch in touches:
            if touch.client_key not in stories:
                continue
            # who asked to be called again is asked, too: where he can answer
            comes_back = any(code == "come_back" for code, _values in touch.why_data or ())
            ways = turns["closing"] if comes_back else turns.get(touch.purpose, in_turn)
            happening = sense.Touched(
                day=touch.date_done.date(),
                purpose=touch.purpose,
                channel=touch.channel,
                temperature=touch.temperature or "",
                # a meeting of the calendar counted until somebody said that the client had not come
                counts=bool(touch[counts] or ("event_id" in touch._fields and touch.event_id)),
                incoming=touch.direction == "in",
                yes=yes.get(touch.outcome_id, False) or self.is_met(touch, counts),
                asks=asked.get(touch.reason_id, ""),
                part=parts.get(touch.cadence_id, sense.SELLING),
                planned=bool(touch.step_id and touch.date_planned),  # what was logged may use up a step, and was planned by nobody
                occasion=touch.reason_id.kind in OCCASIONS,
                open=frozenset(reachable[owners[touch]] & ways),
                rhythm=touch.cadence_id.rhythm or 5,
                lapses_on=self.lapses_on(touch),
                cares=touch.reason_id.moment == "bought",
                deal=touch.lead_id.id or None,
            )
            stories[touch.client_key].append((touch.date_done, happening))

    def _add_agreed(self, stories, touches):
        if "agreed_date" in touches._fields:
            for touch in touches.filtered("agreed_date"):
                kind = touch.agreed_step_id.kind or "step"
                self._add(
                    stories,
                    touch.client_key,
                    touch.date_done,
                    sense.Agreed(touch.date_done.date(), kind, touch.agreed_date, touch.lead_id.id or None),
                )
        keys = {touch.lead_id: touch.client_key for touch in touches if touch.lead_id}
        events = self.env["calendar.event"].search([("opportunity_id", "in", [lead.id for lead in keys])], order="start, id")
        for event in events:
            made = min(event.create_date, event.start)
            self._add(
                stories, keys[event.opportunity_id], made, sense.Agreed(made.date(), "meeting", event.start.date(), event.opportunity_id.id)
            )
        # an expert who came was booked, though the meeting may be gone from the calendar
        came = self.env["touch.expert.booking"].search([("lead_id", "in", [lead.id for lead in keys]), ("state", "=", "done")])
        for booking in came:
            on = booking.start.date()
            self._add(stories, keys[booking.lead_id], booking.start, sense.Agreed(on, "meeting", on))

    def _add_purchases(self, stories, owners):
        rows = self.env.execute_query(self.env["res.partner"]._touch_purchases())
        commercial = {partner.id: partner.commercial_partner_id.id for partner in self.env["res.partner"].browse({row[0] for row in rows})}
        bought = {(commercial[row[0]], row[1], row[4] or 0) for row in rows if row[1]}
        for key, day, deal in sorted(bought):
            if key in owners:
                # at the end of its day: the touch at which it was bought comes first
                moment = _midnight(day) + timedelta(hours=23)
                self._add(stories, key, moment, sense.Bought(day, deal or None))

    def _add_stops(self, stories):
        runs = self.env["touch.enrollment"].search([("client_key", "in", list(stories))], order="id")
        of_client = runs.grouped("client_key")
        for run in runs.filtered("date_end"):
            later = [
                other for other in of_client[run.client_key] if other != run and (not other.date_end or other.date_end >= run.date_end)
            ]
            followed = any(other.id > run.id or not other.date_end for other in later)
            moment = _midnight(run.date_end) + timedelta(hours=23, minutes=30)
            said = [code for code, _values in run.why_data or ()] if run.nothing_follows else []
            because = next((code for code in said if code in sense.MAY_END), said[-1] if said else "")
            self._add(stories, run.client_key, moment, sense.Stopped(run.date_end, run.stop_reason or "", followed, because))

    def _add(self, stories, key, moment, happening):
        if key in stories:
            stories[key].append((moment, happening))


def _midnight(day):
    return datetime.combine(day, datetime.min.time())
