from odoo import api, fields, models

from ..models.base.arguments import single, takes
from ..models.base.notification import notification


class TouchAskExpert(models.TransientModel):
    """Ask for an expert. Experienced salespeople may instead say why none is needed (R39, R40)."""

    _name = "touch.ask.expert"
    _inherit = ["touch.named.mixin"]
    _description = "Ask for an Expert"

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True)
    level = fields.Selection(related="lead_id.touch_level", related_sudo=False)
    status = fields.Selection(related="lead_id.expert_status", related_sudo=False)
    skill_id = fields.Many2one("touch.skill", help="Empty: any expert.")
    expert_count = fields.Integer(compute="_compute_expert_count")
    place = fields.Char(string="Time", compute="_compute_place", store=True, readonly=False)
    first_place = fields.Char(compute="_compute_places")
    places = fields.Json(string="Free Times", compute="_compute_places")
    client = fields.Selection(
        [
            ("agreed", "Agreed to this time"),
            ("kept", "Not asked yet: keep this time"),
            ("later", "Not asked yet: book when the client agrees"),
        ],
        string="The Client",
        required=True,
        default="kept",
    )
    invited = fields.Boolean(string="Clients Are Invited", compute="_compute_invited")
    reason = fields.Char(string="Reason to Work Alone")

    def _compute_expert_count(self):
        for wizard in self:
            company = wizard.lead_id.company_id or self.env.company
            # sudo: a number
            wizard.expert_count = self.env["touch.expert"].sudo().search_count([("company_id", "=", company.id)])

    @api.depends("skill_id", "lead_id")
    @api.depends_context("lang", "tz")
    def _compute_places(self):
        for wizard in self:  # a dialog has one
            wizard.places, wizard.first_place = wizard.lead_id._touch_free_times(wizard.skill_id)

    @api.depends("first_place")
    def _compute_place(self):
        for wizard in self:
            wizard.place = wizard.first_place

    @api.depends("lead_id")
    def _compute_invited(self):
        for wizard in self:
            wizard.invited = wizard.lead_id._touch_invites_client()

    @takes(self=single())
    def action_ask(self):
        """Ask as the dialog says. Who chose no time is given whatever is free when the button is pressed; another one, or one to which the client
        agreed, is that very time."""
        is_given = self.client == "later" or (self.client == "kept" and self.place == self.first_place)
        place = False if is_given else self.place
        booking = self.lead_id.ask_expert(self.skill_id, place or None, self.client)
        return notification(bool(booking), self._told_booked(booking))

    def _told_booked(self, booking):
        if not booking:
            return self.env._("There are no experts yet.")
        if booking.state == "booked":
            return self.env._("Booked: %(place)s.", place=self.lead_id.expert_text)
        return self.lead_id.expert_text or ""

    @takes(self=single())
    def action_alone(self):
        self.lead_id.work_alone(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
