from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..base.arguments import choice, day, day_or_month, moment, records, selected, takes, text, values
from ..base.rooms import shared
from ..base.system import as_system
from ..cadence.touch_cadence_step import PURPOSES
from ..touch.touch_touch import MOST_AHEAD

# days back for which a touch can be logged
MOST_BACK = 36600
# what may be said of a touch that nobody had planned
LOGGED = {
    "channel": selected("touch.touch", "channel"),
    "direction": choice("out", "in"),
    "purpose": choice(*(purpose for purpose, _name in PURPOSES)),
    "reason_id": records("touch.reason"),
    "outcome_id": records("touch.outcome"),
    "note": text(),
    "agreed_step_id": records("touch.next.step"),
    "agreed_date": day(past=MOST_BACK, ahead=MOST_AHEAD),
    "obstacle_id": records("touch.obstacle"),
    "back_date": day_or_month(past=MOST_BACK, ahead=MOST_AHEAD),
    "item_id": records("touch.item"),
    "date_done": moment(past=MOST_BACK, ahead=1),  # a day of slack for time zones; _log() looks at the very moment
}
# how far clocks may differ
CLOCK_SLACK = timedelta(minutes=5)


class TouchClientMixin(models.AbstractModel):
    _inherit = "touch.client.mixin"

    @takes(values=values(**LOGGED))
    def log_touch(self, values):
        """Record an unplanned touch (R1): an incoming call, an advert seen, a referral. It counts like any other.

        :param values: dict: ``channel`` (required), ``direction`` (in, out), ``purpose``, ``reason_id``, ``outcome_id``, ``note``, ``date_done``;
            ``agreed_step_id`` and ``agreed_date``: the next step that was agreed, and its day; ``obstacle_id``, ``back_date`` and ``item_id``:
            what stands in the way, the day or month to come back, and what the client waits for
        :return: the touches, one a client
        :raise AccessError: if the user may not see these clients or work touches
        """
        plain = {name: value.id if isinstance(value, models.BaseModel) else value for name, value in values.items()}
        return self.env["touch.touch"]._log(self, plain)

    @takes()
    def action_touch_log(self):
        return self._touch_wizard("touch.log", self.env._("Log a Touch"), {"default_model": self._name, "default_res_ids": self.ids})


