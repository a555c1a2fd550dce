from contextlib import suppress
from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, groupby

from ...method.plan import workdays, zones
from ...method.plan.decide import NO_WAY_OPEN
from ...method.plan.facts import OF_AGREED_STEP
from ..base.arguments import day, moment, single, takes
from ..base.inside import told
from ..base.rooms import shared
from ..base.system import as_system
from ..cadence.touch_cadence_step import TOUCH_PURPOSES
from ..client.called import client_name
from ..client.touch_client_mixin import TEMPERATURE_SELECTION

# days ahead to which a touch can be moved
MOST_AHEAD = 1100


class TouchTouch(models.Model):
    """One contact with a client, planned or over: the plan and the history. An activity only shows a planned touch.

    Three ways lead to a touch that is over: :meth:`_finish` (a planned one was made), :meth:`skip` and :meth:`_log` (one that nobody
    had planned). What it then does to the client stands in :meth:`_apply_outcomes` alone.
    """

    _name = "touch.touch"
    _inherit = ["touch.guarded.mixin", "touch.anonymous.mixin"]
    _description = "Touch"
    _order = "date_deadline desc, id desc"
    _rec_names_search = ["partner_id.complete_name", "lead_id.name", "lead_id.contact_name", "lead_id.partner_name"]

    enrollment_id = fields.Many2one("touch.enrollment", string="Enrolment", index="btree_not_null", ondelete="set null")
    cadence_id = fields.Many2one("touch.cadence", index="btree_not_null", ondelete="set null")
    step_id = fields.Many2one("touch.cadence.step", ondelete="set null")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one("res.partner", string="Contact", index="btree_not_null", ondelete="set null")
    # set where client_key is: a related field would cost a throw-away record a row when touches are made in bulk
    commercial_partner_id = fields.Many2one("res.partner", string="Client", readonly=True, index="btree_not_null", ondelete="set null")
    lead_id = fields.Many2one("crm.lead", index="btree_not_null", ondelete="set null")
    client_key = fields.Integer(readonly=True, required=True, aggregator=None, help="The client of the touch; 0: anonymous.")
    summary = fields.Char(compute="_compute_summary", compute_sudo=True)
    about = fields.Char(compute="_compute_about", compute_sudo=True)
    client_name = fields.Char(compute="_compute_client_name", compute_sudo=True)
    user_id = fields.Many2one("res.users", string="Salesperson", index="btree_not_null", default=lambda self: self.env.user)
    expert_id = fields.Many2one("res.users", index="btree_not_null")

    number = fields.Integer(string="No.", help="Number of the touch within the client's enrolment.", aggregator=None)
    target = fields.Integer(related="cadence_id.target")
    channel = fields.Selection(selection=lambda self: self.env["touch.channel"]._selection(), required=True)
    direction = fields.Selection([("out", "Outgoing"), ("in", "Incoming")], required=True, default="out")
    purpose = fields.Selection(TOUCH_PURPOSES, required=True, default="warming")
    reason_id = fields.Many2one("touch.reason", ondelete="restrict")
    own_reason = fields.Char(readonly=True, help="Why the salesperson planned this touch by hand.")
    temperature = fields.Selection(TEMPERATURE_SELECTION, help="The client's temperature when the touch was planned.")
    client_temperature = fields.Selection(
        TEMPERATURE_SELECTION, string="Temperature now", compute="_compute_client_temperature", compute_sudo=True
    )

    state = fields.Selection([("planned", "Planned"), ("done", "Done"), ("skipped", "Skipped")], required=True, default="planned")
    date_deadline = fields.Date(string="Day", required=True, index=True, default=fields.Date.context_today)
    date_planned = fields.Datetime(string="Not before", help="The first moment of the day at which the client may be touched.")
    date_done = fields.Datetime(string="Done on")
    outcome_id = fields.Many2one("touch.outcome", ondelete="restrict")
    counts = fields.Boolean(
        readonly=True, help="The touch was made: it counts towards the target and the rhythm. Other touches were tries."
    )
    reached = fields.Boolean(string="Client Reached", readonly=True, help="Somebody was spoken to, met, or answered.")
    warmed = fields.Boolean(string="Progress", readonly=True, help="The client came nearer to buying.")
    unsure = fields.Boolean(
        string="To Be Confirmed", readonly=True, help="The calendar says that the meeting took place; nobody has confirmed it yet."
    )
    outdated = fields.Boolean(
        readonly=True, help="The touch will be planned again: its steps were changed, or the message before it came back."
    )
    # a step that was agreed (R45): by this touch, or the one that this touch confirms or asks about
    agreed_step_id = fields.Many2one(
        "touch.next.step",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="What the client agreed to.",
    )
    agreed_date = fields.Date(string="Agreed for", readonly=True, help="The day of the agreed step.")
    agreed_touch_id = fields.Many2one(
        "touch.touch", string="Agreed by Touch", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    agreed_event_id = fields.Many2one(
        "calendar.event", string="Agreed Meeting", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    # "not now" (R46)
    obstacle_id = fields.Many2one(
        "touch.obstacle", readonly=True, ondelete="restrict", index="btree_not_null", help="What stands in the way of the client."
    )
    back_date = fields.Date(string="Come Back on", readonly=True, help="Other touches wait for this day.")
    item_id = fields.Many2one(
        "touch.item", readonly=True, ondelete="restrict", index="btree_not_null", help="The client waits for it, and is told first."
    )
    waits = fields.Boolean(string="Waits for the Item", readonly=True, copy=False, help="The client was not told yet that it arrived.")
    # what it says
    script_id = fields.Many2one("touch.script", string="Text", compute="_compute_told")
    told_subject = fields.Char(string="Subject", compute="_compute_told")
    told_text = fields.Html(string="What to Say or Write", compute="_compute_told", sanitize=False)
    told_lacks = fields.Char(string="Missing", compute="_compute_told")
    moves = fields.Integer(readonly=True, help="How often it was moved because a day was full.")
    note = fields.Text()
    how_to_talk = fields.Text(
        compute="_compute_how_to_talk", compute_sudo=True, help="What the contact, or else the contact's company, says of it."
    )
    skip_reason = fields.Char()
    withdrawn = fields.Boolean(readonly=True, help="The planner withdrew the touch, because the enrolment ended or was paused.")
    # so that what a desk sends twice is done once, and what a rep did on a touch that was given away meanwhile is not lost
    desk_key = fields.Char(readonly=True, copy=False)
    handed_from_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    why_data = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why")
    activity_id = fields.Many2one("mail.activity", index="btree_not_null", ondelete="set null")
    delivery = fields.Selection(
        [("sent", "Sent"), ("failed", "Not sent"), ("bounced", "Came back")],
        readonly=True,
        copy=False,
        help="What became of the mail or text message. One that could not be sent is no touch: the touch is open again.",
    )
    failure = fields.Char(readonly=True, copy=False, help="Why the mail or text message was not sent, or came back.")
    # so that a mail which comes back finds the touch that it made
    message_id = fields.Many2one(
        "mail.message", string="Sent Message", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    # so that a meeting of the calendar is counted once
    event_id = fields.Many2one("calendar.event", string="Meeting", readonly=True, copy=False, index="btree_not_null", ondelete="set null")

    _open_uniq = models.UniqueIndex("(company_id, client_key) WHERE state = 'planned'", "This client already has a planned touch.")
    _history_idx = models.Index("(client_key, date_done)")
    _forget_idx = models.Index("(company_id, date_done, id) WHERE client_key != 0 AND date_done IS NOT NULL")
    _over_done = models.Constraint(
        "CHECK(state = 'planned' OR date_done IS NOT NULL)", "A touch that is over needs the time at which it was made."
    )
    _years = models.Constraint(
        "CHECK(date_deadline BETWEEN '1900-01-01' AND '2100-12-31' AND date_planned BETWEEN '1900-01-01' AND '2101-01-01'"
        " AND date_done BETWEEN '1900-01-01' AND '2101-01-01' AND agreed_date BETWEEN '1900-01-01' AND '2100-12-31'"
        " AND back_date BETWEEN '1900-01-01' AND '2100-12-31')",
        "The days of a touch lie between 1900 and 2100.",
    )
    _numbers = models.Constraint(
        "CHECK(number BETWEEN 0 AND 1000000 AND moves BETWEEN 0 AND 1000000)", "Touches are counted from 0 to 1,000,000."
    )
    _waits_idx = models.Index("(item_id) WHERE waits")
    _load_idx = models.Index("(user_id, date_deadline) WHERE state = 'planned'")
    _made_idx = models.Index("(user_id, date_done) WHERE state = 'done' AND direction = 'out'")
    _unsure_idx = models.Index("(user_id) WHERE unsure")
    _lost_idx = models.Index("(id) WHERE state = 'planned' AND activity_id IS NULL")

    @api.depends(
        *("client_key", "lead_id.name", "lead_id.contact_name", "lead_id.partner_name"),
        *("partner_id.name", "partner_id.is_company", "partner_id.commercial_company_name"),
    )
    def _compute_client_name(self):
        for touch in self:
            touch.client_name = client_name(touch.lead_id, touch.partner_id) if touch.client_key else self.env._("Anonymous client")

    @api.depends("partner_id.touch_how_to_talk", "partner_id.commercial_partner_id.touch_how_to_talk")
    def _compute_how_to_talk(self):
        for touch in self:
            partner = touch.partner_id
            touch.how_to_talk = partner.touch_how_to_talk or partner.commercial_partner_id.touch_how_to_talk

    @api.depends("lead_id.temperature", "partner_id.temperature")
    def _compute_client_temperature(self):
        for touch in self:
            touch.client_temperature = touch._client_record().temperature

    @api.depends(
        *(
            "number",
            "target",
            "reason_id",
            "own_reason",
            "purpose",
            "agreed_touch_id.agreed_date",
            "agreed_event_id.start",
            "agreed_event_id.name",
            "state",
            "why_data",
        ),
        *("date_deadline", "enrollment_id.date_start", "cadence_id.name"),
    )
    def _compute_summary(self):
        self._read_agreed(self.agreed_touch_id.ids, self.agreed_event_id.ids)
        for touch in self:
            if touch.purpose in OF_AGREED_STEP:
                touch.summary = touch._agreed_texts(touch._activity_row())[0]
            else:
                touch.summary = self._summary(touch._nth_row(), touch.own_reason or touch.reason_id.name or "")

    @api.depends("summary", "reason_id", "own_reason", "purpose", "delivery", "state")
    def _compute_about(self):
        for touch in self:
            about = touch.summary if touch.purpose in OF_AGREED_STEP else touch.own_reason or touch.reason_id.name
            is_open = touch.state == "planned" and touch.delivery == "failed"
            touch.about = self.env._("Not sent: %(reason)s", reason=about or "") if is_open else about

    @shared
    def _has_no_way(self):
        """:return: whether what came back closed the last way to the client"""
        return any(code == NO_WAY_OPEN for code, _values in self.why_data or ())

    @shared
    def _told_in_a_line(self):
        """:return: when it was, what was done, what came of it and what was said; in the reader's language, on his clock"""
        day = format_date(self.env, fields.Datetime.context_timestamp(self, self.date_done).date())
        return " · ".join(part for part in (day, self.summary, self.outcome_id.name, self.note) if part)

    @api.depends("client_name", "summary")
    def _compute_display_name(self):
        for touch in self:  # the client first: calendars show little more
            touch.display_name = f"{touch.client_name} · {touch.summary}"

    @api.depends("channel", "purpose", "reason_id", "step_id", "state", "partner_id", "lead_id")
    @api.depends_context("lang", "uid")
    def _compute_told(self):
        self.update(dict.fromkeys(("script_id", "told_subject", "told_text", "told_lacks"), False))
        planned = self.filtered(lambda touch: touch.state == "planned" and touch._client_record())
        try:
            told = planned._told()
        except UserError:  # the client of one went to another company meanwhile: it says nothing, and the others what they say
            told = {}
            for touch in planned:
                with suppress(UserError):
                    told |= touch._told()
        for touch, its in told.items():
            touch.script_id, touch.told_subject, touch.told_text = its.script.with_env(self.env), its.subject, its.text or False
            touch.told_lacks = touch._lacking(its.lacks)

    @api.depends("why_data", "number", "moves")
    @api.depends_context("lang")
    def _compute_why(self):
        for touch in self:
            touch.why = self.env["touch.words"]._say(touch._why_now())

    @shared
    def _why_now(self):
        """:return: why the touch was planned; its number may have gone up since, and its day moved"""
        why = [
            [code, {**values, "number": self.number} if code == "nth" else values]
            for code, values in self.env["touch.words"]._pairs(self.why_data)
        ]
        return [*why, ["moved_full", {"moves": self.moves}]] if self.moves else why

    # --------------------------------------------------------------
    # CRUD
    # --------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")  # before anything is read of the values
        unknown = [vals for vals in vals_list if "client_key" not in vals or "commercial_partner_id" not in vals]
        owners = [(vals.get("company_id") or self.env.company.id, vals.get("partner_id"), vals.get("lead_id")) for vals in unknown]
        for vals, (key, commercial) in zip(unknown, self.env["touch.client"]._client_keys(owners)):
            vals.update(client_key=key, commercial_partner_id=commercial)
        records = super().create(vals_list)
        self.env["touch.presence"]._rows_made()
        return records

    # a calendar moves a touch by writing its day: that is :meth:`snooze`
    _written_by_people = frozenset({"note", "date_deadline"})

    def write(self, vals):
        if "date_deadline" in vals and not self.env.su:
            vals = dict(vals)
            self.snooze(vals.pop("date_deadline"))
        # whoever has one of them on his desk sees at once that it moved or is gone
        moved = not {"state", "user_id", "date_deadline"}.isdisjoint(vals) and self.filtered(lambda touch: touch.state == "planned")
        desks = moved.grouped("user_id") if moved else {}
        result = super().write(vals)
        for user, touches in desks.items():
            if "user_id" in vals and user.id != vals["user_id"]:
                super(TouchTouch, touches).write({"handed_from_id": user.id})
            user._bus_send("touch_cadence.desk", {"touch_ids": touches.ids})
        return result

    def _update_client_key(self):
        """Say anew whose these touches are, after contacts were merged or re-parented."""
        clients = self.env["touch.client"]._client_keys([(one.company_id.id, one.partner_id.id, one.lead_id.id) for one in self])
        for (key, commercial), pairs in groupby(zip(self, clients), lambda pair: pair[1]):
            self.browse().union(*(touch for touch, _client in pairs)).write({"client_key": key, "commercial_partner_id": commercial})

    @api.model
    def _is_known(self):
        return Domain("client_key", "!=", 0)

    def _anonymise(self):
        """Nobody's touches from now on: day, channel, purpose, reason, outcome, number and who made them stay.

        * A planned touch is taken back first; its run, where it goes on, decides again.
        * An anonymous touch hangs on an anonymous run only: elsewhere the run would say whose it was.
        """
        self.filtered(lambda touch: touch.state == "planned")._withdraw()
        runs = self.enrollment_id.filtered("client_key")
        self.filtered(lambda touch: touch.enrollment_id in runs).write({"enrollment_id": False})
        activities = self.activity_id.with_prefetch()  # as in _withdraw()
        empty = (
            "partner_id",
            "lead_id",
            "commercial_partner_id",
            "note",
            "skip_reason",
            "desk_key",
            "own_reason",
            "event_id",
            "agreed_event_id",
            "agreed_touch_id",
            "unsure",
            "why_data",
            "activity_id",
            "message_id",
            "waits",
        )
        self.write({"client_key": 0, **dict.fromkeys(empty, False)})
        activities.unlink()
        # not now: the run itself may be the next that is deleted, and would be given a touch in between
        self.env["touch.mark"]._leave_to_planner(runs.ids)

    # --------------------------------------------------------------
    # What a rep does with a planned touch
    # --------------------------------------------------------------

    @takes(until=day(ahead=MOST_AHEAD), moment=moment(ahead=MOST_AHEAD))
    def snooze(self, until, moment=None):
        """Move this touch to another day, or to another hour.

        :param until: the day, as a date or its ISO text
        :param moment: in UTC: the touch waits for it; none: the first decent hour of the day
        :raise UserError: if the day is in the past or years ahead, the moment on another day, or the touch not planned
        """
        self._check_may_work()
        if until < fields.Date.context_today(self, told(self.env, "touch_date_done")):
            raise UserError(self.env._("A touch cannot be moved to %(date)s: that day is over.", date=format_date(self.env, until)))
        if moment and abs((moment.date() - until).days) > 1:  # the day by the rep's clock, the moment in UTC
            raise UserError(self.env._("%(hour)s does not lie on %(date)s.", hour=moment, date=format_date(self.env, until)))
        until = max(until, fields.Date.context_today(self))  # the desk may send it when that day is over
        self.sudo()._move_to(until, **({"date_planned": moment} if moment else {}))  # sudo: as in done()
        self._own_activities().sudo().date_deadline = until  # sudo: as in skip()
        return True

    @takes(self=single())
    def action_open_client(self):
        self.ensure_one()
        self._check_tells()
        return self._client_record().get_formview_action()

    @shared
    def _client_record(self):
        """:return: the record that carries the activity: the lead, or the contact"""
        return self.lead_id or self.partner_id

    @shared
    def _for_worker(self):
        """These touches with all rights, for who makes them: whom to call, what was said before, also as a substitute.

        sudo: after the check that the user may read each touch, and that its client still belongs to the company that works it.

        :raise AccessError: for a touch that the user may not read
        :raise UserError: for one whose client went to another company meanwhile
        """
        self.check_access("read")
        self._check_belongs()
        return self.sudo()

    @shared
    def _check_belongs(self):
        """What is told of a touch, and what it does, reaches its client and its run with all rights: they are still the touch's own.

        :raise UserError: for a touch whose client or run is another's
        """
        known = self.sudo()  # sudo: whether they belong together; neither is named
        gone = known.filtered(lambda touch: touch._client_record().company_id not in (touch.company_id, touch.company_id.browse()))[:1]
        if gone:
            raise UserError(
                self.env._(
                    "This client no longer belongs to %(company)s: its touch ends with the next planning.",
                    company=gone.company_id.name,
                )
            )
        if stray := known.filtered(lambda touch: touch._is_stray())[:1]:
            raise UserError(
                self.env._(
                    "Touch %(number)s belongs to the enrolment of another client: nothing can be done with it. Ask the administrator to "
                    "delete it.",
                    number=stray.id,
                )
            )

    def _is_stray(self):
        """:return: whether the touch hangs on the run of another client"""
        run = self.enrollment_id
        if not run:
            return False
        elsewhere = (run.company_id, run.client_key) != (self.company_id, self.client_key)
        # a planned touch is of the very record that is enrolled
        return elsewhere or (self.state == "planned" and (run.lead_id, run.partner_id) != (self.lead_id, self.partner_id))

    # --------------------------------------------------------------
    # Why
    # --------------------------------------------------------------

    def _check_may_work(self, unsure=False):
        """:param unsure: meetings of the calendar that nobody has confirmed are not over either
        :raise AccessError: for who may not work these touches
        :raise UserError: for a touch that is over, or belongs to another client's run"""
        self.check_access("write")
        over = (self - (self._to_answer() if unsure else self.filtered(lambda touch: touch.state == "planned")))[:1]
        if over:
            raise UserError(
                self.env._(
                    "The touch “%(touch)s” of %(client)s is already over: log another one instead.",
                    touch=over.summary,
                    client=over.client_name,
                )
            )
        self._check_belongs()

    @shared
    @api.model
    def _made_since(self, since):
        """:param since: a moment, aware
        :return: the domain of the touches that somebody of ours made since then; a meeting that nobody has confirmed is none"""
        since = since.astimezone(timezone.utc).replace(tzinfo=None)
        made = Domain("state", "=", "done") & Domain("direction", "=", "out") & Domain("unsure", "!=", True)
        return made & Domain("date_done", ">=", since)

    @shared
    def _to_answer(self):
        """:return: those of these touches whose outcome nobody has said yet: planned ones, and meetings of the calendar"""
        return self.filtered(lambda touch: touch.state == "planned" or touch.unsure)

    @shared
    def _move_to(self, day, **values):
        """The touches go to another day, to the first decent hour of it by each client's own clock (R44). The hour is not that of the day
        before: the clocks may change in between.

        :param values: what else changes for all of them
        """
        system = as_system(self.env)
        touches = self.with_env(system)
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        moments = {}
        for touch, name in zip(touches, system["touch.client"]._client_zones([(one.lead_id, one.partner_id) for one in touches])):
            company = touch.company_id
            zone = zones.zone(name, (touch.cadence_id.resource_calendar_id or company.resource_calendar_id).tz)
            hours = company.touch_hour_from, company.touch_hour_to
            # the hours of a day that is over there are not waited for: whoever moved it there wants that day
            when = workdays.moment(day, hours, zone, now) or workdays.opening(day, hours, zone)
            moments[touch.id] = when.replace(tzinfo=None)
        for when, its in self.grouped(lambda touch: moments[touch.id]).items():
            its.write({"date_deadline": day, "date_planned": when, **values})

    # --------------------------------------------------------------
    # How a touch ends
    # --------------------------------------------------------------

    @shared
    def _add_note(self, note):
        """What was said, behind what was noted before; what comes twice stands once."""
        for before, touches in self.grouped("note").items() if note else ():
            if not f"\n{before or ''}".endswith(f"\n{note}"):
                touches.write({"note": f"{before}\n{note}" if before else note})
