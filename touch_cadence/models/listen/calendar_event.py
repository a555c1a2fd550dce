import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..base.rows import named_rows
from ..base.system import as_system
from ..expert.calendar_event import ATTENDING, TIMES

_logger = logging.getLogger(__name__)

# days back in which meetings are looked for that are over and not counted yet
SEEN_DAYS = 7
# meetings that one run counts, and one transaction
MOST_SEEN = 10000
AT_ONCE = 500


class CalendarEvent(models.Model):
    """A meeting with the client that is over is a touch (R1): "Met?", until somebody says what came of it."""

    _inherit = "calendar.event"

    _touch_stop_idx = models.Index("(stop)")

    @api.model
    def _cron_touch_meetings(self):
        """Count the meetings that are over."""
        system = as_system(self.env)
        if not system["touch.presence"]._in_use():
            return
        batches = iter(list(split_every(AT_ONCE, system["calendar.event"]._touch_read_over())))
        events, background = system["calendar.event"], system["touch.background"]

        def count_next():
            rows = next(batches, None)
            if rows:
                known = {row.event: row for row in rows}
                background._isolate_failures(
                    events.browse(known),
                    lambda some: events._touch_count([row for row in rows if row.event in some.ids]),
                    lambda event, error: _logger.error("meeting %s could not be counted as a touch", event.id, exc_info=error),
                )
            return rows and len(rows)

        background._run_batches(count_next)

    def _touch_read_over(self):
        """:return: rows (event, lead, partner, partners), one a client: meetings that are over, not declined, and not counted yet. Of a meeting on a deal
        the deal; else clients who are, or were, in a cadence"""
        now = fields.Datetime.now()
        self.env.flush_all()
        # SQL: which meetings are over; ids and keys are its own, and each is seen with the rights of who was there (_touch_who_met)
        return named_rows(
            self.env,
            SQL(
                """WITH over AS (
                       SELECT id, opportunity_id, user_id FROM calendar_event
                        WHERE active AND stop > %(since)s AND stop <= %(now)s),
                   guest AS (
                       SELECT over.id AS event, person.id AS partner, person.commercial_partner_id AS client,
                              attendee.state IS NOT DISTINCT FROM 'declined' AS declined, person.partner_share
                         FROM over JOIN calendar_attendee attendee ON attendee.event_id = over.id
                         JOIN res_partner person ON person.id = attendee.partner_id)
                   SELECT over.id AS event, lead.id AS lead, NULL::integer AS partner
                     FROM over JOIN crm_lead lead ON lead.id = over.opportunity_id
                     LEFT JOIN res_partner contact ON contact.id = lead.partner_id
                    WHERE NOT EXISTS (SELECT 1 FROM touch_touch touch WHERE touch.event_id = over.id)
                      AND NOT EXISTS (SELECT 1 FROM guest WHERE guest.event = over.id AND guest.client = contact.commercial_partner_id
                                      HAVING count(*) > 0 AND bool_and(guest.declined))
                    UNION ALL
                   SELECT over.id, NULL, min(guest.partner)
                     FROM over JOIN guest ON guest.event = over.id
                    WHERE over.opportunity_id IS NULL AND NOT guest.declined AND guest.partner_share
                      AND EXISTS (SELECT 1 FROM touch_enrollment run WHERE run.commercial_partner_id = guest.client)
                      AND NOT EXISTS (SELECT 1 FROM touch_touch touch
                                       WHERE touch.event_id = over.id AND touch.commercial_partner_id = guest.client)
                    GROUP BY over.id, guest.client
                    ORDER BY event LIMIT %(most)s""",
                since=now - timedelta(days=SEEN_DAYS),
                now=now,
                most=MOST_SEEN,
            ),
        )

    @api.model
    def _touch_count(self, rows):
        """:param rows: as :meth:`_touch_read_over` gives them"""
        met = self.env.ref("touch_cadence.touch_outcome_met_unsure", raise_if_not_found=False) or self.env["touch.outcome"]
        by_model = defaultdict(list)
        for row in rows:
            model = "crm.lead" if row.lead else "res.partner"
            by_model[model].append((self.browse(row.event), self.env[model].browse(row.lead or row.partner)))
        for model, pairs in by_model.items():
            whose = self._touch_who_met(model, pairs)
            # who was met twice is counted twice: one after the other
            while pairs:
                now, later = {}, []
                for event, client in pairs:
                    if client in now:
                        later.append((event, client))
                    elif user := whose.get((event, client)):
                        now[client] = event._touch_seen_vals(user)
                clients = self.env[model].browse([client.id for client in now])
                if clients:
                    self.env["touch.touch"]._log_seen(clients, "meeting", now, met)
                pairs = later

    def _touch_seen_vals(self, user):
        """:return: what the touch of the meeting says"""
        day = self.start_date if self.allday else fields.Datetime.context_timestamp(self.with_context(tz=user.tz), self.start).date()
        named = self.name if self.effective_privacy != "private" else False
        return {"event_id": self.id, "date_done": self.stop, "date_deadline": day, "user_id": user.id, "note": named, "unsure": True}

    @api.model
    def _touch_who_met(self, model, pairs):
        """Whose touch a meeting is: the organizer's, else that of another colleague who did not decline. Only of who sells, and may see the client:
        whoever writes a client's id into a meeting of his own learns nothing by it.

        :param pairs: (meeting, client)
        :return: {(meeting, client): user}
        """
        whose, of_user = {}, defaultdict(list)
        for event, client in pairs:
            there = event.attendee_ids.filtered(lambda one: one.state != "declined").partner_id.user_ids
            declined = event.attendee_ids.filtered(lambda one: one.state == "declined").partner_id.user_ids
            for user in (event.user_id - declined) | there:
                if user.active and not user.share:
                    of_user[user].append((event, client))
        for user, its in of_user.items():
            own = self.env[model].with_user(user).browse([client.id for _event, client in its])
            if not self.env["touch.touch"].with_user(user).has_access("write"):
                continue
            own = own.with_context(allowed_company_ids=user.company_ids.ids)
            readable = set(own._filtered_access("read").ids)
            for event, client in its:
                if client.id in readable and ((event, client) not in whose or user == event.user_id):
                    whose[event, client] = user
        return whose

    # --------------------------------------------------------------
    # What is changed of a meeting that was counted
    # --------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if not (TIMES | ATTENDING | {"active"}).isdisjoint(vals):
            now = fields.Datetime.now()
            self.exists().filtered(lambda event: not event.active or event.stop > now)._touch_uncount()
        return result

    def unlink(self):
        self._touch_uncount()
        return super().unlink()

    def _touch_uncount(self):
        """Meetings that were counted, and that nobody confirmed, did not take place after all."""
        if self and self.env["touch.presence"]._in_use():
            # sudo: counted by the system, of whoever was there
            touches = self.env["touch.touch"].sudo().search([("event_id", "in", self.ids), ("unsure", "=", True)])
            touches._not_made()
