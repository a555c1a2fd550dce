from odoo import api, models
from odoo.tools import format_date

from ...method.plan.facts import DUE_STATES
from ..base.arguments import takes
from ..base.system import as_system


class TouchEnrollment(models.Model):
    _inherit = "touch.enrollment"

    @api.depends("state", "next_date", "touch_ids.state", "why_data")
    @api.depends_context("lang", "uid")
    def _compute_explanation(self):
        for enrollment, said in zip(self, self._explain()):
            enrollment.explanation = said["text"]

    @takes()
    def explain(self):
        """Say the current decision in the user's language. Nothing is written.

        :return: list of dicts, one an enrolment in order: ``id``, ``client``, ``text``: the next touch, when, by whom, and why; or why
            there is none
        :raise AccessError: if the user may not read the enrolments
        """
        self.check_access("read")
        return self._explain()

    def _explain(self):
        """:return: as :meth:`explain`. What colleagues wrote in their own words is left out where the user may not read the enrolment."""
        words = self.env["touch.words"]
        readable = self.sudo(False)._filtered_access("read")
        system = as_system(self.env)
        planned = self._open_touches().grouped("enrollment_id")
        # what is planned keeps its own why: only the others are decided, which takes some thirty queries
        undecided = self.with_env(system).filtered(lambda one: one.state in DUE_STATES and one not in planned)
        decided = {}
        system["touch.background"]._isolate_failures(
            undecided,
            lambda some: decided.update({one.id: decision.why for one, _facts, decision in system["touch.facts"]._decide(some)}),
            lambda one, error: decided.update({one.id: (("failed", {"error": str(error)}),)}),
        )
        result = []
        for enrollment in self:
            touch = planned.get(enrollment, self.env["touch.touch"])
            why = touch._why_now() if touch else enrollment.why_data if enrollment.state not in DUE_STATES else decided[enrollment.id]
            text = words._say(why if enrollment in readable else words._without_free_text(why))
            if touch:
                text = self.env._(
                    "%(date)s, %(user)s: %(why)s",
                    date=format_date(self.env, touch.date_deadline),
                    user=touch.user_id.name or self.env._("nobody"),
                    why=text,
                )
            if touch and enrollment.state == "blocked":
                # the touch stands and can be made, but what is wrong comes first
                wrong = enrollment.why_data if enrollment in readable else words._without_free_text(enrollment.why_data)
                text = f"{words._say(wrong)} {text}"
            result.append({"id": enrollment.id, "client": enrollment._client_name(), "text": text})
        return result
