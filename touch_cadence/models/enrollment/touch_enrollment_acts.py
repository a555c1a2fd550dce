from datetime import timedelta
from functools import cache

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, groupby

from ...method.plan.facts import UNDER_WAY
from ..base.arguments import day, records, takes, text
from ..base.rooms import shared
from ..base.system import as_system

# in which states each act by hand can be done
ACT_STATES = {
    "pause": ("running", "blocked"),
    "resume": ("paused", "blocked", "resting"),
    "stop": UNDER_WAY,
    "change": ("running", "blocked"),
    "hand_over": UNDER_WAY,
}
# days ahead to which a pause can last
MOST_AHEAD = 1100


class TouchEnrollment(models.Model):
    """What people do with enrolments."""

    _inherit = "touch.enrollment"

    @takes(reason=text(), until=day(ahead=MOST_AHEAD))
    def action_pause(self, reason=None, until=None):
        """Make no touches until resumed. The planned touch is withdrawn, and its step follows after the pause.

        :param reason: why, in the user's words
        :param until: the day, as a date or its ISO text, on which the planner resumes the run; none: until somebody resumes it
        :raise UserError: if the enrolment is not running, or the end is not in the future
        """
        self._check_act("pause")
        self._check_until(until)
        why = [("paused_until", {"date": until}) if until else ("paused", {}), *([("noted", {"note": reason})] if reason else [])]
        self._open_touches()._withdraw()
        values = {"state": "paused", "next_date": False, "not_before": until, "why_data": self.env["touch.words"]._store(why)}
        known = self.sudo()  # sudo: states are written by these methods only, once it is seen whose they are
        for today, runs in known._by_today().items():
            runs.write({**values, "date_paused": today})
        return True

    @takes()
    def action_resume(self):
        """Continue after a pause, a block or a rest. A pause moves the next touch by its length.

        :raise UserError: if the enrolment is not paused, blocked or resting
        """
        self._check_act("resume")
        runs = self.sudo()  # sudo: as in action_pause()
        runs._resume()
        runs._settle_places()
        self.env["touch.mark"]._mark(self.filtered(lambda one: one.state != "waiting"))
        return True

    @takes(reason=text())
    def action_stop(self, reason=None):
        """End the run by hand; the planned touch is withdrawn.

        :param reason: why, in the user's words; kept on the enrolment
        :raise UserError: if the enrolment is already over
        """
        self._check_act("stop")
        self.sudo()._stop("stopped", "manual", note=reason)  # sudo: as in action_pause()
        return True

    @takes(cadence=records("touch.cadence"))
    def action_change_cadence(self, cadence):
        """Continue in another cadence: the run ends, and one in ``cadence`` begins. Clients who cannot be enrolled there keep their run
        (:meth:`_exclusion_reasons` says why).

        :param cadence: a ``touch.cadence`` or its id
        :return: the new enrolments
        """
        self.check_access("write")
        cadence.check_access("read")
        why = self._exclusion_reasons("change", cadence=cadence)
        return self.filtered(lambda one: not why[one])._change_cadence(cadence)

    @shared
    @api.model
    def _check_until(self, until):
        if until and until > fields.Date.context_today(self) + timedelta(days=MOST_AHEAD):
            raise UserError(self.env._("A pause lasts three years at most: stop the enrolment instead, or leave the end empty."))
        if until and until <= fields.Date.context_today(self):
            raise UserError(self.env._("A pause cannot end on %(date)s: choose a later day.", date=format_date(self.env, until)))

    def _check_act(self, act):
        """:raise AccessError: for who may not work these runs
        :raise UserError: where the state does not allow the act"""
        self.check_access("write")
        wrong = self.filtered(lambda enrollment: enrollment.state not in ACT_STATES[act])[:1]
        if wrong:
            raise UserError(
                self.env._(
                    "“%(enrollment)s” is %(state)s: this cannot be done now.",
                    enrollment=wrong.display_name,
                    state=wrong._state_name().lower(),
                )
            )

    def _state_name(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    @shared
    def _exclusion_reasons(self, act, cadence=None, user=None, also_resting=True):
        """Who is left out of an act by hand, and why: the one place for it, for previews and for the acts themselves.

        :param act: a key of ``ACT_STATES``
        :param cadence: the target of a change
        :param user: who is to get the clients of a hand-over; None: who fits best
        :param also_resting: whether those who rest after a no are resumed, too
        :return: {enrolment: why it is left out, or an empty string} in the given order
        """
        known = self.sudo()  # sudo: why a colleague's client is left out is said, and no more of it
        own = self._filtered_access("write")
        rests = known.filtered(lambda one: one.state == "resting")
        system = as_system(self.env)
        held = (
            system["touch.client"]._active_by_client([(one.company_id.id, one.client_key) for one in rests])
            if act == "resume" and rests
            else {}
        )
        why = {}
        for one in known - own:
            why[one] = ("not_yours",)
        for one in known & own:
            if one in rests and (act in ("pause", "change") or (act == "resume" and not also_resting)):
                why[one] = ("resting", ("date", one.not_before))
            elif one.state not in ACT_STATES[act]:
                why[one] = ("wrong_state", ("state", one._state_name()))
            elif place := held.get((one.company_id.id, one.client_key)) if one in rests else None:
                why[one] = ("enrolled_already", ("cadence", place.cadence_id.name))
        fit = self.filtered(lambda one: one not in why)
        if act == "hand_over":
            takers = fit._possible_reps(user)
            # sudo: a sentence on runs that the user may work; their clients' users and companies are names
            for one in fit.sudo().filtered(lambda one: not takers[one.id]):
                code = "theirs_already" if user and one._client_record().user_id == user else "closed_company" if user else "nobody_free"
                why[one] = (code, ("user", user.name), ("company", one.company_id.name)) if user else (code,)
        say = cache(lambda code, *values: self.env["touch.words"]._say([(code, dict(values))]))
        result = {one: say(*why[one]) if one in why else "" for one in self}
        if act == "change" and cadence:
            leaving = fit.filtered(lambda one: one.cadence_id != cadence)
            for company, clients, its in fit._by_client_model():
                reasons = cadence.with_company(company)._exclusion_reasons(clients, leaving=leaving)
                result |= {one: reasons[one._client_record()] for one in its}
        return result

    def _resume(self):
        """Run again, due now; the pause that is over is kept, so that it moves the dates by its length (:func:`rhythm.after_pauses`)."""
        for today, runs in self._by_today().items():
            paused = runs.filtered(lambda one, today=today: one.date_paused and one.date_paused < today)
            for _key, its in groupby(paused, lambda one: (one.date_paused, repr(one.pauses))):
                pause = [fields.Date.to_string(its[0].date_paused), fields.Date.to_string(today)]
                self.browse().union(*its).write({"pauses": [*(its[0].pauses or ()), pause]})
        self.write({"state": "running", "next_date": fields.Datetime.now(), "not_before": False, "date_paused": False, "why_data": False})

    @shared
    def _change_cadence(self, cadence):
        new = self.browse()
        for company, clients, its in self._by_client_model():
            # sudo: as in action_pause(); whoever calls this has looked whose they are
            its.sudo()._stop("stopped", "changed", why=[("changed", {"cadence": cadence.name})])
            self.env.flush_all()  # they give their places up before the others take them
            new += cadence.with_company(company)._create_enrollments(clients)
        self._settle_places()  # a deal in nurture now may go behind one that waits
        self.env["touch.mark"]._mark(new)
        return new
