from odoo import api, fields, models
from odoo.exceptions import UserError

from ...method.client import temperature
from ...method.plan import forecast
from ..base.rooms import shared


class TouchOutcome(models.Model):
    _name = "touch.outcome"
    _description = "Touch Outcome"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    reached = fields.Boolean(
        string="Reached the Client",
        default=True,
        help="If unchecked, the touch only counts as a try: its reason can be used again, and the rhythm does not count it.",
    )
    answer = fields.Selection(
        [("talk", "In a call or meeting"), ("yes", "Yes"), ("no", "No")],
        string="The Client Responded",
        required=True,
        default="talk",
        help="Whether the client responded. Clients who do not respond for long cool down.",
    )
    temperature_effect = fields.Selection(
        [
            ("warmer", "One degree warmer"),
            ("cooler", "One degree cooler"),
            ("thaw", "From cold to warm"),
            ("cold", "Cold"),
            ("warm", "Warm"),
            ("hot", "Hot"),
        ],
        string="Temperature",
        help="How the outcome changes the client's temperature. Empty: no change.",
    )
    ends = fields.Selection(
        [("won", "Ends: bought"), ("refused", "Ends: a clear no"), ("stopped", "Ends: wrong contact")],
        string="Ends the Cadence",
        help="Empty: the cadence continues. After a purchase or a no, the cadence says what follows.",
    )

    _order_bounds = models.Constraint("CHECK(sequence BETWEEN -1000000 AND 1000000)", "The order goes from -1,000,000 to 1,000,000.")

    def _outlook(self, facts, step):
        """:return: what would follow if the planned touch in ``facts`` were made with this outcome, a ``method.plan.forecast.Forecast``"""
        known = forecast.Outcome(self.reached, self.answer, self.temperature_effect or "", self.ends or "")
        return forecast.after(facts, known, step)

    @api.model
    def choices(self):
        """The outcomes as buttons show them: by sign as well as by colour.

        :return: list of dicts in the company's order: ``id``, ``name``, ``icon`` and ``tone`` (a colour's name)
        """
        outcomes = self.search([("active", "=", True)])
        return [{"id": one.id, "name": one.name, **dict(zip(("icon", "tone"), one._sign()))} for one in outcomes]

    def _sign(self):
        """:return: icon and colour of what the outcome does"""
        signs = {
            "won": ("fa-trophy", "success"),
            "refused": ("fa-ban", "danger"),
            "stopped": ("fa-user-times", "danger"),
            "hot": ("fa-fire", "warning"),
            "warm": ("fa-arrow-up", "info"),
            "warmer": ("fa-arrow-up", "info"),
            "thaw": ("fa-arrow-up", "info"),
            "cooler": ("fa-arrow-down", "secondary"),
            "cold": ("fa-arrow-down", "secondary"),
        }
        plain = ("fa-check", "secondary") if self.reached else ("fa-repeat", "secondary")
        return signs.get(self.ends or self.temperature_effect, plain)

    @shared
    def _apply_effects(self, touches):
        """What the outcome does besides moving temperatures and ending runs; called once for all touches of an outcome, when they are over
        and their consequences are drawn. The door for effects of other addons: nothing here.

        :param touches: with all rights
        """

    @shared
    def _is_answer(self, channel, direction):
        """:return: whether a touch with this outcome was a sign of life of the client (R9)"""
        return temperature.is_answer(self.answer, channel, direction == "in", self.reached, self.env["touch.channel"]._channels())

    @api.ondelete(at_uninstall=False)
    def _unlink_except_default(self):
        kept = (self._default_outcome() | self.env.ref("touch_cadence.touch_outcome_wrote")) & self
        if kept:
            raise UserError(
                self.env._(
                    "Outcome “%(outcome)s” is set automatically, on touches done without an outcome or on clients' mails. Rename it "
                    "instead.",
                    outcome=kept[0].name,
                )
            )

    @shared
    @api.model
    def _default_outcome(self):
        """:return: the outcome of a touch that is marked done without one"""
        return self.env.ref("touch_cadence.touch_outcome_reached")
