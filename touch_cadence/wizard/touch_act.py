from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.base.arguments import single, takes
from ..models.base.names import MANAGER
from ..models.base.system import as_system
from ..models.enrollment.touch_enrollment import UNDER_WAY


class TouchAct(models.TransientModel):
    """Pause, resume, stop, change or hand over the enrolments of one or many clients. Selected leads and contacts stand for their
    enrolments."""

    _name = "touch.act"
    _inherit = "touch.bulk.mixin"
    _description = "Pause, Stop or Change Cadences"

    model = fields.Selection(selection_add=[("touch.enrollment", "Enrolments")], ondelete={"touch.enrollment": "cascade"})
    act = fields.Selection("_selection_act", string="What to Do", required=True, default="pause")
    reason = fields.Char(string="Why")
    until = fields.Date(help="The cadence resumes automatically on this day. Empty: until somebody resumes it.")
    also_resting = fields.Boolean(
        string="Include Resting Clients",
        help="Clients who said no rest until a day of their own. If checked, the cadence begins again for them now.",
    )
    cadence_id = fields.Many2one("touch.cadence", string="New Cadence")
    user_id = fields.Many2one(
        "res.users",
        string="Hand over to",
        domain=[("share", "=", False)],
        help="Empty: each client goes to the colleague in the team who has the needed strength and the fewest clients.",
    )

    @api.model
    def _selection_act(self):
        acts = [
            ("pause", self.env._("Pause")),
            ("resume", self.env._("Resume")),
            ("stop", self.env._("Stop")),
            ("change", self.env._("Change cadence")),
            ("hand_over", self.env._("Hand over to a colleague")),
        ]
        return acts if self.env.user.has_group(MANAGER) else acts[:-1]

    @api.model
    def _open(self, records):
        """:return: the action that opens the wizard for ``records``; the context may name the act as ``default_act``"""
        names = [name for act, name in self._selection_act() if act == self.env.context.get("default_act")]
        return {
            "type": "ir.actions.act_window",
            "name": names[0] if names else self.env._("Pause, Stop, Change Cadence"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"active_model": records._name, "active_ids": records.ids},
        }

    def _enrollments(self, records):
        """:return: {record: its enrolments under way that the user may know of}"""
        if self.model == "touch.enrollment":
            return {record: record for record in records}
        found = self.env["touch.client"]._enrollments_of(records, UNDER_WAY).filtered(lambda one: one.company_id in self.env.companies)
        by_record = found.grouped("lead_id" if self.model == "crm.lead" else "partner_id")
        of_company = found.grouped("commercial_partner_id") if self.model == "res.partner" else {}
        none = found.browse()
        return {record: (by_record.get(record, none) | of_company.get(record, none)).with_env(self.env) for record in records}

    def _preview_fields(self):
        return ("act", "cadence_id", "user_id", "also_resting")

    def _summary(self, looked_at):
        if self.act == "change" and not self.cadence_id:
            return self.env._("Choose the cadence in which the clients continue.")
        return super()._summary(looked_at)

    def _exclusion_reasons(self, records):
        its = self._enrollments(records)
        enrollments = self.env["touch.enrollment"].union(*its.values())
        why = enrollments._exclusion_reasons(self.act, cadence=self.cadence_id, user=self.user_id, also_resting=self.also_resting)
        none = self._why_none([record for record, own in its.items() if not own])
        left_out = {}
        for record, own in its.items():
            reasons = [why[one] for one in own] or [none[record]]
            if all(reasons):
                left_out[record] = reasons[0]
        return left_out, enrollments.filtered(lambda one: not why[one])

    def _why_none(self, clients):
        """:return: {client: why it has no enrolment of its own}"""
        if not clients:
            return {}
        system = as_system(self.env)
        subjects = system["touch.client"]._subjects_of_clients(clients[0].union(*clients), self.env["touch.cadence"])
        places = [(one.company_id, one.client) for one in subjects]
        held = system["touch.client"]._active_by_client(places)
        say = self.env["touch.words"]._say
        none, other = say([("not_enrolled", {})]), say([("enrolled_with", {})])
        return {client: other if place in held else none for client, place in zip(clients, places)}

    def _note(self, fit):
        today = fields.Date.context_today(self)
        days = sorted({(today - one.date_paused).days for one in fit if one.date_paused} - {0}) if self.act == "resume" else []
        if not days:
            return ""
        if len(days) == 1:
            return self.env._("Dates move by %(days)s days: the length of the pause.", days=days[0])
        return self.env._("Dates move by %(least)s to %(most)s days: each by the length of its pause.", least=days[0], most=days[-1])

    def _look(self, records):
        left_out, fit = self._exclusion_reasons(records)
        said = {"note": self._note(fit)}
        if self.act == "hand_over" and self.user_id and fit:
            rows = fit._loads_of_taker(self.user_id)
            said |= {"loads": self._load_rows(rows), "full": any(day.is_over for row in rows for day in row["days"]), "handed": True}
        return left_out, said

    def _check(self):
        if self.act == "hand_over" and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only sales managers may hand over clients."))
        if self.act == "hand_over" and (self.user_id.share or (self.user_id and not self.user_id.active)):
            raise UserError(
                self.env._(
                    "Clients cannot be handed over to %(user)s: choose a colleague who sells in this company.", user=self.user_id.name
                )
            )
        if self.act == "pause":
            self.env["touch.enrollment"]._check_until(self.until)
        if self.act == "stop" and not (self.reason or "").strip():
            raise UserError(self.env._("Give a reason: it is kept on the enrolment."))
        if self.act == "change" and not self.cadence_id:
            raise UserError(self.env._("Choose the cadence in which the clients continue."))

    def _act(self, fit):
        if self.act == "pause":
            fit.action_pause(self.reason, self.until)
        elif self.act == "resume":
            fit.action_resume()
        elif self.act == "stop":
            fit.action_stop(self.reason)
        elif self.act == "change":
            fit._change_cadence(self.cadence_id)
        else:
            fit._hand_over(self.user_id)

    def _title(self):
        title = dict(self._selection_act())[self.act]
        return f"{title}: {self.cadence_id.name}" if self.act == "change" else title

    def _told(self, done, total):
        sentence = {
            "pause": self.env._("%(done)s of %(all)s clients are paused.", done=done, all=total),
            "resume": self.env._("%(done)s of %(all)s clients are resumed.", done=done, all=total),
            "stop": self.env._("%(done)s of %(all)s clients are stopped.", done=done, all=total),
            "change": self.env._("%(done)s of %(all)s clients continue in the new cadence.", done=done, all=total),
            "hand_over": self.env._("%(done)s of %(all)s clients are handed over.", done=done, all=total),
        }
        return sentence[self.act]

    @takes(self=single())
    def action_act(self):
        return self._begin()


class TouchClientMixin(models.AbstractModel):
    _inherit = "touch.client.mixin"

    @takes()
    def action_touch_act(self):
        return self.env["touch.act"]._open(self)


class TouchEnrollment(models.Model):
    _inherit = "touch.enrollment"

    def action_act(self):
        """Open the wizard for these enrolments. The context may give the action as ``default_act``."""
        return self.env["touch.act"]._open(self)
