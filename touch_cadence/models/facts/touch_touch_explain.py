from odoo import models

from ...method.plan import forecast
from ..base.arguments import single, takes
from ..base.rooms import shared
from ..base.system import as_system


class TouchTouch(models.Model):
    _inherit = "touch.touch"

    @shared
    def _read_facts(self):
        """:return: {touch: what the method knows about its run}, of the planned ones that belong to a run"""
        system = as_system(self.env)
        of_runs = self.filtered(lambda touch: touch.state == "planned" and touch.enrollment_id)
        runs = of_runs.with_env(system).enrollment_id
        by_run = dict(zip(runs.ids, system["touch.facts"]._read_facts(system["touch.client"]._subjects_of_enrollments(runs))))
        return {touch: by_run[run.id] for touch in of_runs for run in touch.with_env(system).enrollment_id}

    @takes(self=single())
    def explain_why(self):
        """Explain the decision behind one touch, in the user's language (invariant 10).

        :return: dict: ``title``, ``sentences`` (each with ``text`` and the ``rule`` it follows), ``facts`` (``label``, ``value``) and
            ``changes`` (``when`` something happens, ``then`` what would be done); the last two only while the touch is planned
        """
        self.ensure_one()
        self._for_worker()
        words = self.env["touch.words"]
        known = self._read_facts().get(self)
        rules = words._rules()
        return {
            "title": self.display_name,
            "sentences": [{"text": words._say([one]), "rule": rules.get(one[0], "")} for one in self._why_now()],
            "facts": words._say_facts(known) if known else [],
            "changes": [
                {"when": words._say([(code, {})]), "then": words._say(words._decision_codes(decision, self))}
                for code, decision in (forecast.changes(known) if known else ())
            ],
        }
