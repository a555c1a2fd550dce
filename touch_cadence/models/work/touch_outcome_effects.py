from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ...method.client import outcomes
from ...method.client.outcomes import AGREED, KEPT, MOVED, READY
from ...method.plan.facts import ACTIVE_STATES, ASKING, HOT, MEETING
from ..base.inside import told
from ..base.rooms import shared
from ..cadence.touch_outcome import OF_STEP


class TouchTouch(models.Model):
    """What an outcome does."""

    _inherit = "touch.touch"

    @shared
    def _finish_as(self, outcome_of, note=None, made=None):
        """:param outcome_of: the outcome of a touch that has one; the others have the one that their channels have by themselves
        :param note, made: as in :meth:`_finish`"""
        default = self.env["touch.outcome"]._default_outcome
        for outcome, its in self.grouped(lambda touch: outcome_of(touch) or default(touch.channel)).items():
            its._finish(outcome, note, made)

    def _finish(self, outcome, note=None, made=None):
        """Planned touches were made: write it down and draw the consequences. A meeting of the calendar keeps its hour.

        :param made: the moment in UTC; None: now, or what the desk says that sends later what was done without a connection
        """
        made = made or told(self.env, "touch_date_done") or fields.Datetime.now()
        vals = {"state": "done", "outcome_id": outcome.id, "counts": outcome.counts, "reached": outcome.reached, "unsure": False}
        vals.update(delivery=False, failure=False)
        for (step, unsure), touches in self.grouped(lambda touch: (touch._agreed_step(outcome), touch.unsure)).items():
            when = {} if unsure else {"date_done": made}
            touches.write({**vals, **when, **self._agreed_vals(outcome, step), **self._not_now_vals(made)})
        self._add_note(note)
        self._take_over_seen()
        self._apply_outcomes()
        self._settle_meetings(outcome)

    def _settle_meetings(self, outcome):
        """Who says what came of an agreed step says it of the meeting that it was, too (R1, R45)."""
        asked = (
            self.filtered(lambda touch: touch.purpose == ASKING and touch.agreed_event_id)
            if outcome.step_effect in OF_STEP
            else self.browse()
        )
        if not asked:
            return
        # sudo: of the same client, whoever was there
        meetings = self.sudo().search([("event_id", "in", asked.agreed_event_id.ids), ("unsure", "=", True)])
        if outcome.step_effect == KEPT:
            meetings._finish_as(lambda _touch: None)
        else:
            meetings._not_made()

    @shared
    def _not_made(self):
        """What was counted without anybody saying so was no touch: a meeting that did not take place, or a mail that was a planned touch."""
        if not self:
            return
        self.write({"state": "skipped", "withdrawn": True, "unsure": False, "counts": False, "reached": False})
        self.enrollment_id._count_touches()
        self.enrollment_id._open_touches()._renumber()
        self.env["touch.mark"]._mark(self.enrollment_id)

    @api.model
    def _answers(self, next_step=None, next_day=None, obstacle=None, back=None, item=None, place=None):
        """:return: what was asked with the outcome, and answered, as the touch keeps it until it is finished
        :raise AccessError: for what the user may not read; who names nothing needs no right on it"""
        records = {"step": next_step, "obstacle": obstacle, "item": item}
        for named in filter(None, records.values()):
            named.check_access("read")
        words = {"day": next_day or False, "back": back or False, "place": place or False}
        return {**{name: one.id if one else False for name, one in records.items()}, **words}

    @api.model
    def _not_now_vals(self, made):
        """:param made: the moment of the touch, in UTC
        :return: values of a touch that say what stands in the way, and when to come back (R46)"""
        answers = told(self.env, "touch_answers") or {}
        said = fields.Datetime.context_timestamp(self, made).date()
        return self._not_now(answers.get("obstacle"), answers.get("back"), answers.get("item"), said)

    @api.model
    def _not_now(self, obstacle, back, item, said):
        """:param obstacle, item: ids, or nothing
        :param back: the day that was named
        :param said: the day of the touch
        :return: values of a touch that say it"""
        if not (obstacle or back or item):
            return {}
        back = back or self.env["touch.obstacle"].browse(obstacle or ())._proposed(said, bool(item))
        return {"obstacle_id": obstacle or False, "back_date": back, "item_id": item or False, "waits": bool(item)}

    def _agreed_step(self, outcome):
        """:return: the next step that ``outcome`` is about: the one that was named, else the one that the touch asked for or belongs to"""
        if not outcome.step_effect or outcome.step_effect == READY:
            return self.env["touch.next.step"]
        named = (told(self.env, "touch_answers") or {}).get("step")
        return self.env["touch.next.step"].browse(named or ()) or self.reason_id.next_step_id or self.agreed_touch_id.agreed_step_id

    @api.model
    def _agreed_vals(self, outcome, step):
        """:return: values of a touch that say what was agreed with ``outcome``"""
        if outcome.step_effect not in (AGREED, MOVED):
            return {"agreed_step_id": step.id}
        return {"agreed_step_id": step.id, "agreed_date": (told(self.env, "touch_answers") or {}).get("day", False)}

    @shared
    @api.model
    def _move_agreed(self, days, to, deals=None, clients=None):
        """The meeting to which clients had agreed is on another day now: what their touches agreed moves along.

        :param days: on which it was to be
        :param to: the day on which it is; False where the clients have not agreed to that
        :param deals: whose meeting it is
        :param clients: commercial contacts who are on the meeting; anybody puts anybody there, so of theirs only what the user sees moves along
        """
        if not days:
            return
        meeting = Domain("agreed_step_id", "=", False) | Domain("agreed_step_id.kind", "=", MEETING)
        agreed = meeting & Domain("agreed_date", "in", list(days)) & Domain("outcome_id.step_effect", "in", (AGREED, MOVED))
        # sudo: of the deal, whoever agreed it; who put the meeting on the deal was asked for the right on that
        touches = self.sudo().search(agreed & Domain("lead_id", "in", deals.ids)) if deals else self.sudo().browse()  # sudo: as above
        if clients and self.has_access("read"):
            touches |= self.search(
                agreed & Domain("commercial_partner_id", "in", clients.ids)
            ).sudo()  # sudo: touches are written by methods only
        touches.write({"agreed_date": to})

    def _end_waits(self):
        """Clients wait no longer for an item of which these touches told them, or which they named again; nor, after a purchase or a no, for
        anything (R57)."""
        over = self.filtered(lambda touch: touch.outcome_id.ends or touch.item_id or (touch.counts and touch.reason_id.item_ids))
        if not over:
            return
        waiting = self.search([("waits", "=", True), ("client_key", "in", [key for key in over.mapped("client_key") if key])])
        ended = self.browse()
        by_client = waiting.grouped(lambda one: (one.company_id, one.client_key))
        for touch in over:
            its = by_client.get((touch.company_id, touch.client_key), self.browse()) - touch
            told_of = touch.reason_id.item_ids if touch.counts else touch.reason_id.item_ids.browse()
            ended |= its.filtered(lambda one, touch=touch, told_of=told_of: touch.outcome_id.ends or one.item_id in told_of | touch.item_id)
        (ended | over.filtered(lambda touch: touch.waits and touch.outcome_id.ends)).write({"waits": False})

    def _apply_outcomes(self):
        """What touches that are over do: count, move the temperature (R9), end the run (R12), and plan on."""
        # sudo: the consequences reach enrolment, client and next rep, to whom the one who ticked the touch may have no right
        touches = self.sudo()
        warmth, ending, company_wide, warmed = defaultdict(list), defaultdict(list), [], []
        for touch in touches:
            record = touch._client_record()
            outcome = touch.outcome_id
            effect = outcomes.effect(
                record.temperature or "cold", outcome.temperature_effect or "", outcome.ends or "", outcome.step_effect or ""
            )
            if effect.temperature != record.temperature:
                warmth[effect.temperature, touch.outcome_id].append(touch)
            if effect.warmed:
                warmed.append(touch)
            if effect.ends:
                ending[effect.ends].append(touch)
                if effect.whole_company:
                    company_wide.append(touch)

        touches._end_waits()
        touches.browse().union(*warmed).write({"warmed": True})
        for (temperature, outcome), its in warmth.items():
            its = touches.browse().union(*its)
            for clients in (its.lead_id, its.partner_id):
                clients._touch_set_temperature(temperature, "warm_outcome", outcome=outcome)
        running = touches.enrollment_id.filtered(lambda one: one.state in ACTIVE_STATES)
        running._count_touches()
        touches.enrollment_id._open_touches()._renumber()
        for (state, reason), its in ending.items():
            its = touches.browse().union(*its)
            if state == "won":  # first, so that what follows sees a deal that is over
                its.lead_id.filtered(lambda lead: lead.won_status != "won").action_set_won()
            (its.enrollment_id & running)._stop(state, reason)
        if company_wide:
            said_no = touches.browse().union(*company_wide)
            colleagues = self.env["touch.client"]._enrollments_of(said_no.commercial_partner_id)
            colleagues.filtered(lambda one: one.company_id in said_no.company_id)._stop("refused", "refused_by_colleague")
        for outcome, its in touches.grouped("outcome_id").items():
            if outcome:
                outcome._apply_effects(its)
        # who bought or turned hot while resting is waited for no longer
        awake = touches.filtered(lambda touch: touch.outcome_id.ends == "won" or touch._client_record().temperature == HOT)
        resting = self.env["touch.client"]._enrollments_of(awake.lead_id, ("resting",)) | self.env["touch.client"]._enrollments_of(
            awake.commercial_partner_id, ("resting",)
        )
        self.env["touch.mark"]._mark(running | resting)
