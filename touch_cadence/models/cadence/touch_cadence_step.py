from odoo import api, fields, models

from ...method.plan import facts as method_facts

PURPOSES = [("warming", "Warming"), ("closing", "Closing")]
# those that belong to an agreed step (R45) are no choice of a step
TOUCH_PURPOSES = [*PURPOSES, ("confirming", "Confirms the agreed step"), ("asking", "Asks what came of it")]


class TouchCadenceStep(models.Model):
    _name = "touch.cadence.step"
    _inherit = ["touch.company.mixin"]
    _description = "Touch Cadence Step"
    _order = "cadence_id, sequence, id"

    cadence_id = fields.Many2one("touch.cadence", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(translate=True, help="What this step is about, in a few words.")
    delay = fields.Integer(string="Working Days", default=3, help="Working days after the touch before.")
    delay_few = fields.Integer(
        string="Days at Reduced Rhythm",
        help="Working days after the touch before, when the settings ask for the reduced rhythm. 0: no difference.",
    )
    times = fields.Integer(string="Number of Touches", default=1, help="Number of touches that this step makes. 0: until the cadence ends.")
    channel = fields.Selection(
        selection=lambda self: self.env["touch.channel"]._selection(),
        help="Empty: channels take turns. Meeting: the touch asks for one, by the quickest way by which the client can answer. If a channel is "
        "not open for the client, or was used twice in a row, another open one is used instead.",
    )
    purpose = fields.Selection(PURPOSES, help="Empty: by the rhythm of the cadence.")
    by_expert = fields.Boolean(string="With the Expert", help="The deal's expert makes this touch together with the salesperson.")
    script = fields.Html(
        translate=True,
        help="What to say or write; the salesperson finds it in the activity. {{ first_name }}, {{ name }}, {{ company }}, {{ deal }}, "
        "{{ salesperson }} and {{ our_company }} are filled in.",
    )

    _positive = models.Constraint(
        "CHECK(delay BETWEEN 0 AND 260 AND delay_few BETWEEN 0 AND 260 AND times BETWEEN 0 AND 1000"
        " AND sequence BETWEEN -1000000 AND 1000000)",
        "A step waits 0 to 260 working days and makes 0 to 1,000 touches; the order goes from -1,000,000 to 1,000,000.",
    )

    @api.constrains("script")
    def _check_script(self):
        for step in self:
            self.env["touch.words"]._check_places(step.display_name, step.script)

    def write(self, vals):
        result = super().write(vals)
        self.env["touch.mark"]._retry_blocked([("cadence_id", "in", self.cadence_id.ids)])
        return result

    @api.depends("name", "sequence", "channel")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for step in self:
            step.display_name = step.name or channels.get(step.channel) or self.env._("Step %(number)s", number=step.sequence)

    def _method_step(self, few_means):
        """:return: the step as the method knows it"""
        delay = self.delay_few if few_means and self.delay_few else self.delay
        return method_facts.Step(self.id, delay, self.channel or None, self.purpose or None, self.times, self.by_expert)
