import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_time

from ...method.desk import queue
from ...method.plan import workdays
from ..base.arguments import choice, field_names, ids, one_id, takes, values
from ..base.rows import named_rows

_logger = logging.getLogger(__name__)

# touches of the queue that are listed, and those that are told in full before anyone asks: the next ones
ROWS = 50
FULL_CARDS = 10
COLLEAGUES = 200
# days in which the desk asks whether a meeting of the calendar took place
UNSURE_DAYS = 14


class TouchDesk(models.AbstractModel):
    """The salesperson's desk: one call reads everything it shows, and one call does what the salesperson did there.

    The desk sends each act some seconds later, so that it can be undone, and sends it again after a lost connection: :meth:`act` does the
    same act only once.
    """

    _name = "touch.desk"
    _description = "Touch Desk"

    # --------------------------------------------------------------
    # Reading
    # --------------------------------------------------------------

    @api.model
    @takes(current=one_id(), filters=values(**dict.fromkeys(queue.FACETS, field_names())), group=choice(*queue.GROUPS))
    def load(self, ahead=False, current=None, filters=None, group=None):
        """Read everything that the desk needs to open, and to go from touch to touch without another call.

        :param ahead: also touches that are due later
        :param current: the touch that is being worked; ``gone`` says why it is no longer the user's
        :param filters: dict of lists: ``channel``, ``temperature``, ``kind`` (of the reason), ``overdue`` (["overdue"]); they narrow the queue
            together
        :param group: one group after the other: ``channel``, ``temperature`` or ``cadence``
        :return: dict: ``queue`` (the first touches in their order, each with why it stands there and what it counts for in ``filters``), ``cards`` (the first of them in full),
            ``total`` (touches that pass the filters), ``all``, ``to_send``, ``later``, ``answers`` (clients who wrote and wait) and ``done``
            (numbers), ``meetings`` (today's, as :meth:`_meetings` lists them), ``filters`` ({facet: list of [value, name,
            touches]}, counted over the whole queue), ``outcomes``, ``channels``, ``colleagues``, ``advance``, ``gone``,
            ``refused`` (its mail was)
        :raise AccessError: if the user may not work touches
        """
        today = fields.Date.context_today(self)
        waiting, later = self._waiting(today, ahead)
        channels = self._channel_labels()
        chosen, counts = queue.choose(waiting, today, filters or {})
        place, name = self._groups(group, waiting, channels)
        first = queue.first(chosen, today, ROWS, place)
        touches = self.env["touch.touch"].browse(touch.id for touch in first)
        is_gone = current and current not in [touch.id for touch in waiting]
        return {
            "queue": [
                {**row, "group": name(touch), "facets": queue.facets(touch, today)}
                for row, touch in zip(self._rows(touches, first, today), first)
            ],
            "cards": self._cards(touches[:FULL_CARDS]),
            "total": len(chosen),
            "all": len(waiting),
            "to_send": len(self._to_send(chosen, today)),
            "later": later,
            # the last word is theirs, also where no touch is due
            "answers": self.env["touch.enrollment"].search_count([("user_id", "=", self.env.uid), ("unanswered", "=", True)]),
            "meetings": self._meetings(),
            "done": self._done_today(today),
            "filters": self._filters(counts, filters or {}, channels),
            "outcomes": self.env["touch.outcome"].choices(),
            "channels": channels,
            "colleagues": self._colleagues(),
            "advance": self.env.user.touch_advance,
            "gone": self._gone(current) if is_gone else False,
            "refused": bool(is_gone and self._refused(self.env["touch.touch"].browse(current).exists())),
        }

    def _filters(self, counts, filters, channels):
        """:return: {facet: list of [value, its name, touches]}, in a fixed order; what is chosen stands there also when nothing is left of it"""
        names = {
            "channel": {code: one["name"] for code, one in channels.items()},
            "temperature": self._temperature_names(),
            "overdue": {"overdue": self.env._("Overdue")},
            "kind": dict(self.env["touch.reason"]._fields["kind"]._description_selection(self.env)),
        }
        return {
            facet: [
                [value, name, counts[facet][value]]
                for value, name in known.items()
                if counts[facet][value] or value in (filters.get(facet) or ())
            ]
            for facet, known in names.items()
        }

    def _temperature_names(self):
        """:return: {temperature: its name}, the hottest first"""
        return dict(reversed(self.env["touch.touch"]._fields["temperature"]._description_selection(self.env)))

    def _groups(self, group, waiting, channels):
        """:return: functions of a touch of the queue: the place of its group, and the group's name"""
        if group == "channel":
            names = {code: one["name"] for code, one in channels.items()}
        elif group == "temperature":
            names = self._temperature_names()
        elif group == "cadence":
            # sudo: names of the cadences of the user's own touches
            cadences = self.env["touch.cadence"].sudo().browse({touch.cadence for touch in waiting if touch.cadence})
            names = {cadence.id: cadence.name for cadence in cadences.sorted(lambda one: (one.name or "", one.id))}
        else:
            return lambda _touch: 0, lambda _touch: ""
        places = {value: place for place, value in enumerate(names)}
        return (
            lambda touch: places.get(getattr(touch, group), len(places)),
            lambda touch: names.get(getattr(touch, group)) or self.env._("Without a cadence"),
        )

    @api.model
    @takes(touch_ids=ids())
    def cards(self, touch_ids):
        """:return: {id: card} of the planned touches among these that the user may see"""
        touches = self.env["touch.touch"].search([("id", "in", touch_ids[:ROWS]), "|", ("state", "=", "planned"), ("unsure", "=", True)])
        return self._cards(touches)

    def _waiting(self, today, ahead):
        """:return: the user's planned touches as the queue sees them, and how many are due later"""
        # what is the user's own, of the companies at hand, may be read: the condition below is the rule on own touches
        self.env["touch.touch"].check_access("read")
        self.env["touch.touch"].flush_model()
        clients = self.env["touch.client"]
        temperature, potential, joins = clients._standing_sql("touch")
        # SQL: the user's own touches, of the companies that Odoo has found to be his
        rows = named_rows(
            self.env,
            SQL(
                """SELECT touch.id, touch.purpose, touch.date_deadline AS day, touch.channel, touch.cadence_id, touch.unsure,
                          touch.date_planned, touch.delivery, touch.client_key,
                          COALESCE(touch.why_data @> '[["no_way_open"]]', FALSE) AS closed, touch.company_id, reason.kind, %(temperature)s AS temperature, %(potential)s AS potential
                     FROM touch_touch touch LEFT JOIN touch_reason reason ON reason.id = touch.reason_id %(joins)s
                    WHERE touch.user_id = %(user)s AND (touch.state = 'planned' OR (touch.unsure AND touch.date_done > %(since)s AND %(apart)s))
                      AND touch.company_id = ANY(%(companies)s)""",
                since=fields.Datetime.now() - timedelta(days=UNSURE_DAYS),
                apart=self._asked_apart_sql("touch"),
                temperature=temperature,
                potential=potential,
                joins=joins,
                user=self.env.uid,
                companies=self.env.companies.ids,
            ),
        )
        waiting, now = [], fields.Datetime.now()
        answered = self._answered([row.client_key for row in rows])
        for row in rows:
            temperature, potential = clients._standing_of_row(row.temperature, row.potential)
            unsure = bool(row.unsure)
            waits = not unsure and row.day == today and row.date_planned and row.date_planned > now
            waiting.append(
                queue.Waiting(
                    *(row.id, temperature, row.purpose, potential, row.day, row.channel, row.kind or "", row.cadence_id or 0),
                    hour=row.date_planned if waits else None,
                    unsure=unsure,
                    failed=row.delivery == "failed" or row.closed,
                    closed=row.closed,
                    answered=(row.company_id, row.client_key) in answered and not unsure,
                )
            )
        due = [touch for touch in waiting if queue.is_due(touch, today)]
        return waiting if ahead else due, len(waiting) - len(due)

    def _answered(self, keys):
        """:param keys: of clients whose touches the user has
        :return: {(company's id, key)} of those who wrote, and wait for an answer"""
        # sudo: only whether, also where a colleague whom the user stands in for works the client
        runs = self.env["touch.enrollment"].sudo().search([("client_key", "in", keys), ("unanswered", "=", True)])
        return {(run.company_id.id, run.client_key) for run in runs}

    def _asked_apart_sql(self, alias):
        """:return: SQL: whether no planned touch asks what came of the meeting, an agreed step, already"""
        return SQL(
            """NOT EXISTS (SELECT 1 FROM touch_touch asking
                            WHERE asking.agreed_event_id = %s AND asking.state = 'planned' AND asking.purpose = 'asking')""",
            SQL.identifier(alias, "event_id"),
        )

    def _rows(self, touches, first, today):
        """:return: the touches as the queue lists them"""
        words = self.env["touch.words"]
        news = self._news_of(touches)
        # sudo: whether a client's address is closed; the address is told on the card
        closed = {touch.id for touch in touches.sudo() if touch._client_record().touch_closed_email}
        return [
            {
                "id": touch.id,
                "client": touch.client_name,
                "number": touch.number,
                "target": touch._told_target(),
                "nth": touch._told_number(),
                "unsure": touch.unsure,
                "channel": touch.channel,
                "purpose": touch.purpose,
                "temperature": waiting.temperature,
                "potential": waiting.potential or False,
                "day": format_date(self.env, waiting.day),
                "overdue": 0 if touch.unsure else max((today - waiting.day).days, 0),
                "later": not queue.is_due(waiting, today),
                "news": news.get(touch.id) or ("bounced" if touch.id in closed else ""),
                "answered": waiting.answered,
                "moment": fields.Datetime.to_string(waiting.hour) if waiting.hour else "",
                "hour": self._hour(waiting.hour) if waiting.hour else "",
                # how late it is stands beside it
                "why": self.env._("Did the meeting take place?")
                if touch.unsure
                else words._say([one for one in queue.why(waiting, today) if one[0] != "queue_overdue"]),
            }
            for touch, waiting in zip(touches, first)
        ]

    def _news_of(self, touches):
        """:return: {touch id: ``answered`` where the client wrote or called last, ``bounced`` where what went out last came back, ``failed``
        where the touch's own message could not be sent}"""
        touches.flush_model()
        # SQL: of touches that the user was found to have; only what was done last with their clients, and of it only this
        rows = named_rows(
            self.env,
            SQL(
                """SELECT touch.id, touch.delivery = 'failed' AS failed, last.direction, last.delivery = 'bounced' OR last.outcome_id = ANY(%(returned)s) AS bounced
                     FROM touch_touch touch
                     LEFT JOIN LATERAL (
                         SELECT direction, delivery, outcome_id FROM touch_touch
                          WHERE client_key = touch.client_key AND company_id = touch.company_id AND client_key != 0 AND state = 'done'
                            AND unsure IS NOT TRUE
                       ORDER BY date_done DESC, id DESC LIMIT 1) last ON TRUE
                    WHERE touch.id = ANY(%(ids)s)""",
                returned=self.env["touch.outcome"]._returned().ids,
                ids=touches.ids,
            ),
        )
        return {
            row.id: "failed" if row.failed else "answered" if row.direction == "in" else "bounced" if row.bounced else "" for row in rows
        }

    def _hour(self, moment):
        return format_time(self.env, fields.Datetime.context_timestamp(self, moment).time(), time_format="short")

    def _done_today(self, today):
        since = workdays.midnight(today, self.env.tz)
        return self.env["touch.touch"].search_count(Domain("user_id", "=", self.env.uid) & self.env["touch.touch"]._made_since(since))

    def _channel_labels(self):
        """:return: {channel: its name and icon, as the company's activity types have them, and the button that prepares a touch}"""
        types = self.env["mail.activity.type"]._touch_types_by_channel()
        names = dict(self.env["touch.touch"]._fields["channel"]._description_selection(self.env))
        buttons = self.env["touch.channel"]._buttons()
        return {
            channel: {
                "name": name,
                "icon": (types[channel].icon if channel in types else False) or "fa-comment",
                "prepare": buttons.get(channel, False),
            }
            for channel, name in names.items()
        }

    def _colleagues(self):
        """:return: to whom a touch may be given: [id, name] of the team with its leader, where it has no one else of all salespeople"""
        user = self.env.user

        def may(one):
            return one.active and one != user and self.env.company in one.company_ids

        # sudo: names of colleagues
        team = user.sudo().sale_team_id
        colleagues = (team.member_ids | team.user_id).filtered(may)
        colleagues = colleagues or self.env.ref("sales_team.group_sale_salesman").sudo().all_user_ids.filtered(may)  # sudo: as above
        return [[one.id, one.name] for one in colleagues.sorted("name")[:COLLEAGUES]]

    def _gone(self, touch_id):
        """:return: why a touch is no longer the user's to make"""
        touch = self.env["touch.touch"].browse(touch_id).exists()
        if not touch or not touch.has_access("read"):
            return self.env._("This touch is no longer yours: a colleague has it now, or the client was removed.")
        if touch.state == "done":
            return self.env._("This touch is done: %(outcome)s.", outcome=touch.outcome_id.name or "")
        if touch.state == "skipped":
            own = touch.enrollment_id._open_touches().filtered(lambda one: one.own_reason and one.user_id == self.env.user)
            if own:
                channel, day = self._channel_labels()[own.channel]["name"], format_date(self.env, own.date_deadline)
                return self.env._("The touch that you planned takes its place: %(channel)s on %(date)s.", channel=channel, date=day)
            why = touch.skip_reason or touch.sudo().enrollment_id.why  # sudo: the touch may be read; why its run ended explains it
            return self.env._("This touch was withdrawn. %(why)s", why=why or "")
        if touch.user_id != self.env.user:
            return self.env._("%(user)s has this touch now.", user=touch.user_id.name or self.env._("nobody"))
        day = format_date(self.env, touch.date_deadline)
        if refused := self._refused(touch):
            channel = self._channel_labels()[touch.channel]["name"]
            return self.env._("The mail was refused: %(why)s. Next: %(channel)s on %(date)s.", why=refused, channel=channel, date=day)
        return self.env._("This touch has moved to %(date)s.", date=day)

    def _refused(self, touch):
        """:return: the address of a planned touch that took no mail, and what the server said; empty where none was refused, or where the user
        does not see the touch"""
        if not touch or not touch.has_access("read") or touch.state != "planned":
            return ""
        kept = touch.sudo()  # sudo: the mail of a touch that the user sees
        failed = kept.message_id.notification_ids.filtered(lambda one: one.notification_status in ("exception", "bounce"))
        return (kept._client_record().touch_closed_email or failed[:1].failure_reason or "") if failed else ""
