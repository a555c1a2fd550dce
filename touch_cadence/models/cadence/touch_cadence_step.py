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
    delay = fields.Integer(string="Wait (working days)", default=3, help="Working days after the touch before.")
    delay_few = fields.Integer(
        string="Wait at Reduced Rhythm",
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
    script_id = fields.Many2one(
        "touch.script",
        string="Text",
        ondelete="set null",
        index="btree_not_null",
        help="What to say or write. It goes before the reason's text, where the touch goes by the text's channel and has its purpose. Empty: the "
        "reason's text.",
    )
    reason_id = fields.Many2one(
        "touch.reason",
        ondelete="set null",
        index="btree_not_null",
        domain=[("kind", "not in", ("birthday", "holiday"))],
        help="The touches of this step carry this reason, if it suits the client and is new to them. Empty, or if it does not: the reason is "
        "chosen as always.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "touch_cadence_step_attachment_rel",
        string="Materials",
        help="They go out with the mails of this step, together with those of the reason.",
    )

    _positive = models.Constraint(
        "CHECK(delay BETWEEN 0 AND 260 AND delay_few BETWEEN 0 AND 260 AND times BETWEEN 0 AND 1000"
        " AND sequence BETWEEN -1000000 AND 1000000)",
        "A step waits 0 to 260 working days and makes 0 to 1,000 touches; the order goes from -1,000,000 to 1,000,000.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._keep_materials()
        return steps

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._keep_materials()
        self.env["touch.mark"]._retry_blocked([("cadence_id", "in", self.cadence_id.ids)])
        return result

    def _keep_materials(self):
        for step in self:
            step.attachment_ids._touch_keep_for(step)

    @api.constrains("channel")
    def _check_channel(self):
        self.env["touch.channel"]._check_known(self.mapped("channel"))

    @api.depends("name", "sequence", "channel")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for step in self:
            step.display_name = step.name or channels.get(step.channel) or self.env._("Step %(number)s", number=step.sequence)

    def _method_step(self, few_means):
        """:return: the step as the method knows it"""
        delay = self.delay_few if few_means and self.delay_few else self.delay
        return method_facts.Step(
            id=self.id,
            delay=delay,
            channel=self.channel or None,
            purpose=self.purpose or None,
            times=self.times,
            expert=self.by_expert,
            reason=self.reason_id.id or None,
        )
