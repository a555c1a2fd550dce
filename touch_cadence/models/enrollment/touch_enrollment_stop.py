import logging
from datetime import timedelta

from odoo import models
from odoo.tools import groupby

from ...method.client import places
from ...method.plan import workdays
from ...method.plan.facts import ACTIVE_STATES
from ..base.rooms import shared
from ..base.system import as_system

_logger = logging.getLogger(__name__)
# whoever stops runs so puts others in their places himself, and settles them afterwards
SUCCEEDED = ("changed", "strategy", "merged", "superseded")
# why what follows does not begin, where it need not be told: the client is worked in it
UNDER_WAY_ALREADY = ("enrolled_already", "enrolled_with", "waits_already", "resting")


class TouchEnrollment(models.Model):
    """How a run ends, and what comes after it."""

    _inherit = "touch.enrollment"

    @shared
    def _stop(self, state, reason, note=None, why=None):
        """End the run; every stop goes through here.

        :param state: won, refused, exhausted or stopped
        :param reason: a code of ``stop_reason``
        :param note: the user's own words
        :param why: the codes that say it in full, where they say more than ``reason``
        """
        if not self:
            return
        self._open_touches()._withdraw()
        values = {
            "state": state,
            "stop_reason": reason,
            "stop_note": note,
            "date_paused": False,
            "next_date": False,
            "why_data": self.env["touch.words"]._store(why or [(reason, {})]),
        }
        for today, its in self._by_today().items():
            its.write({**values, "date_end": today})
        self._make_contacts(state)
        if state == "won":
            # sudo: whose contact it is may be another rep's. Seen before what follows: care ends for who does not buy
            buyers = self.sudo().partner_id
            buyers.filtered(lambda partner: partner.temperature != "warm")._touch_set_temperature("warm", "warm_bought")
            buyers._touch_see_purchases(buyers)
            self._stop_waiting_after_purchase()
        said_no = reason in ("refused", "refused_by_colleague")
        if reason not in SUCCEEDED and not said_no:
            self._settle_places(deals_only=True)
        self._follow_up(state)
        if said_no:
            self._stop_waiting_after_no()
        if reason not in SUCCEEDED:
            self._settle_places()

    def _make_contacts(self, state):
        """A deal that is closed is worked no further: its contact is. Where it has none, one is made, as Odoo makes the contact of a lead, so
        that who bought is cared for, and who was lost rests and is approached again. The run of one that cannot be made says so.

        :param state: in which these runs have ended
        """
        # sudo: a rep may be allowed to win a deal, and not to make contacts
        alone = self.sudo().filtered(lambda one: one.lead_id and not one.partner_id and any(one.cadence_id._next_cadence(state)))
        leads = alone.lead_id.filtered(lambda lead: not lead.partner_id and (state == "won" or not lead._touch_is_open()))
        if leads and state in ("won", "refused"):
            self.env["touch.background"]._isolate_failures(
                leads,
                lambda some: some._touch_make_contacts(),
                lambda lead, error: _logger.warning("no contact could be made of lead %s (%s)", lead.id, lead.name, exc_info=error),
            )

    def _stop_waiting_after_purchase(self):
        """What sells to the contact, and gave way to the deal that is won, has what it wanted."""
        every = self.with_env(as_system(self.env))
        runs = every._runs_at([(one.company_id.id, one.client_key) for one in every])
        waiting = every.union(*(one for its in runs.values() for one in its.values()))
        waiting.filtered(lambda one: one.state == "waiting" and not one.lead_id and one.cadence_id.won_cadence_id)._stop("won", "bought")

    def _stop_waiting_after_no(self):
        """Who said a clear no is not approached by what waited, either (R12): it waits for the rest to end, and is over where there is
        none."""
        every = self.with_env(as_system(self.env))
        runs = every._runs_at([(one.company_id.id, one.client_key) for one in every])
        going = [one for its in runs.values() if not any(run.state == "resting" for run in its) for one in its.values()]
        every.union(*going).filtered(lambda one: one.state == "waiting")._stop("refused", "refused_by_colleague")

    def _follow_up(self, state):
        """What the cadence says comes next. Where it cannot begin, the run that ended says why, and so does the client's chatter: nobody is
        left in silence."""
        # sudo: what follows may be a cadence and a rep that this user has no part in
        enrollments = self.sudo()
        for (cadence, company), ended in enrollments.grouped(lambda one: (one.cadence_id, one.company_id)).items():
            cadence = cadence.with_company(company)
            # a deal that is closed is worked no further: its contact is
            leads = ended.lead_id.filtered(lambda lead: state != "won" and lead.active and lead.won_status == "pending")
            of_contacts = ended.filtered_domain([("lead_id", "not in", leads.ids)])
            # all of them ended for one reason: whoever stops runs says which
            target, rest_days = cadence._next_cadence(state, ended[:1].stop_reason)
            if not target and not rest_days:
                continue
            again = target or (cadence.refused_cadence_id or cadence)._current_version()
            for clients, its in ((leads, ended - of_contacts), (of_contacts.partner_id, of_contacts.filtered("partner_id"))):
                if not clients:
                    continue
                if closed := again._why_closed(company.id):
                    its._nothing_follows(closed)
                elif target:
                    by = places.WON if state == "won" else places.FOLLOWS
                    new, _errors = target._enroll(clients, by)
                    left_out = clients - new._client_records(clients._name)
                    for client, one in target._verdicts(left_out, by).items() if left_out else ():
                        if one.why and one.why[0][0] not in UNDER_WAY_ALREADY:
                            its.filtered(lambda run, client=client: client in (run.lead_id, run.partner_id))._nothing_follows(one.why)
                else:
                    enrollments._begin_rest(again, clients, cadence.rest_days)
            of_contacts.filtered(lambda one: not one.partner_id)._nothing_follows([("no_contact_follows", {})])

    def _nothing_follows(self, why):
        """:param why: codes of why what the cadence says comes next cannot begin"""
        words = self.env["touch.words"]
        why = [("nothing_follows", {}), *why]
        for _before, its in groupby(self, lambda one: repr(one.why_data)):
            its = self.browse().union(*its)
            its.write({"nothing_follows": True, "why_data": words._store([*words._pairs(its[0].why_data), *why])})
        for one in self.filtered(lambda one: one._client_record()):
            one._client_record()._message_log(body=words._say(why))

    def _begin_rest(self, again, clients, days):
        """The next approach to clients who refused, or whose tries are used up, resting until its day (R20, R33); one a client.

        :param again: the cadence of that approach
        :param days: of rest
        """
        company = again.env.company
        until = company._touch_today() + timedelta(days=days)
        subjects = self.env["touch.client"]._subjects_of_clients(clients, again)
        keys = [(subject.company_id, subject.client) for subject in subjects]
        # where another deal of the client is worked by now, that says what comes
        taken = self.env["touch.client"]._active_by_client(keys, (*ACTIVE_STATES, "resting"))
        fresh = {subject.client: client for client, subject in zip(clients, subjects) if (subject.company_id, subject.client) not in taken}
        again._create_enrollments(
            clients.browse(client.id for client in fresh.values()),
            state="resting",
            not_before=until,
            date_start=until,
            next_date=workdays.midnight(until, company._touch_clock()).replace(tzinfo=None),
            why_data=self.env["touch.words"]._store([("resting", {"date": until})]),
        )
