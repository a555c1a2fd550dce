from collections import defaultdict

from odoo import api, fields, models

from ...method.client import outcomes
from ...method.client.outcomes import AGREED, MOVED, READY
from ...method.plan.facts import ACTIVE_STATES, HOT
from ..base.inside import told
from ..base.rooms import shared


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
        """Planned touches were made: write it down and draw the consequences.

        :param made: the moment in UTC; None: now, or what the desk says that sends later what was done without a connection
        """
        made = made or told(self.env, "touch_date_done") or fields.Datetime.now()
        vals = {"state": "done", "outcome_id": outcome.id, "counts": outcome.counts, "reached": outcome.reached, "date_done": made}
        for step, touches in self.grouped(lambda touch: touch._agreed_step(outcome)).items():
            touches.write({**vals, **self._agreed_vals(outcome, step)})
        self._add_note(note)
        self._apply_outcomes()

    @api.model
    def _agreement(self, next_step, next_day):
        """:return: what somebody says of the next step that was agreed, as the touch keeps it until it is finished"""
        return {"step": next_step.id if next_step else False, "day": next_day or False}

    def _agreed_step(self, outcome):
        """:return: the next step that ``outcome`` is about: the one that was named, else the one that the touch asked for or belongs to"""
        if not outcome.step_effect or outcome.step_effect == READY:
            return self.env["touch.next.step"]
        named = (told(self.env, "touch_agreed") or {}).get("step")
        return self.env["touch.next.step"].browse(named or ()) or self.reason_id.next_step_id or self.agreed_touch_id.agreed_step_id

    @api.model
    def _agreed_vals(self, outcome, step):
        """:return: values of a touch that say what was agreed with ``outcome``"""
        if outcome.step_effect not in (AGREED, MOVED):
            return {"agreed_step_id": step.id}
        return {"agreed_step_id": step.id, "agreed_date": (told(self.env, "touch_agreed") or {}).get("day", False)}

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

        touches.browse().union(*warmed).write({"warmed": True})
        for (temperature, outcome), its in warmth.items():
            its = touches.browse().union(*its)
            for clients in (its.lead_id, its.partner_id):
                clients._touch_set_temperature(temperature, "warm_outcome", outcome=outcome.name)
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
