from odoo import api, fields, models
from odoo.exceptions import UserError

from ...method.client import outcomes
from ...method.plan import forecast
from ...method.plan.channels import of
from ..base.rooms import shared

# what a touch that is marked done without an outcome had: by the nature of its channel
DEFAULTS = {"talk": "reached", "meeting": "met", "paper": "posted", "written": "sent"}
# the channel whose outcomes serve another addon's channel that no outcome names: by its nature
ALIKE = {"talk": "call", "meeting": "meeting", "paper": "letter", "written": "email"}
# what comes of an agreed step
OF_STEP = (outcomes.KEPT, outcomes.MOVED, outcomes.MISSED)


class TouchOutcome(models.Model):
    """What came of a touch. ``counts`` and ``reached`` are two things: a mail that was sent counts, and has reached nobody yet."""

    _name = "touch.outcome"
    _description = "Touch Outcome"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    channel_ids = fields.Many2many(
        "mail.activity.type",
        string="For Channels",
        domain=[("touch_channel", "!=", False)],
        help="Touches by these channels can end with this outcome. Empty: all touches.",
    )
    channels = fields.Char(string="Channel Codes", compute="_compute_channels", help="Codes of these channels, separated by commas.")
    in_sight_channel_ids = fields.Many2many(
        "mail.activity.type",
        "touch_outcome_in_sight_rel",
        "outcome_id",
        "activity_type_id",
        string="In Sight for",
        domain=[("touch_channel", "!=", False)],
        help="Touches by these channels show this outcome at once. Other touches have it under “More”.",
    )
    counts = fields.Boolean(
        default=True,
        help="The touch was made: it counts towards the target and the rhythm, and its reason is used. If unchecked, it was only a try.",
    )
    reached = fields.Boolean(
        string="Client Reached",
        default=True,
        help="Somebody was spoken to, met, or answered. A mail that was sent counts, but has reached nobody yet. Clients who are not "
        "reached for long cool down.",
    )
    temperature_effect = fields.Selection(
        [
            ("warmer", "One degree warmer"),
            ("cooler", "One degree cooler"),
            ("thaw", "From cold to warm"),
            ("not_hot", "From hot to warm"),
            ("cold", "Cold"),
            ("warm", "Warm"),
            ("hot", "Hot"),
        ],
        string="Temperature",
        help="How the outcome changes the client's temperature. Empty: no change.",
    )
    step_effect = fields.Selection(
        [
            (outcomes.AGREED, "Agreed"),
            (outcomes.KEPT, "Kept"),
            (outcomes.MOVED, "Moved to another day"),
            (outcomes.MISSED, "Missed"),
            (outcomes.READY, "Asks for the invoice"),
        ],
        string="Next Step",
        help="What happens to the next step: the client agrees to it, keeps it, moves it or misses it, or is ready to buy. Empty: nothing.",
    )
    asks = fields.Selection(
        [("next_step", "Which step, and when"), ("obstacle", "What stands in the way, and when to come back")],
        string="Asks for",
        help="What the salesperson is asked when choosing this outcome.",
    )
    ends = fields.Selection(
        [("won", "Ends: bought"), ("refused", "Ends: a clear no"), ("stopped", "Ends: wrong contact")],
        string="Ends the Cadence",
        help="Empty: the cadence continues. After a purchase or a no, the cadence says what follows.",
    )

    _order_bounds = models.Constraint("CHECK(sequence BETWEEN -1000000 AND 1000000)", "The order goes from -1,000,000 to 1,000,000.")
    _reached_counts = models.Constraint(
        "CHECK(counts OR NOT reached)", "An outcome that reaches the client counts: check “Counts”, too, or uncheck “Client Reached”."
    )

    @api.depends("channel_ids.touch_channel")
    def _compute_channels(self):
        for outcome in self:
            outcome.channels = ", ".join(outcome._codes(outcome.channel_ids))

    def _codes(self, types):
        """:return: codes of the channels of activity types, each once"""
        # sudo: channels are the same for everyone; a rep needs no right on activity types
        return list(dict.fromkeys(code for code in types.sudo().mapped("touch_channel") if code))

    def _outlook(self, facts, step):
        """:return: what would follow if the planned touch in ``facts`` were made with this outcome, a ``method.plan.forecast.Forecast``"""
        known = forecast.Outcome(self.counts, self.reached, self.temperature_effect or "", self.ends or "", self.step_effect or "")
        return forecast.after(facts, known, step)

    @api.model
    def choices(self):
        """The outcomes as buttons show them: by sign as well as by colour.

        A channel that no outcome names, which another addon brought, has the outcomes of the channel that is like it: of calls where one talks,
        of letters on paper, else of mails.

        :return: list of dicts in the company's order: ``id``, ``name``, ``icon``, ``tone`` (a colour's name), ``channels`` (codes, empty for
            all), ``in_sight`` (codes of the channels whose touches show it at once; others have it under "More"), ``asks``, ``reached``,
            ``step_effect``, and ``of_step``: only offered for touches that confirm or ask about an agreed step, first there
        """
        shown = self.search([("active", "=", True)])
        channels = {one: one._codes(one.channel_ids) for one in shown}
        in_sight = {one: one._codes(one.in_sight_channel_ids) for one in shown}
        alike = self._channels_alike({code for codes in channels.values() for code in codes})

        def with_alike(codes):
            return [*codes, *(code for code, like in alike.items() if like in codes)]

        return [
            {
                "id": one.id,
                "name": one.name,
                **dict(zip(("icon", "tone"), one._sign())),
                "channels": with_alike(channels[one]),
                "in_sight": with_alike(in_sight[one]),
                "asks": one.asks or "",
                "reached": one.reached,
                "step_effect": one.step_effect or "",
                "of_step": one.step_effect in OF_STEP and not channels[one],
            }
            for one in shown
        ]

    @api.model
    def _channels_alike(self, named):
        """:param named: codes of channels that outcomes are for
        :return: {code of a channel that no outcome names: code of the one whose outcomes it has}"""
        codes = self.env["touch.channel"]._channels()
        return {code: ALIKE[self._nature(code)] for code in codes if code not in named}

    @api.model
    def _nature(self, channel):
        """:return: a key of ``DEFAULTS`` and ``ALIKE``: how one touches by ``channel``"""
        known = of(channel, self.env["touch.channel"]._channels())
        return "meeting" if channel == "meeting" else "talk" if known.talk else "paper" if known.paper else "written"

    def _sign(self):
        """:return: icon and colour of what the outcome does"""
        signs = {
            "won": ("fa-trophy", "success"),
            "refused": ("fa-ban", "danger"),
            "stopped": ("fa-user-times", "danger"),
            outcomes.AGREED: ("fa-calendar-check-o", "success"),
            outcomes.KEPT: ("fa-handshake-o", "success"),
            outcomes.MOVED: ("fa-calendar", "info"),
            outcomes.MISSED: ("fa-calendar-times-o", "warning"),
            "hot": ("fa-fire", "warning"),
            "warm": ("fa-arrow-up", "info"),
            "warmer": ("fa-arrow-up", "info"),
            "thaw": ("fa-arrow-up", "info"),
            "cooler": ("fa-arrow-down", "secondary"),
            "not_hot": ("fa-arrow-down", "secondary"),
            "cold": ("fa-arrow-down", "secondary"),
        }
        plain = (
            ("fa-check", "secondary") if self.reached else ("fa-paper-plane", "secondary") if self.counts else ("fa-repeat", "secondary")
        )
        said = (self.ends, self.step_effect if self.step_effect != outcomes.READY else "", self.temperature_effect)
        return signs.get(next((one for one in said if one), ""), plain)

    @shared
    def _apply_effects(self, touches):
        """What the outcome does besides moving temperatures and ending runs; called once for all touches of an outcome, when they are over
        and their consequences are drawn. The door for effects of other addons: nothing here.

        :param touches: with all rights
        """

    @api.ondelete(at_uninstall=False)
    def _unlink_except_default(self):
        kept = self._shipped(*DEFAULTS.values(), "wrote", "met_unsure") & self
        if kept:
            raise UserError(
                self.env._(
                    "Outcome “%(outcome)s” is set automatically, on touches done without an outcome, on clients' mails or "
                    "on meetings. Rename it instead.",
                    outcome=kept[0].name,
                )
            )

    @shared
    @api.model
    def _default_outcome(self, channel):
        """:param channel: of a touch; empty where it is not known
        :return: the outcome of a touch that is marked done without one: a call reached somebody, a meeting took place, a letter was posted,
            what else is written was sent"""
        nature = self._nature(channel or "call")
        # a database of before may lack one that was deleted meanwhile
        return self._shipped(DEFAULTS[nature], DEFAULTS["talk"])[:1]

    @shared
    @api.model
    def _returned(self):
        """:return: the outcomes of what went out and came back"""
        return self._shipped("bounced", "came_back")

    @api.model
    def _shipped(self, *names):
        """:param names: of the addon's own outcomes
        :return: those that are there, in that order; no query, once their ids are known"""
        found = self.env["ir.model.data"]
        ids = (found._xmlid_to_res_id(f"touch_cadence.touch_outcome_{name}") for name in names)
        return self.browse(id_ for id_ in ids if id_)
