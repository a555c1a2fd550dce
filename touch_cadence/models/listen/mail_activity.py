from collections import defaultdict

from odoo import SUPERUSER_ID, api, fields, models

from ..base.names import CLIENT_MODELS


class MailActivity(models.Model):
    _inherit = "mail.activity"

    touch_is_plain = fields.Boolean(
        string="Counts as a Touch",
        compute="_compute_touch_is_plain",
        compute_sudo=True,
        help="Planned by hand, and a touch when it is done.",
    )

    @api.depends("activity_type_id.touch_channel", "res_model", "touch_ids")
    def _compute_touch_is_plain(self):
        for activity in self:
            known = bool(activity.activity_type_id.touch_channel) and activity.res_model in dict(CLIENT_MODELS)
            activity.touch_is_plain = known and not activity.touch_ids

    def _action_done(self, feedback=False, attachment_ids=None):
        """An activity that a colleague planned by hand, and did, is a touch, too (R1): a call, a meeting, a mail."""
        plain = self._touch_plain()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for (model, channel, outcome), each in plain.items():
            clients = self.env[model].browse(each)
            with clients._touch_ignore_errors("an activity that was done could not be counted as a touch"):
                readable = clients.exists()._filtered_access("read")
                seen = {client: {"note": feedback or False, **each[client.id]} for client in readable}
                for chosen, its in readable.grouped(lambda client, outcome=outcome: self._touch_may_say(client, outcome)).items():
                    self.env["touch.touch"]._log_seen(its, channel, seen, chosen)
        return result

    def _touch_may_say(self, client, outcome):
        """:return: the outcome that was chosen; none where it would end what a colleague works: the call was made all the same"""
        return outcome if not outcome.ends or self.env["touch.touch"]._may_end(client, outcome) else outcome.browse()

    def _touch_plain(self):
        """:return: {(model, channel, outcome): {id of the client: what is known of the touch}} of those of these activities that are touches and
        show none of the plan. A meeting that lies ahead is none yet: the calendar counts it when it is over."""
        result = defaultdict(dict)
        user = self.env.user
        if (
            user.share
            or user.id == SUPERUSER_ID
            or not self.env["touch.presence"]._in_use()
            or not self.env["touch.touch"].has_access("write")
        ):
            return result
        now = fields.Datetime.now()
        for activity in self.sudo():  # sudo: types and touches of activities that the user is about to finish
            channel, meeting = activity.activity_type_id.touch_channel, activity.calendar_event_id
            if not activity.touch_is_plain or (meeting and meeting.stop > now):
                continue
            its = {"event_id": meeting.id, "date_done": meeting.stop} if meeting else {}
            result[activity.res_model, channel, activity.touch_outcome_id.with_env(self.env)][activity.res_id] = its
        return result
