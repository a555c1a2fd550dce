from odoo import api, fields, models

from ..base.arguments import records
from ..base.inside import telling, told
from .touch_acts import ANSWERS


class MailActivity(models.Model):
    _inherit = "mail.activity"

    touch_ids = fields.One2many("touch.touch", "activity_id")
    touch_outcome_id = fields.Many2one(
        "touch.outcome",
        string="Outcome",
        ondelete="set null",
        help="The result of the touch. Empty: reached, met, posted or sent, by the channel.",
    )
    touch_id = fields.Integer(
        string="Shown Touch", compute="_compute_touch_id", compute_sudo=True, help="The touch that this activity shows."
    )

    touch_asks = fields.Boolean(
        string="Asks for a Meeting",
        compute="_compute_touch_id",
        compute_sudo=True,
        help="The touch asks for a meeting: make the appointment.",
    )

    touch_channel = fields.Char(
        string="Channel of the Touch", compute="_compute_touch_id", compute_sudo=True, help="Its code: it says which outcomes are offered."
    )
    touch_purpose = fields.Char(
        string="Purpose of the Touch", compute="_compute_touch_id", compute_sudo=True, help="Its code: it says which outcomes are offered."
    )

    @api.depends("touch_ids")
    def _compute_touch_id(self):
        for activity in self:
            touch = activity.touch_ids[:1]
            activity.touch_id = touch.id
            activity.touch_channel = touch.channel
            activity.touch_purpose = touch.purpose
            activity.touch_asks = bool(touch and touch._asked_channel())

    def _planned_touches(self):
        if not self.env["touch.presence"]._in_use():
            return self.env["touch.touch"].sudo()  # sudo: empty, and as the other answer
        # sudo: every activity may be asked, whatever the user may see of touches
        return self.env["touch.touch"].sudo().search([("activity_id", "in", self.ids), ("state", "=", "planned")])

    def _action_done(self, feedback=False, attachment_ids=None):
        """Every "Mark as done" ends here, and so does the touch: with the outcome that the popover sends along, else the one chosen on
        the activity, else the one that such a touch has by itself."""
        # before anything is read with all rights: what is read stays in the cache, and Odoo's own refusal, which comes of reading, fails
        self.check_access("read")
        self.check_access("write")
        touches = self._planned_touches()
        if touches:
            touches._check_belongs()
            chosen = self.env.context.get("touch_outcome_id")
            chosen = records("touch.outcome")(self.env, "touch_outcome_id", chosen) if chosen else None
            if told(self.env, "touch_answers") is None:
                touches = touches.with_context(touch_answers=telling(touches._answers(**self._asked_answers())))
            touches._finish_as(lambda touch: chosen or touch.activity_id.touch_outcome_id, feedback or None)
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def _asked_answers(self):
        """:return: what the popover asked with the outcome, as ``touch.touch._answers`` takes it"""
        context = self.env.context
        asked = {
            "next_step": ("touch_next_step_id", context.get("touch_next_step_id")),
            "next_day": ("touch_next_day", context.get("touch_next_day")),
            "obstacle": ("touch_obstacle_id", context.get("touch_obstacle_id")),
            "back": ("touch_back", context.get("touch_back")),
            "item": ("touch_item_id", context.get("touch_item_id")),
            "place": ("touch_place", context.get("touch_place")),
        }
        return {name: ANSWERS[name](self.env, key, value) for name, (key, value) in asked.items() if value}

    def write(self, vals):
        touches = self._planned_touches() if not {"date_deadline", "user_id", "active", "activity_type_id"}.isdisjoint(vals) else None
        if vals.get("user_id") and not self.env.su:
            # whoever gives the activity gives the touch
            touches.with_env(self.env)._check_taker(self.env["res.users"].browse(vals["user_id"]))
        result = super().write(vals)
        if touches:
            # what a rep does to the activity he does to the touch
            if vals.get("date_deadline"):
                moved_to = fields.Date.to_date(vals["date_deadline"])
                touches.filtered(lambda touch: touch.date_deadline != moved_to)._move_to(moved_to)
            if "user_id" in vals:
                moved = touches.filtered(lambda touch: touch.user_id.id != vals["user_id"])
                if vals["user_id"]:
                    moved.write({"user_id": vals["user_id"]})
                else:
                    moved._give_to_responsible()  # the activity is a team's now; the touch is somebody's
            if vals.get("activity_type_id"):
                # a mail that became a call is a call; a type without a channel says nothing about it
                channel = self.env["mail.activity.type"].sudo().browse(vals["activity_type_id"]).touch_channel  # sudo: as the types' own
                touches.filtered(lambda touch: channel and touch.channel != channel).write({"channel": channel})
            if vals.get("active") is False:
                touches.write({"activity_id": False})  # archived, not done: the planner gives the touch a new one
        return result

    def _to_store_defaults(self, target):
        return [*super()._to_store_defaults(target), "touch_id", "touch_asks", "touch_channel", "touch_purpose"]
