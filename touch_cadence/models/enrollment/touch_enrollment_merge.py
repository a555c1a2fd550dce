from odoo import api, models
from odoo.fields import Domain

from ...method.plan.facts import ACTIVE_STATES
from ..base.rooms import shared


class TouchEnrollment(models.Model):
    """Whose the enrolments are, after clients were merged or moved."""

    _inherit = "touch.enrollment"

    @shared
    @api.model
    def _update_client_keys(self, domain, values=None):
        """Enrolments and touches are, or may be, another client's from now on: after a merge, a new contact, a removal.

        :param domain: of fields that both have
        :param values: what changes on them first
        """
        domain = Domain(domain) & self._is_known()
        # sudo: whose a client is binds every rep
        enrollments = self.sudo().search(domain, order="id")
        loose = self.env["touch.touch"].sudo().search(Domain(domain) & Domain("enrollment_id", "=", False))  # sudo: as above
        if values:
            self.env["touch.touch"].sudo().search(domain).write(values)  # sudo: as above
            enrollments.write(values)
        enrollments._update_client_key()
        loose._update_client_key()

    def _update_client_key(self):
        """Say anew whose these enrolments are, after partners were merged or re-parented or the setting changed.

        Where two active ones now are the same client's, a deal goes before a contact, then the one with more touches (the older one, when
        equal). Other deals, and what else cares for the contact, wait; two of the same deal, of two contacts or in one cadence are one, and the
        other stops. Nothing of the history is lost (invariant 9).
        """
        if not self:
            return
        owners = [(one.company_id.id, one.partner_id.id, one.lead_id.id) for one in self]
        clients = dict(zip(self, self.env["touch.client"]._client_keys(owners)))
        keys = {enrollment: key for enrollment, (key, _commercial) in clients.items()}
        holders = self.search(
            [("company_id", "in", self.company_id.ids), ("client_key", "in", list(set(keys.values()))), ("state", "in", ACTIVE_STATES)]
        )
        (holders | self.filtered(lambda one: one.state in ACTIVE_STATES))._share_places(keys)
        self.env.flush_all()  # the losers give their place up before the others take it
        moved = self.filtered(lambda one: (one.client_key, one.commercial_partner_id.id) != clients[one])
        if not moved:
            return
        freed = {(one.company_id.id, one.client_key) for one in moved}
        runs = self._last_runs([{"client_key": keys[one], "cadence_id": one.cadence_id.id} for one in moved if one.client_key != keys[one]])
        for enrollment in moved.sorted("id"):  # merged clients are few, and each of their runs has its own number
            key, commercial = clients[enrollment]
            if enrollment.client_key != key:
                run_key = (enrollment.company_id.id, key, enrollment.cadence_id.id)
                enrollment.run = runs[run_key] = runs.get(run_key, 0) + 1
            enrollment.write({"client_key": key, "commercial_partner_id": commercial})
        moved.touch_ids._update_client_key()
        (moved | holders)._settle_places(freed)
        self.env["touch.mark"]._mark(moved)  # the client may be another one now: opted out, of low potential, reached by other ways

    def _share_places(self, keys):
        """Where several of these active runs are one client's from now on, one keeps the place; the others wait or stop.

        :param keys: {enrolment: its client key from now on}, of those that get another one
        """
        holding = {}
        losers = waiting = self.browse()
        runs = self._method_runs()
        for enrollment in self.sorted(lambda one: (-runs[one].rank, -one.touch_count, one.id)):
            key = (enrollment.company_id, keys.get(enrollment, enrollment.client_key))
            first = holding.setdefault(key, enrollment)
            if first == enrollment:
                continue
            same = first.cadence_id._current_version() == enrollment.cadence_id._current_version() and not enrollment.lead_id
            if runs[first].record == runs[enrollment].record or not first.lead_id or same:
                losers += enrollment
            else:
                waiting += enrollment
        losers._stop("stopped", "merged")
        for key, its in waiting.grouped(lambda one: (one.company_id, keys.get(one, one.client_key))).items():
            its._give_way(holding[key].cadence_id)
