from odoo import Command, api, fields, models

from ...method.plan import rhythm

# what a new cadence starts from: days of its window, touches in it, and what follows
STARTS = {
    "standard": {"window_days": 30, "target": 7, "stop_after": 12, "rhythm": 5},
    "nurture": {"window_days": 0, "target": 7, "stop_after": 12, "rhythm": 5},
    "empty": {"window_days": 30, "target": 7, "stop_after": 0, "rhythm": 5},
}


# the cadences that come with the addon whose next steps, and what follows, a new one takes over: (start, applies to): its name
LIKE = {
    ("nurture", "crm.lead"): "touch_cadence_nurture",
    ("nurture", "res.partner"): "touch_cadence_monthly",
    (None, "crm.lead"): "touch_cadence_standard",
    (None, "res.partner"): "touch_cadence_contacts",
}
FOLLOWS = ("won_cadence_id", "exhausted_cadence_id", "hot_cadence_id")


class TouchCadence(models.Model):
    """A new cadence: nobody begins with an empty page."""

    _inherit = "touch.cadence"

    start_from = fields.Selection(
        [
            ("standard", "Seven touches in 30 days"),
            ("nurture", "Once a week, then once a month"),
            ("empty", "An empty page with a window of 30 days"),
        ],
        default="standard",
        store=False,
        help="Steps and rules that the new cadence begins with. You can change each of them.",
    )

    @api.onchange("start_from")
    def _onchange_start_from(self):
        """Only a form asks for it: what code creates has the steps that it names."""
        if self._origin or not self.start_from:
            return
        steps = {
            "standard": [{"delay": delay} for delay in rhythm.spread(30, 7)],
            "nurture": [
                {"delay": 5, "delay_few": 20, "times": 12, "name": self.env._("Once a week")},
                {"delay": 20, "times": 0, "name": self.env._("Once a month")},
            ],
            "empty": [{"delay": 0}],
        }[self.start_from]
        self.update(STARTS[self.start_from])
        self._onchange_model_follow()
        self.step_ids = [
            Command.clear(),
            *(Command.create({"times": 1, "sequence": 10 * number, **step}) for number, step in enumerate(steps, 1)),
        ]

    @api.onchange("model")
    def _onchange_model_follow(self):
        """Nobody is forgotten when a new cadence ends, and its closing touches have something to ask for: both as where it starts from."""
        if self._origin or not self.start_from or not self.model:
            return
        name = LIKE.get((self.start_from, self.model)) or LIKE[None, self.model]
        like = self.env.ref(f"touch_cadence.{name}", raise_if_not_found=False) or self.browse()
        like = like._filtered_access("read")
        follow = {field: like[field] if like[field].active else False for field in FOLLOWS}
        ladder = [{"sequence": rung.sequence, "next_step_ids": [Command.set(rung.next_step_ids.ids)]} for rung in like.rung_ids]
        self.update({**follow, "rung_ids": [Command.clear(), *map(Command.create, ladder)]})