class TouchTouch(models.Model):
    """Touches that nobody had planned."""

    _inherit = "touch.touch"

    @shared
    @api.model
    def _log(self, clients, values, by_client=False, each=None):
        """Touches that nobody had planned (R1): an incoming call, an advert seen, a referral.

        :param clients: partners or leads
        :param values: of the fields in ``LOGGED``; others are left out
        :param each: {client: more values of its touch}, of our own code
        :param by_client: nobody of ours made it: it stands under the client's own rep
        :return: the touches, done
        """
        self.check_access("write")
        clients = clients.browse(dict.fromkeys(clients.ids))  # who is named twice was touched once
        clients.check_access("read")
        values = {name: value for name, value in values.items() if name in LOGGED}
        self._check_logged(values)
        system = as_system(self.env)
        subjects = system["touch.client"]._subjects_of_clients(clients, self.env["touch.cadence"])
        runs = self._runs_of(clients, subjects)
        outcome = self.env["touch.outcome"].browse(values.get("outcome_id") or ())
        self._check_may_end(clients, runs, outcome)
        vals_list = self._logged_vals(clients, values, outcome, subjects, runs)
        for client, vals in zip(clients, vals_list):
            vals.update((each or {}).get(client, {}))
        if by_client:
            for client, vals in zip(clients, vals_list):
                vals["user_id"] = (runs.get(client, self.env["touch.enrollment"]).user_id or client.user_id).id
        # with all rights: reps make no touches but through here, and the call someone took is linked to a colleague's enrolment
        touches = self.with_env(system).create(vals_list).with_env(self.env)
        touches._apply_outcomes()
        return touches

    @api.model
    def _logged_vals(self, clients, values, outcome, subjects, runs):
        """:return: values of the touches of these clients, in order, as the user's own"""
        came = outcome or outcome._default_outcome(values["channel"])
        made = fields.Datetime.to_datetime(values.get("date_done")) or fields.Datetime.now()
        said = fields.Datetime.context_timestamp(self, made).date()
        not_now = self._not_now(values.get("obstacle_id"), values.get("back_date"), values.get("item_id"), said)
        counts = Counter()
        vals_list = []
        for client, subject in zip(clients, subjects):
            enrollment = runs.get(client, self.env["touch.enrollment"])
            counts[enrollment] += 1
            vals_list.append(
                {
                    "date_done": fields.Datetime.now(),
                    **values,
                    **not_now,
                    "state": "done",
                    "counts": outcome.counts if outcome else True,
                    "reached": came.reached or values.get("direction") == "in",  # whoever comes to us shows that he listens
                    "enrollment_id": enrollment.id,
                    "cadence_id": enrollment.cadence_id.id,
                    "number": enrollment.touch_count + counts[enrollment] if enrollment else 0,
                    "company_id": subject.company_id,
                    "partner_id": subject.partner_id,
                    "lead_id": subject.lead_id,
                    "user_id": self.env.user.id,
                    "temperature": client.temperature,
                }
            )
        return vals_list

    @shared
    @api.model
    def _runs_of(self, clients, subjects=None):
        """:param subjects: the planner's, where they are known
        :return: {client: the enrolment that a touch logged now belongs to}, whoever works it"""
        system = as_system(self.env)
        subjects = subjects or system["touch.client"]._subjects_of_clients(clients, self.env["touch.cadence"])
        held = system["touch.client"]._active_by_client([(one.company_id, one.client) for one in subjects])
        return {client: held[key] for client, one in zip(clients, subjects) if (key := (one.company_id, one.client)) in held}

    @api.model
    def _check_logged(self, values):
        """:raise AccessError: for a reason, an outcome or anything else that the user may not read
        :raise UserError: for a touch without a channel, or one that lies ahead"""
        if not values.get("channel"):
            raise UserError(self.env._("Give the channel of the touch: call, email, …"))
        made = fields.Datetime.to_datetime(values.get("date_done"))
        if made and made > fields.Datetime.now() + CLOCK_SLACK:
            raise UserError(
                self.env._("A touch on %(date)s lies in the future: it cannot be logged as made.", date=format_date(self.env, made))
            )
        for name in LOGGED:
            if values.get(name) and self._fields[name].relational:  # who names nothing needs no right on it
                self.env[self._fields[name].comodel_name].browse(values[name]).check_access("read")

    @api.model
    def _check_may_end(self, clients, runs, outcome):
        """:param runs: {client: the enrolment that its touch would belong to}
        :raise AccessError: for deals that would be won, and are not the user's to write
        :raise UserError: which says whose run would be ended
        """
        if outcome.ends == "won" and clients._name == "crm.lead":
            clients.check_access("write")
        for client, run in self._runs_ended_by_others(runs, outcome).items():
            raise UserError(
                self.env._(
                    "“%(outcome)s” would end the enrolment of %(client)s, a colleague's client: log the touch without this outcome, and "
                    "tell %(user)s.",
                    outcome=outcome.name,
                    client=client.display_name,
                    user=run.sudo().user_id.name or self.env._("the manager"),  # sudo: a name
                )
            )

    @shared
    @api.model
    def _runs_ended_by_others(self, runs, outcome):
        """A clear no is obeyed whoever hears it (R12, invariant 2). A run that ends in any other way is ended by who works it.

        :param runs: {client: enrolment}
        :return: those that ``outcome`` would end, and that are not the user's to work
        """
        if self.env.su or outcome.ends in (False, "refused"):
            return {}
        own = self.env["touch.enrollment"].union(*runs.values()).with_env(self.env)._filtered_access("write")
        return {client: run for client, run in runs.items() if run not in own}

    @shared
    @api.model
    def _may_end(self, client, outcome):
        """:return: whether the user may do himself what ``outcome`` would do to this client's run, and to the deal"""
        wins = outcome.ends == "won" and client._name == "crm.lead"
        if wins and not client.sudo(False).has_access("write"):
            return False
        return not self._runs_ended_by_others(self._runs_of(client), outcome)
