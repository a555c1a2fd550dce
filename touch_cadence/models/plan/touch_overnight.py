from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, groupby, split_every

from ...method.plan import capacity, workdays
from ..base.rows import named_rows
from ..base.system import as_system
from ..cadence.touch_reason import CAMPAIGNS
from ..facts.touch_facts_days import DAYS_AHEAD

# planned touches whose activity is over, settled in one transaction
SETTLE_BATCH = 200
# enrolments that are marked by one statement
MARKED_AT_ONCE = 10000
# clients whose holds are read together
HOLDS_AT_ONCE = 1000
# days before a campaign on which those are looked at again whose touches it brings forward
CAMPAIGN_AHEAD = 14


class TouchPlanner(models.AbstractModel):
    _inherit = "touch.planner"

    @api.model
    def _cron_see_purchases(self):
        """See who bought, and who is missed, where no event told (R22); and what the base is worth now (R19, R23, R25)."""
        if self.env["touch.presence"]._in_use() or self.env["touch.cadence"].search([("auto_enroll", "=", True)], limit=1):
            system = as_system(self.env)
            system["touch.background"]._run_batches(system["res.partner"]._touch_see_purchases)
            system["touch.background"]._run_batches(system["res.partner"]._touch_update_worth)

    @api.model
    def _cron_cool(self):
        """Silent clients cool (R9)."""
        if self.env["touch.presence"]._in_use():
            for model in ("crm.lead", "res.partner"):
                self.env["touch.background"]._run_batches(as_system(self.env)[model]._touch_cool_next)

    @api.model
    def _cron_night(self):
        """What a rep's day does not take moves to the next free one, and touches that are planned already are decided again."""
        if self.env["touch.presence"]._in_use():
            system = as_system(self.env)
            system["touch.background"]._run_batches(system["touch.planner"]._settle_inactive)
            system["touch.background"]._run_batches(system["touch.reason"]._retry_problems)
            system["touch.background"]._run_batches(system["touch.planner"]._move_overflow)
            system["touch.background"]._run_batches(system["touch.planner"]._mark_changed)
            system["touch.background"]._run_batches(system["touch.planner"]._mark_campaigns)
            for reason in system["touch.reason"]._reasons_beyond():
                if not system["touch.background"]._run_batches(reason._enroll_next_beyond):
                    break
            system["touch.background"]._run_batches(system["crm.lead"]._touch_see_losses_next)
        self.env["touch.background"]._run_batches(as_system(self.env)["crm.lead"]._touch_nudge_unjudged)

    def _settle_inactive(self):
        """Planned touches whose activity is over although they are not: it was marked as done, or archived, where nobody told the touch
        (by SQL, by an import, by a process that did not know the addon yet). Who marked it as done made the touch: it is done, with the
        outcome chosen on the activity, else the one it has by itself, at that moment and with its feedback. Who archived it made nothing: the planner
        gives the touch a new activity.

        :return: how many there were, while more may be left
        """
        self.env.flush_all()
        # SQL: called by the night only, without any value
        rows = named_rows(
            self.env,
            SQL(
                """SELECT touch.id, activity.feedback, done.date AS moment
                     FROM touch_touch touch
                     JOIN mail_activity activity ON activity.id = touch.activity_id AND activity.active IS NOT TRUE
                     LEFT JOIN LATERAL (
                          SELECT min(message.date) AS date FROM mail_message message
                           WHERE message.model = activity.res_model AND message.res_id = activity.res_id
                             AND message.mail_activity_type_id = activity.activity_type_id AND message.subtype_id = %(subtype)s
                             AND message.date::date = activity.date_done
                          ) done ON TRUE
                    WHERE touch.state = 'planned' ORDER BY touch.id LIMIT %(batch)s FOR NO KEY UPDATE OF touch SKIP LOCKED""",
                subtype=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_activities"),
                batch=SETTLE_BATCH,
            ),
        )
        touches = self.env["touch.touch"].browse(row.id for row in rows)
        done = {touch: row for touch, row in zip(touches, rows) if row.moment or row.feedback}
        touches.filtered(lambda touch: touch not in done).write({"activity_id": False})
        if len(done) < len(touches):
            self.env["touch.mark"]._wake_planner()

        def finish(its):
            # hardly ever more than a handful, and each was done at a moment of its own
            for touch in its:
                row = done[touch]
                moment = row.moment or touch.activity_id.write_date
                touch._finish_as(lambda one: one.activity_id.touch_outcome_id, row.feedback or None, moment)

        self.env["touch.background"]._isolate_failures(touches.filtered(done.get), finish, lambda touch, error: touch._block(error))
        return len(rows)

    def _mark_changed(self):
        """Have the planner decide again for every client who has a planned touch: whatever a calendar, a leave, a record or a setting has
        changed is seen by the next morning, also where no event told. And for clients in care who are missed from today on (R22).

        Here they are only marked; the planner claims, decides and commits them in its batches.
        """
        # SQL: called by the night only; days and users are its own
        self._mark_found(
            SQL(
                """SELECT enrollment.id FROM touch_enrollment enrollment JOIN touch_touch touch ON touch.enrollment_id = enrollment.id
                    WHERE enrollment.state = 'running' AND touch.state = 'planned'
                   UNION
                   SELECT enrollment.id FROM touch_enrollment enrollment
                     JOIN touch_cadence cadence ON cadence.id = enrollment.cadence_id AND cadence.until_lapsed
                     JOIN res_partner client ON client.id = enrollment.commercial_partner_id
                    WHERE enrollment.state = 'running' AND client.lapses_on <= %s""",
                fields.Date.context_today(self) + timedelta(days=1),  # where it is tomorrow already; the method looks at the very day
            )
        )

    def _mark_found(self, query):
        """:param query: SQL for the ids of enrolments: the planner decides for them again"""
        self.env.flush_all()
        # SQL: ids that the night looks for, with the reason where the query stands
        for batch in split_every(MARKED_AT_ONCE, [id_ for (id_,) in self.env.execute_query(query)], list):
            self.env["touch.mark"]._leave_to_planner(batch)

    def _mark_campaigns(self):
        """Have the planner decide again for all who are in a cadence when a campaign with a day of its own comes near: it brings their next touch
        forward. Once for each campaign and first day."""
        today = fields.Date.context_today(self)
        near = self.env["touch.reason"].search(
            [
                ("kind", "in", CAMPAIGNS),
                ("valid_from", "<=", today + timedelta(days=CAMPAIGN_AHEAD)),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", today),
            ]
        )
        # one without an end is news in its first weeks only
        near = near.filtered(
            lambda one: one.announced_date != one.valid_from and (one.valid_to or one.valid_from > today - timedelta(days=CAMPAIGN_AHEAD))
        )
        if not near:
            return
        companies = (
            near.company_id if all(one.company_id for one in near) else self.env["res.company"].search([("active", "=", True)], order="id")
        )
        # SQL: called by the night only; ids are those of companies
        self._mark_found(
            SQL(
                "SELECT id FROM touch_enrollment WHERE state = 'running' AND reason_id IS NULL AND company_id = ANY(%s) ORDER BY id",
                companies.ids,
            )
        )
        for first, its in near.grouped("valid_from").items():
            its.write({"announced_date": first})

    def _move_overflow(self):
        """Move what a rep's today does not take to the next free days: the coldest, of the lowest potential, that wait the shortest."""
        for today, companies in self.env["res.company"]._touch_days().items():
            self._move_overflow_on(today, companies)

    def _move_overflow_on(self, today, companies):
        """:param companies: those in which it is ``today``"""
        counts = self.env["touch.touch"]._read_group(
            [
                ("state", "=", "planned"), ("date_deadline", "<=", today), ("user_id", "!=", False),
                ("company_id", "in", companies.ids),
            ],
            ["user_id"],
            ["__count"],
        )  # fmt: skip
        per_day = {user.id: user._touches_per_day() for user, count in counts if 0 < user._touches_per_day() < count}
        if not per_day:
            return
        planned, company_of = self._read_planned_until(today, per_day, companies)
        load = self.env["touch.facts"]._read_load(
            per_day, min(workdays.midnight(today, company._touch_clock()) for company in companies), today
        )
        moves = {}
        for company_id, its in self.env["res.users"].browse(per_day).grouped(lambda user: company_of[user.id]).items():
            working = self.env["res.company"].browse(company_id).resource_calendar_id
            last = today + timedelta(days=DAYS_AHEAD)
            shared = self.env["touch.facts"]._shared_days(working, company_id, today, last)
            for user, own in self.env["touch.facts"]._days_of_users(its, company_id, working, shared, today, last).items():
                if today in own.days:
                    moves |= capacity.overflow(planned[user], today, own.days, per_day[user], load[user])
        touches = self.env["touch.touch"].browse(moves)
        for (day, times), its in groupby(touches, lambda touch: (moves[touch.id], touch.moves)):
            its = touches.browse().union(*its)
            its._move_to(day, moves=times + 1)
            its.activity_id.with_context(mail_activity_quick_update=True).write({"date_deadline": day})

    def _read_planned_until(self, today, users, companies):
        """:param users: ids of those whose touches are read
        :return: {user id: list of what is planned for today or before}, {user id: a company of theirs}"""
        clients = self.env["touch.client"]
        temperature, potential, joins = clients._standing_sql("touch")
        self.env.flush_all()
        # SQL: called by the night only; users are its own
        rows = named_rows(
            self.env,
            SQL(
                """SELECT touch.id, touch.user_id AS user, touch.company_id AS company, %(temperature)s AS temperature, %(potential)s AS potential,
                          COALESCE(enrollment.date_start, touch.date_deadline) AS since, COALESCE(touch.moves, 0) AS moves,
                          touch.step_id IS NULL OR reason.valid_to IS NOT NULL AS fixed,
                          enrollment.id AS enrollment
                     FROM touch_touch touch %(joins)s
                     LEFT JOIN touch_enrollment enrollment ON enrollment.id = touch.enrollment_id
                     LEFT JOIN touch_reason reason ON reason.id = touch.reason_id
                    WHERE touch.state = 'planned' AND touch.date_deadline <= %(today)s AND touch.user_id = ANY(%(users)s)
                      AND touch.company_id = ANY(%(companies)s)""",
                temperature=temperature,
                potential=potential,
                joins=joins,
                today=today,
                companies=companies.ids,
                users=list(users),
            ),
        )
        holds = {}
        for batch in split_every(HOLDS_AT_ONCE, [row.enrollment for row in rows if row.enrollment], self.env["touch.enrollment"].browse):
            known = self.env["touch.facts"]._read_holds(clients._subjects_of_enrollments(batch))
            holds |= {subject.enrollment: tuple(its) for subject, its in known.items()}
        planned, company_of = defaultdict(list), {}
        for row in rows:
            standing = clients._standing_of_row(row.temperature, row.potential)
            its = holds.get(row.enrollment, ())
            planned[row.user].append(capacity.Planned(row.id, *standing, row.since, row.moves, row.fixed, its))
            company_of[row.user] = row.company
        return planned, company_of
