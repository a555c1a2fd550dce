from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...method.plan.facts import ACTIVE_STATES
from ..base.arguments import single, takes

# days after which a word that nobody answered is no news any more
HEARD_DAYS = 90


class TouchTouch(models.Model):
    _inherit = "touch.touch"

    _heard_idx = models.Index("(date_done) WHERE state = 'done' AND direction = 'in'")


class TouchEnrollment(models.Model):
    _inherit = "touch.enrollment"

    unanswered = fields.Boolean(
        string="Waits for an Answer",
        compute="_compute_unanswered",
        search="_search_unanswered",
        help="The client wrote, and since then nobody of us wrote, called or met.",
    )

    @takes(self=single())
    def action_answer(self):
        """:return: the mail that answers what the client wrote last"""
        self.check_access("read")
        return (self.lead_id or self.partner_id).action_touch_answer()

    @api.depends("state", "touch_ids.state")
    def _compute_unanswered(self):
        found = self.search(Domain("id", "in", self.ids) & Domain("unanswered", "=", True))
        for enrollment in self:
            enrollment.unanswered = enrollment in found

    def _search_unanswered(self, operator, value):
        """Runs of clients who had the last word, in writing: a call that came in was talked through. A client counts once: by the run that is
        worked, else by the one that rests."""
        if operator != "in":
            return NotImplemented
        self.env["touch.touch"].flush_model()
        self.flush_model(["state", "client_key"])
        written = [code for code, channel in self.env["touch.channel"]._channels().items() if channel.message and not channel.talk]
        # SQL: whether somebody answered, be it a colleague whose touches the user may not see; the runs found are read with the user's rights
        heard = SQL(
            """(SELECT run.id FROM touch_touch said
                  JOIN touch_enrollment run ON run.company_id = said.company_id AND run.client_key = said.client_key
                 WHERE said.state = 'done' AND said.direction = 'in' AND said.client_key != 0 AND said.date_done >= %(since)s
                   AND said.channel = ANY(%(written)s)
                   AND (run.state = ANY(%(active)s)
                        OR run.state = 'resting' AND NOT EXISTS (
                            SELECT 1 FROM touch_enrollment other
                             WHERE other.company_id = run.company_id AND other.client_key = run.client_key
                               AND (other.state = ANY(%(active)s) OR other.state = 'resting' AND other.id > run.id)))
                   AND NOT EXISTS (SELECT 1 FROM touch_touch later
                                    WHERE later.client_key = said.client_key AND later.company_id = said.company_id
                                      AND later.state = 'done' AND later.unsure IS NOT TRUE
                                      AND (later.date_done, later.id) > (said.date_done, said.id)))""",
            since=fields.Datetime.now() - timedelta(days=HEARD_DAYS),
            written=written,
            active=list(ACTIVE_STATES),
        )
        found = Domain("id", "in", heard)
        return found if True in value else ~found
