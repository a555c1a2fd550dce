from collections import defaultdict

from odoo import api, fields, models

from ...method.client import places
from ...method.plan.facts import UNDER_WAY
from ..base.rooms import shared
from ..base.system import as_system


class TouchEnrollment(models.Model):
    """Who holds a client's place."""

    _inherit = "touch.enrollment"

    def _method_runs(self):
        """:return: {enrolment: places.Run}"""
        follows = self.env["touch.cadence"]._follow_up_cadence_ids()
        return {
            one: places.Run(
                id=one.id,
                record=-one.lead_id.id if one.lead_id else one.partner_id.id,
                rank=places.rank(deal=bool(one.lead_id), follows=one.cadence_id.id in follows, strategy=one.cadence_id.potential),
                state=one.state,
                since=one.create_date.timestamp(),
            )
            for one in self
        }

    @api.model
    def _runs_at(self, keys):
        """:param keys: (company id, client key) pairs
        :return: {pair: {places.Run: its enrolment}} of what is under way there; empty for the other pairs"""
        found = self.search(
            [
                ("company_id", "in", list({company for company, _key in keys})),
                ("client_key", "in", list({key for _company, key in keys})),
                ("state", "in", UNDER_WAY),
            ],
            order="id",
        )
        result = defaultdict(dict)
        for one, run in found._method_runs().items():
            result[one.company_id.id, one.client_key][run] = one
        return result

    def _give_way(self, cadence):
        """These make place for what goes before them, and come back when it is over (:meth:`_settle_places`): the time between is a pause.

        :param cadence: in which the client is worked instead
        """
        if not self:
            return
        self._open_touches()._withdraw()
        why = self.env["touch.words"]._store([("gave_way", {"cadence": cadence.name})])
        values = {"state": "waiting", "next_date": False, "why_data": why}
        paused = self.filtered(lambda one: one.state == "paused")
        paused.write({**values, "held_back": True})
        for today, its in (self - paused)._by_today().items():
            its.write({**values, "held_back": False, "date_paused": today})

    def _take_over(self):
        """The client's place is free for these: who waited for a turn begins, who gave way goes on."""
        fresh = self.filtered(lambda one: not one.date_paused)
        for today, its in fresh._by_today().items():
            its.write({"state": "running", "date_start": today, "next_date": fields.Datetime.now(), "why_data": False})
        paused = self.filtered("held_back")
        paused.write({"state": "paused", "held_back": False, "why_data": self.env["touch.words"]._store([("paused", {})])})
        (self - fresh - paused)._resume()
        self.env["touch.mark"]._mark(self)

    @shared
    def _settle_places(self, also=(), deals_only=False):
        """Places that are free, or held by what comes behind, go to who waits for them (:func:`places.next_up`).

        :param also: more (company id, client key) pairs to look at
        :param deals_only: what follows the run that gave the place up is settled later
        """
        every = self.with_env(as_system(self.env))
        keys = {(one.company_id.id, one.client_key) for one in every} | set(also)
        if not keys or not every.search([("client_key", "in", list({key for _company, key in keys})), ("state", "=", "waiting")], limit=1):
            return
        found = every._runs_at(list(keys))
        coming = every.browse()
        for key in keys:
            up = places.next_up(found[key])
            if not up or (deals_only and up.rank == places.CONTACT):
                continue
            if held := places.holder(found[key]):
                found[key][held]._give_way(found[key][up].cadence_id)
            coming += found[key][up]
        if coming:
            self.env.flush_all()  # who gave way does so before the others take over
            coming._take_over()

    def _wait_after_rest(self):
        """Deals whose rest is over while another deal of the client is worked wait for their turn."""
        rests = self.filtered(lambda one: one.state == "resting" and one.lead_id)
        held = self.env["touch.client"]._active_by_client([(one.company_id.id, one.client_key) for one in rests]) if rests else {}
        waiting = rests.browse()
        for today, its in rests._by_today().items():
            waiting += its.filtered(
                lambda one, today=today: (
                    (place := held.get((one.company_id.id, one.client_key)))
                    and place.lead_id != one.lead_id
                    and (not one.not_before or one.not_before <= today)
                )
            )
        why = self.env["touch.words"]._store([("waiting", {})])
        waiting.write({"state": "waiting", "next_date": False, "not_before": False, "why_data": why})
