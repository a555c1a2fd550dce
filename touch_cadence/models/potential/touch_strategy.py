from odoo import models

from ...method.client import places


class TouchClientMixin(models.AbstractModel):
    _inherit = "touch.client.mixin"

    def write(self, vals):
        judged = self.filtered(lambda client: client.potential != vals["potential"]) if vals.get("potential") else self.browse()
        result = super().write(vals)
        if judged:
            judged._touch_follow_potential(vals["potential"])
        return result

    def _touch_follow_potential(self, potential):
        """The strategy follows the potential (R33): who was given up as low is taken up again, and a deal goes to the cadence for what it
        could bring. Low itself is no strategy: the method ends what runs."""
        begins = potential != "low" and self._name == "crm.lead"
        if potential == "low" or not (begins or self.env["touch.presence"]._in_use()):
            return
        ended = self.env["touch.client"]._enrollments_of(self, ("stopped",)).filtered(lambda one: one.stop_reason == "low_potential")
        cadences = self.env["touch.cadence"].sudo()  # sudo: every company's, whoever judges
        strategy = cadences.search([("potential", "=", potential), ("model", "=", self._name), ("step_ids", "!=", False)])
        held = self.env["touch.client"]._enrollments_of(self)
        for company, clients in self.sudo().grouped(lambda client: client.company_id or self.env.company).items():  # sudo: planning goes on
            cadence = strategy.filtered(lambda one, company=company: one.company_id in (company, one.company_id.browse()))[:1]
            its = held.filtered(lambda one, company=company: one.company_id == company)
            # who was paused by hand stays so
            other = its.filtered(
                lambda one, cadence=cadence: (
                    cadence
                    and one.state == "running"
                    and one.cadence_id._current_version() != cadence  # who finishes on its old steps is in it
                    and (one.cadence_id.potential not in (False, potential) or (potential == "high" and one.lead_id))
                )
            )
            other._stop("stopped", "strategy")
            staying = (its - other)._client_records(self._name)
            moving = other._client_records(self._name) & clients
            given_up = (ended._client_records(self._name) & clients) - moving - staying
            fresh = clients - moving - given_up - staying if begins else clients.browse()
            if cadence:
                # a large deal goes before the others of its client (places.verdict)
                cadence.with_company(company)._enroll(moving | given_up | fresh, places.RULE)
            else:
                for before, records in ended.grouped("cadence_id").items():
                    before.with_company(company)._enroll(records._client_records(self._name) & given_up, places.RULE)
            other._settle_places()
