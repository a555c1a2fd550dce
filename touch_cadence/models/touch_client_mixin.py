from odoo import api, fields, models
from odoo.fields import Domain

from ..method.facts import ACTIVE_STATES, DUE_STATES

TEMPERATURE_SELECTION = [("cold", "Cold"), ("warm", "Warm"), ("hot", "Hot")]
POTENTIAL_SELECTION = [("low", "Low"), ("standard", "Standard"), ("high", "High")]


class TouchClientMixin(models.AbstractModel):
    """What contacts and leads have in common as clients: how warm they are, what they could bring, and their touches.

    A client's touches are those of the whole company, so that whoever opens one of its contacts sees them all.
    """

    _name = "touch.client.mixin"
    _description = "Client of Touches"

    # a change of these may change the decision about the client
    _touch_review_fields = {"active", "user_id", "potential", "temperature", "phone"}

    temperature = fields.Selection(TEMPERATURE_SELECTION, default="cold", help="How near the client is to buying.")
    potential = fields.Selection(POTENTIAL_SELECTION, help="How much the client could ever bring. Empty: not judged yet.")
    touch_ids = fields.One2many("touch.touch", string="Touches", compute="_compute_touch_ids")
    touch_count = fields.Integer(string="Touches Made", compute="_compute_touch_figures")
    last_touch_date = fields.Datetime(string="Last Touch", compute="_compute_touch_figures", search="_search_last_touch_date")
    next_touch_date = fields.Date(string="Next Touch", compute="_compute_touch_figures", search="_search_next_touch_date")
    next_touch_why = fields.Text(string="What Happens Next", compute="_compute_next_touch_why")

    def _touch_keys(self):
        """:return: {client: (company id, client key)}"""
        planner = self.env["touch.planner"].sudo()  # sudo: keys only
        subjects = planner._subjects_of_clients(self, self.env["touch.cadence"])
        return {client: (subject.company_id, subject.client) for client, subject in zip(self, subjects)}

    def _compute_touch_ids(self):
        keys = self._touch_keys() if self.ids else {}
        touches = self.env["touch.touch"].search([("client_key", "in", [key for _company, key in keys.values()])]).grouped("client_key")
        for client in self:
            client.touch_ids = touches.get(keys.get(client, (0, 0))[1], self.env["touch.touch"])

    def _compute_touch_figures(self):
        keys = self._touch_keys() if self.ids else {}
        touches = self.env["touch.touch"].sudo()  # sudo: figures only, so that a colleague's touches count
        domain = [("client_key", "in", [key for _company, key in keys.values()]), ("company_id", "in", self.env.companies.ids)]
        done = touches._read_group([*domain, ("state", "=", "done")], ["client_key"], ["__count", "date_done:max"]) if keys else []
        planned = touches._read_group([*domain, ("state", "=", "planned")], ["client_key"], ["date_deadline:min"]) if keys else []
        done, planned = {key: rest for key, *rest in done}, dict(planned)
        for client in self:
            key = keys.get(client, (0, 0))[1]
            client.touch_count, client.last_touch_date = done.get(key, (0, False))
            client.next_touch_date = planned.get(key, False)

    @api.depends_context("lang")
    def _compute_next_touch_why(self):
        keys = self._touch_keys() if self.ids else {}
        held = (
            self.env["touch.planner"].sudo()._enrollments_holding(list(keys.values()), (*ACTIVE_STATES, "resting"))
        )  # sudo: sentences only
        said = {row["id"]: row["text"] for row in self.env["touch.enrollment"].sudo().union(*held.values()).explain()}
        for client in self:
            enrollment = held.get(keys.get(client))
            client.next_touch_why = said[enrollment.id] if enrollment else self.env._("In no cadence: nothing is planned.")

    def _search_last_touch_date(self, operator, value):
        return self._search_touches(Domain("state", "=", "done"), "date_done", operator, value)

    def _search_next_touch_date(self, operator, value):
        return self._search_touches(Domain("state", "=", "planned"), "date_deadline", operator, value)

    def _search_touches(self, domain, field, operator, value):
        if operator == "in" and False in value:  # "not set"
            return ~Domain("enrollment_ids", "any", [("touch_ids", "any", domain)])
        return Domain("enrollment_ids", "any", [("touch_ids", "any", domain & Domain(field, operator, value))])

    def write(self, vals):
        result = super().write(vals)
        if not self._touch_review_fields.isdisjoint(vals) and self.env.context.get("touch_review", True):
            self.env["touch.enrollment"]._of_clients(self, DUE_STATES)._review()
        return result

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # the planner adds the followers of a whole batch itself (touch.touch._add_followers)
        if self.env.context.get("touch_followers_added"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    # --------------------------------------------------------------
    # Actions
    # --------------------------------------------------------------

    def log_touch(self, values):
        """Record a touch that nobody had planned (R1): an incoming call, an advert seen, a referral. It counts like any other.

        :param values: dict: ``channel`` (required), ``direction`` (in, out), ``purpose``, ``reason_id``, ``outcome_id``, ``note``, ``date_done``
        :return: the touches, one a client
        """
        return self.env["touch.touch"]._log(self, values)

    def action_touch_enroll(self):
        return self._touch_wizard(
            "touch.enroll", self.env._("Enrol in a Cadence"), {"default_model": self._name, "default_res_ids": self.ids}
        )

    def action_touch_log(self):
        return self._touch_wizard("touch.log", self.env._("Log a Touch"), {"default_model": self._name, "default_res_ids": self.ids})

    def _touch_wizard(self, model, name, context):
        return {"type": "ir.actions.act_window", "name": name, "res_model": model, "view_mode": "form", "target": "new", "context": context}

    def action_view_touches(self):
        keys = [key for _company, key in self._touch_keys().values()]
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_touch_action_history"),
            "domain": [("client_key", "in", keys)],
        }
