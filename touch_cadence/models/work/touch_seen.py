from collections import defaultdict
from datetime import timedelta, timezone

from odoo import api, fields, models

from ...method.plan import agreed, workdays
from ...method.plan.channels import of
from ...method.plan.facts import UNDER_WAY
from ..base.rooms import shared


class TouchTouch(models.Model):
    """Touches that show without anybody logging them (R1): mails written in the chatter, activities of Odoo, meetings of the calendar."""

    _inherit = "touch.touch"

    @shared
    @api.model
    def _log_seen(self, clients, channel, each, outcome=None):
        """Count what was seen, of each client and channel once a day: who mails twice, or writes the mail and ticks its activity, touched once.

        :param clients: partners or leads; who was never in a cadence is left alone, but for deals
        :param each: {client: what is known of its touch, as ``_log`` takes it}; ``date_done``: now, where it does not say so
        :param outcome: a ``touch.outcome``; none: what such a touch has by itself
        :return: the touches, new ones and those that were counted before
        """
        outcome = outcome or self.env["touch.outcome"]._default_outcome(channel)
        touches = self.browse()
        for company, its in self._seen_in(clients, each).items():
            its = its.with_company(company)
            counted = self.with_company(company)._counted_before(its, channel, each)
            for client, before in counted.items():
                before.sudo().write(  # sudo: what was counted already is linked to what was seen of it
                    {name: value for name, value in each[client].items() if name in ("event_id", "message_id") and not before.sudo()[name]}
                )
                if (
                    before.sudo().unsure and not each[client].get("unsure") and before.has_access("write")
                ):  # sudo: whether it is confirmed by now
                    before.done(outcome, each[client].get("note") or None)
                touches |= before
            new = its - its.browse([client.id for client in counted])
            values = {"channel": channel, "direction": "out", "outcome_id": outcome.id}
            touches |= self.with_company(company)._log(new, values, each=each) if new else self.browse()
        return touches

    def _take_over_seen(self):
        """Who writes the mail in the chatter, and then ticks the planned touch, touched once: the planned touch was that mail."""
        channels = self.env["touch.channel"]._channels()
        written = {code for code in set(self.mapped("channel")) if not (of(code, channels).talk or of(code, channels).agreed)}
        made = self.filtered(lambda touch: touch.counts and not touch.message_id and touch.channel in written)
        if not made:
            return
        days = {touch: self._day_of(touch.date_done, touch.company_id._touch_clock()) for touch in made}
        # sudo: of the same client, whoever wrote it
        seen = self.sudo().search(
            [
                *(("client_key", "in", made.mapped("client_key")), ("company_id", "in", made.company_id.ids), ("message_id", "!=", False)),
                *(("state", "=", "done"), ("counts", "=", True), ("direction", "=", "out"), ("channel", "in", made.mapped("channel"))),
                *(("step_id", "=", False), ("reason_id", "=", False), ("own_reason", "=", False), ("id", "not in", self.ids)),
                ("date_done", ">=", min(made.mapped("date_done")) - timedelta(days=1)),
            ]
        )
        by_day = {
            (one.company_id, one.client_key, one.channel, self._day_of(one.date_done, one.company_id._touch_clock())): one for one in seen
        }
        for touch, day in days.items():
            if mail := by_day.pop((touch.company_id, touch.client_key, touch.channel, day), None):
                touch.write({"message_id": mail.message_id.id, "number": min(touch.number, mail.number or touch.number)})
                mail._not_made()

    @api.model
    def _seen_in(self, clients, each):
        """:return: {company: those of the clients that it works, or worked}, of the companies of who made the touch; deals also where nobody enrolled
        them"""
        users = self.env["res.users"].sudo()  # sudo: companies of a colleague
        allowed = {client: (users.browse(each[client].get("user_id")) or self.env.user).company_ids for client in clients}
        is_lead = clients._name == "crm.lead"
        known = clients.sudo()  # sudo: which companies work them; nothing of it is told
        field = "lead_id" if is_lead else "commercial_partner_id"
        owners = known if is_lead else known.commercial_partner_id
        runs = self.env["touch.enrollment"].sudo()  # sudo: as above
        runs = runs.search([(field, "in", owners.ids), ("client_key", "!=", 0)])
        worked = defaultdict(lambda: self.env["res.company"])
        # where it is under way goes before where it was, and the user's present company before others
        for run in runs.sorted(lambda one: (one.state in UNDER_WAY, one.company_id == self.env.company, one.id), reverse=True):
            worked[run[field].id] |= run.company_id
        result = defaultdict(clients.browse)
        for client, one in zip(clients, known):
            companies = worked[(one if is_lead else one.commercial_partner_id).id] or (is_lead and (one.company_id or self.env.company))
            company = next((company for company in companies or () if company in allowed[client]), None)
            if company:
                result[company] |= client
        return result

    @api.model
    def _counted_before(self, clients, channel, each):
        """:return: {client: our touch by that channel that counts already on the day of what was seen}, by the company's clock. What follows a word
        of the client's is an answer, and a touch of its own"""
        subjects = self.env["touch.client"]._subjects_of_clients(clients.sudo(), self.env["touch.cadence"])  # sudo: keys only
        clock = self.env.company._touch_clock()
        days = {client: self._day_of(each[client].get("date_done"), clock) for client in clients}
        since, until = (
            workdays.midnight(day, clock).replace(tzinfo=None) for day in (min(days.values()), max(days.values()) + timedelta(days=1))
        )
        # sudo: a colleague's touch was one, too; none of it is told
        found = self.sudo().search(
            [
                ("client_key", "in", [one.client for one in subjects]),
                ("company_id", "=", self.env.company.id),
                *(("state", "=", "done"), ("counts", "=", True), ("direction", "=", "out"), ("channel", "=", channel)),
                *(("date_done", ">=", since), ("date_done", "<", until)),
            ]
        )
        latest = found.sorted(lambda touch: (not touch.unsure, touch.date_done))  # of several of a day the last one that is sure
        made = {(touch.client_key, self._day_of(touch.date_done, clock)): touch for touch in latest}
        # sudo: as above
        heard = self.sudo().search(
            [
                ("client_key", "in", [touch.client_key for touch in made.values()]),
                *(("company_id", "=", self.env.company.id), ("state", "=", "done"), ("direction", "=", "in")),
                *(("date_done", ">=", since), ("date_done", "<", until)),
            ]
        )
        said = defaultdict(list)
        for touch in heard:
            said[touch.client_key].append(touch.date_done)
        before = {}
        for client, one in zip(clients, subjects):
            touch, moment = made.get((one.client, days[client])), each[client].get("date_done") or fields.Datetime.now()
            if touch and not any(touch.date_done < word <= moment for word in said[one.client]):
                before[client] = touch.with_env(self.env)
        return before

    @api.model
    def _day_of(self, moment, clock):
        return agreed.day_of((moment or fields.Datetime.now()).replace(tzinfo=timezone.utc), None, clock)
