from collections import Counter, defaultdict
from datetime import timedelta, timezone

from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, groupby, html2plaintext

from ..method.client import names, outcomes, reach
from ..method.desk import placeholders
from ..method.plan import forecast, workdays, zones
from ..method.plan.facts import ACTIVE_STATES, HOT
from .arguments import day, records, single, takes, text
from .inside import INSIDE, told
from .mail_activity_type import CHANNEL_SELECTION
from .touch_cadence_step import PURPOSES
from .touch_client_mixin import LOGGED, TEMPERATURE_SELECTION

# days ahead to which a touch can be moved
MOST_AHEAD = 1100
# how far clocks may differ
CLOCK_SLACK = timedelta(minutes=5)
# a bounce of a mail that nobody can name is of the last one within so many days
BOUNCE_DAYS = 14


class TouchTouch(models.Model):
    """One contact with a client, planned or over: the plan and the history. An activity only shows a planned touch.

    A touch is over after :meth:`_finish` (a planned touch was made), :meth:`skip` or :meth:`_log` (an unplanned touch). Only
    :meth:`_settle` knows what it then does to the client.
    """

    _name = "touch.touch"
    _inherit = ["touch.guarded.mixin", "touch.anonymous.mixin"]
    _description = "Touch"
    _order = "date_deadline desc, id desc"

    enrollment_id = fields.Many2one("touch.enrollment", string="Enrolment", index="btree_not_null", ondelete="set null")
    cadence_id = fields.Many2one("touch.cadence", index="btree_not_null", ondelete="set null")
    step_id = fields.Many2one("touch.cadence.step", ondelete="set null")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one("res.partner", string="Contact", index="btree_not_null", ondelete="set null")
    # set where client_key is: a related field would cost a throw-away record a row when touches are made in bulk
    commercial_partner_id = fields.Many2one("res.partner", string="Client", readonly=True, index="btree_not_null", ondelete="set null")
    lead_id = fields.Many2one("crm.lead", index="btree_not_null", ondelete="set null")
    client_key = fields.Integer(readonly=True, required=True, help="The client of the touch; 0: anonymous.")
    summary = fields.Char(compute="_compute_summary", compute_sudo=True)
    client_name = fields.Char(compute="_compute_client_name", compute_sudo=True)
    user_id = fields.Many2one("res.users", string="Salesperson", index="btree_not_null", default=lambda self: self.env.user)
    expert_id = fields.Many2one("res.users", index="btree_not_null")

    number = fields.Integer(string="No.", help="Number of the touch within the client's enrolment.", aggregator=None)
    target = fields.Integer(related="cadence_id.target")
    channel = fields.Selection(CHANNEL_SELECTION, required=True)
    direction = fields.Selection([("out", "Outgoing"), ("in", "Incoming")], required=True, default="out")
    purpose = fields.Selection(PURPOSES, required=True, default="warming")
    reason_id = fields.Many2one("touch.reason", ondelete="restrict")
    temperature = fields.Selection(TEMPERATURE_SELECTION, help="The client's temperature when the touch was planned.")
    client_temperature = fields.Selection(
        TEMPERATURE_SELECTION, string="Temperature now", compute="_compute_client_temperature", compute_sudo=True
    )

    state = fields.Selection([("planned", "Planned"), ("done", "Done"), ("skipped", "Skipped")], required=True, default="planned")
    date_deadline = fields.Date(string="Day", required=True, index=True, default=fields.Date.context_today)
    date_planned = fields.Datetime(string="Not before", help="The first moment of the day at which the client may be touched.")
    date_done = fields.Datetime(string="Done on")
    outcome_id = fields.Many2one("touch.outcome", ondelete="restrict")
    reached = fields.Boolean(readonly=True)
    answered = fields.Boolean(readonly=True, help="The client responded.")
    warmed = fields.Boolean(readonly=True, help="The client was warmer after the touch, or was still hot and said so.")
    outdated = fields.Boolean(readonly=True, help="The steps were changed after the touch was planned: it will be planned anew.")
    moves = fields.Integer(readonly=True, help="How often it was moved because a day was full.")
    note = fields.Text()
    skip_reason = fields.Char()
    withdrawn = fields.Boolean(readonly=True, help="The planner withdrew the touch, because the enrolment ended or was paused.")
    # so that what a desk sends twice is done once, and what a rep did on a touch that was given away meanwhile is not lost
    desk_key = fields.Char(readonly=True, copy=False)
    handed_from_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    why_data = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why")
    activity_id = fields.Many2one("mail.activity", index="btree_not_null", ondelete="set null")
    # so that a mail which comes back finds the touch that it made
    message_id = fields.Many2one(
        "mail.message", string="Sent Message", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    _open_uniq = models.UniqueIndex("(company_id, client_key) WHERE state = 'planned'", "This client already has a planned touch.")
    _history_idx = models.Index("(client_key, date_done)")
    _forget_idx = models.Index("(company_id, date_done, id) WHERE client_key != 0 AND date_done IS NOT NULL")
    _over_done = models.Constraint(
        "CHECK(state = 'planned' OR date_done IS NOT NULL)", "A touch that is over needs the time at which it was made."
    )
    _years = models.Constraint(
        "CHECK(date_deadline BETWEEN '1900-01-01' AND '2100-12-31' AND date_planned BETWEEN '1900-01-01' AND '2101-01-01'"
        " AND date_done BETWEEN '1900-01-01' AND '2101-01-01')",
        "The days of a touch lie between 1900 and 2100.",
    )
    _numbers = models.Constraint(
        "CHECK(number BETWEEN 0 AND 1000000 AND moves BETWEEN 0 AND 1000000)", "Touches are counted from 0 to 1,000,000."
    )
    _load_idx = models.Index("(user_id, date_deadline) WHERE state = 'planned'")
    _made_idx = models.Index("(user_id, date_done) WHERE state = 'done' AND direction = 'out'")
    _lost_idx = models.Index("(id) WHERE state = 'planned' AND activity_id IS NULL")

    @api.depends("lead_id", "partner_id", "client_key")
    def _compute_client_name(self):
        for touch in self:
            name = touch.lead_id.display_name or touch.partner_id.display_name
            touch.client_name = name if touch.client_key else self.env._("Anonymous client")

    @api.depends("lead_id.temperature", "partner_id.temperature")
    def _compute_client_temperature(self):
        for touch in self:
            touch.client_temperature = touch._client_record().temperature

    @api.depends("number", "target", "reason_id")
    def _compute_summary(self):
        for touch in self:
            touch.summary = touch._summary(touch.number, touch.target, touch.reason_id.name or "")

    @api.depends("client_name", "summary")
    def _compute_display_name(self):
        for touch in self:  # the client first: calendars show little more
            touch.display_name = f"{touch.client_name} · {touch.summary}"

    @api.depends("why_data", "number", "moves")
    @api.depends_context("lang")
    def _compute_why(self):
        for touch in self:
            touch.why = self.env["touch.words"]._say(touch._why_now())

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
        for vals, (key, commercial) in zip(unknown, self.env["touch.planner"]._clients(owners)):
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

    def _rekey(self):
        """Say anew whose these touches are, after contacts were merged or re-parented."""
        clients = self.env["touch.planner"]._clients([(one.company_id.id, one.partner_id.id, one.lead_id.id) for one in self])
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
        self.env["touch.expert.booking"]._keep_touch_counts(self)
        activities = self.activity_id.with_prefetch()  # as in _withdraw()
        empty = (
            "partner_id",
            "lead_id",
            "commercial_partner_id",
            "note",
            "skip_reason",
            "desk_key",
            "why_data",
            "activity_id",
            "message_id",
        )
        self.write({"client_key": 0, **dict.fromkeys(empty, False)})
        activities.unlink()
        self.env["touch.mark"]._mark(runs)

    # --------------------------------------------------------------
    # What a rep does with a planned touch
    # --------------------------------------------------------------

    @takes(outcome=records("touch.outcome"), note=text())
    def done(self, outcome=None, note=None):
        """The touch was made. Ends where "Mark as done" on its activity ends.

        :param outcome: a ``touch.outcome`` or its id; none counts as "reached"
        :param note: what was said
        :raise UserError: if the touch is not planned
        """
        self._check_may_work()
        outcome = outcome or self.env["touch.outcome"]._default_outcome()
        activities = self._own_activities()
        activities.sudo().touch_outcome_id = outcome  # sudo: an assignee may finish an activity on a record closed to him
        activities.action_feedback(feedback=note or False)
        # sudo: touches are written by these methods only, once it is seen whose they are
        self.filtered(lambda touch: touch.state == "planned").sudo()._finish(outcome, note)
        return True

    @takes(reason=text())
    def skip(self, reason=None):
        """Skip this touch and continue with the next step. Its reason stays unused, and the rhythm does not count it.

        :param reason: why, in the rep's words
        :raise UserError: if the touch is not planned
        """
        self._check_may_work()
        activities = self._own_activities().with_prefetch()
        # sudo: as in done()
        self.sudo().write({"state": "skipped", "skip_reason": reason, "date_done": fields.Datetime.now(), "activity_id": False})
        activities.sudo().unlink()  # sudo: the activity is only the touch's view, and the touch may be worked
        self.env["touch.mark"]._mark(self.sudo().enrollment_id)  # sudo: as above
        return True

    @takes(until=day(ahead=MOST_AHEAD))
    def snooze(self, until):
        """Move this touch to another day.

        :param until: the day, as a date or its ISO text
        :raise UserError: if the day is in the past or years ahead, or the touch is not planned
        """
        self._check_may_work()
        if until < fields.Date.context_today(self):
            raise UserError(self.env._("A touch cannot be moved to %(date)s: that day is over.", date=format_date(self.env, until)))
        self.sudo()._move_to(until)  # sudo: as in done()
        self._own_activities().sudo().date_deadline = until  # sudo: as in skip()
        return True

    @takes(self=single())
    def action_open_client(self):
        self.ensure_one()
        self._check_tells()
        return self._client_record().get_formview_action()

    @takes(self=single(), note=text())
    def action_prepare(self, note=None):
        """Open what the channel needs, for a check before it is sent: a mail or text message with the client's data filled in, the letter
        as PDF, an appointment; for other channels the client's page. Sending the mail or text message from there makes the touch
        (:meth:`_sent`).

        :param note: what was noted before; it stays with the touch
        :return: an action
        :raise UserError: if the user may work the touch, but not see the client's record
        """
        self.ensure_one()
        self._check_may_work()
        # a letter says nothing but the address
        if self.channel != "letter" and not self._client_record().has_access("read"):
            raise UserError(
                self.env._(
                    "You were given this touch of %(client)s, but have no access to the record itself. Use the address and number on the "
                    "desk.",
                    client=self.client_name,
                )
            )
        self.sudo()._add_note(note)  # sudo: as in done()
        by_channel = {
            "email": self._prepare_email,
            "sms": self._prepare_sms,
            "letter": self._prepare_letter,
            "meeting": self._prepare_meeting,
        }
        return by_channel.get(self.channel, self.action_open_client)()

    def _client_record(self):
        """:return: the record that carries the activity: the lead, or the contact"""
        return self.lead_id or self.partner_id

    def _own_activities(self):
        """:return: the activities that are the view of these touches: those on the very records that the touches are of"""
        # sudo: the activity of a record closed to the user; only the ids go on
        shown = self.sudo().filtered(
            lambda touch: (
                touch.activity_id.res_model == touch._client_record()._name and touch.activity_id.res_id == touch._client_record().id
            )
        )
        return shown.activity_id.with_env(self.env)

    def _for_worker(self):
        """These touches with all rights, for who makes them: whom to call, what was said before, also as a substitute.

        sudo: after the check that the user may read each touch, and that its client still belongs to the company that works it.

        :raise AccessError: for a touch that the user may not read
        :raise UserError: for one whose client went to another company meanwhile
        """
        self.check_access("read")
        self._check_belongs()
        return self.sudo()

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

    def _prepare_email(self):
        record = self._client_record()
        local = self._in_client_language()
        context = {
            "default_model": record._name,
            "default_res_ids": record.ids,
            "default_partner_ids": self._mail_recipient().ids,
            "default_subject": placeholders.fill(local.reason_id.subject or "", local._fill_values()) or self.company_id.name,
            "default_body": self._message_text(),
        }
        return self._composer("mail.compose.message", self.env._("Write an Email"), context)

    def _mail_recipient(self):
        """:return: the contact to whom a mail goes: the one who has the address by which the touch was decided, else one made for it"""
        email = self._reach()[self].email
        if not email:
            return self.partner_id

        def is_open(partner):
            # whoever gets a mail gets it at all addresses of the field: none of them may be closed
            known = reach.emails(partner.email)
            return email in known and not self.env["touch.reach"].sudo()._closed(known, [])  # sudo: blacklists bind every rep

        if is_open(self.partner_id):
            return self.partner_id
        return self._client_record()._partner_find_from_emails_single([email], filter_found=is_open)

    def _reach(self):
        """:return: {touch: what is open to its client, and by which number and address}"""
        # sudo: who makes the touch needs to know whom to call, also as a substitute; blacklists bind every rep
        owners = {touch: (one.lead_id.id, one.partner_id.id, one.company_id.id) for touch, one in zip(self, self.sudo())}
        known = self.env["touch.reach"].sudo()._read(owners.values())
        return {touch: known[owner] for touch, owner in owners.items()}

    def _prepare_sms(self):
        record = self._client_record()
        context = {
            "default_res_model": record._name,
            "default_res_id": record.id,
            "default_body": html2plaintext(self._message_text()).strip(),
        }
        return self._composer("sms.composer", self.env._("Write a Text Message"), context)

    def _composer(self, model, name, context):
        """:return: Odoo's own composer; its title says the reason, for who writes the text"""
        title = f"{name}: {self.reason_id._title()}" if self.reason_id else name
        context = {**context, "default_composition_mode": "comment", "touch_prepared": self.id}
        return {**self._client_record()._touch_wizard(model, title, context), "views": [[False, "form"]]}

    def _sent(self, client, message):
        """What was prepared for this touch of ``client`` has gone out as ``message``: it is made."""
        touch = self.exists()
        if touch and touch.has_access("write") and touch.state == "planned" and touch._client_record() == client:
            touch.done()
            touch.sudo().message_id = message  # sudo: as in done()

    def _prepare_letter(self):
        return self.env.ref("touch_cadence.touch_letter_report").report_action(self)

    def _prepare_meeting(self):
        if self.lead_id:
            return self.lead_id.action_schedule_meeting()
        return self.partner_id.schedule_meeting()

    def _message_text(self):
        """:return: HTML for the client, in the client's language: "Dear …", and the reason's text for the client. What the reason tells the
        salesperson stays with the salesperson."""
        local = self._in_client_language()
        return self.env["ir.qweb"].with_context(lang=local.env.lang)._render("touch_cadence.touch_message_text", {"touch": local})

    def _in_client_language(self):
        self.ensure_one()
        touch = self._for_worker()
        return touch.with_context(lang=touch._letter_recipient().lang or touch.user_id.lang)

    def _fill_values(self):
        """:return: {name of a placeholder: the client's value}, for :meth:`_fill`"""
        self.ensure_one()
        name = self._letter_name() or ""
        person = self._person_name()
        country = self._person().country_id or self.partner_id.commercial_partner_id.country_id or self.lead_id.country_id
        return {
            "name": name,
            "first_name": names.first_name(person, (country.code, self._person().lang)) or name,
            "company": self.partner_id.commercial_company_name or self.lead_id.partner_name or name,
            "deal": self.lead_id.name or "",
            "salesperson": self.user_id.name or "",
            "our_company": self.company_id.name,
        }

    def _person_name(self):
        return self._person().name or self.lead_id.contact_name or ""

    def _person(self):
        """:return: the contact, where it is a person; empty for a company"""
        return self.partner_id if not self.partner_id.is_company else self.partner_id.browse()

    @api.model
    def _fill(self, text, values):
        """:param text: HTML with placeholders
        :return: the same with ``values`` in their places, escaped; empty for no text"""
        return Markup(placeholders.fill(text or "", {name: str(escape(value)) for name, value in values.items()}))

    # --------------------------------------------------------------
    # Why
    # --------------------------------------------------------------

    def _read_facts(self):
        """:return: {touch: what the method knows about its run}, of the planned ones that belong to a run"""
        planner = self.env["touch.planner"]._for_everyone()
        of_runs = self.filtered(lambda touch: touch.state == "planned" and touch.enrollment_id)
        runs = of_runs.with_env(planner.env).enrollment_id
        by_run = dict(zip(runs.ids, planner._read_facts(planner._subjects(runs))))
        return {touch: by_run[run.id] for touch in of_runs for run in touch.with_env(planner.env).enrollment_id}

    @takes(self=single())
    def explain_why(self):
        """Explain the decision behind one touch, in the user's language (invariant 10).

        :return: dict: ``title``, ``sentences`` (each with ``text`` and the ``rule`` it follows), ``facts`` (``label``, ``value``) and
            ``changes`` (``when`` something happens, ``then`` what would be done); the last two only while the touch is planned
        """
        self.ensure_one()
        self._for_worker()
        words, desk = self.env["touch.words"], self.env["touch.desk"]
        known = self._read_facts().get(self)
        rules = words._rules()
        return {
            "title": self.display_name,
            "sentences": [{"text": words._say([one]), "rule": rules.get(one[0], "")} for one in self._why_now()],
            "facts": words._say_facts(known) if known else [],
            "changes": [
                {"when": words._say([(code, {})]), "then": words._say(desk._then(decision, self))}
                for code, decision in (forecast.changes(known) if known else ())
            ],
        }

    def _check_may_work(self):
        """:raise AccessError: for who may not work these touches
        :raise UserError: for a touch that is over, or belongs to another client's run"""
        self.check_access("write")
        over = self.filtered(lambda touch: touch.state != "planned")[:1]
        if over:
            raise UserError(
                self.env._(
                    "The touch “%(touch)s” of %(client)s is already over: log another one instead.",
                    touch=over.summary,
                    client=over.client_name,
                )
            )
        self._check_belongs()

    def _move_to(self, day, **values):
        """The touches go to another day, to the first decent hour of it by each client's own clock (R44). The hour is not that of the day
        before: the clocks may change in between.

        :param values: what else changes for all of them
        """
        planner = self.env["touch.planner"]._for_everyone()
        touches = self.with_env(planner.env)
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        moments = {}
        for touch, name in zip(touches, planner._client_zones([(one.lead_id, one.partner_id) for one in touches])):
            company = touch.company_id
            zone = zones.zone(name, (touch.cadence_id.resource_calendar_id or company.resource_calendar_id).tz)
            hours = company.touch_hour_from, company.touch_hour_to
            # the hours of a day that is over there are not waited for: whoever moved it there wants that day
            when = workdays.moment(day, hours, zone, now) or workdays.opening(day, hours, zone)
            moments[touch.id] = when.replace(tzinfo=None)
        for when, its in self.grouped(lambda touch: moments[touch.id]).items():
            its.write({"date_deadline": day, "date_planned": when, **values})

    def _check_taker(self, user):
        """:raise UserError: for who cannot be given these touches: who does not work here, or not in their company"""
        known = self.sudo()  # sudo: companies of the touches, and of a colleague
        if user.share or not user.active or known.company_id - user.sudo().company_ids:  # sudo: as above
            raise UserError(
                self.env._(
                    "The touch of %(client)s cannot be given to that user: choose a colleague of the company.", client=known[:1].client_name
                )
            )

    def _reassign(self, user):
        """The planned touches go to another user, and their activities with them."""
        self.sudo().write({"user_id": user.id})  # sudo: as in done()
        # sudo: as in skip(); nobody is mailed once a touch
        self._own_activities().sudo().with_context(mail_activity_quick_update=True).write({"user_id": user.id})

    def _give_to_responsible(self):
        """Planned touches that nobody has go to whoever is responsible for the client; their activities stay with the team that has them.
        Where nobody is responsible either, one that somebody has stays with him, and another is taken back: its run says what is missing.
        """
        responsible = self.enrollment_id._get_responsible()
        nobody = self.browse()
        for user, touches in groupby(self, lambda touch: responsible.get(touch.enrollment_id.id) or touch.user_id):
            touches = self.browse().union(*touches)
            if user:
                touches.write({"user_id": user.id})
            else:
                nobody = touches
        nobody._withdraw()
        self.env["touch.mark"]._mark(nobody.enrollment_id)

    # --------------------------------------------------------------
    # On paper (R17)
    # --------------------------------------------------------------

    def _letter_recipient(self):
        """:return: whom the letter addresses: the contact, else the company; empty for a lead without a contact"""
        self.ensure_one()
        return self.partner_id or self.commercial_partner_id

    def _addressee(self):
        """:return: the person's name, else the company's; empty where only the deal's title is known"""
        self = self._for_worker()
        return self._person_name() or self._letter_recipient().name or self.lead_id.partner_name or ""

    def _letter_name(self):
        return self._addressee() or self.client_name

    def _letter_address(self):
        """:return: the lines of the address, the contact's where it is known, else the lead's"""
        self.ensure_one()
        self = self._for_worker()
        contact, lead = self._letter_recipient(), self.lead_id
        whole = self._reach()[self].address
        of = lead if whole == "lead" or (not whole and lead and not contact.street) else contact
        name = self._letter_name()
        company = contact.commercial_company_name if contact else lead.partner_name
        place = " ".join(part for part in (of.zip, of.city) if part)
        lines = [company if company != name else False, name, of.street, of.street2, place, of.country_id.name]
        return [line for line in lines if line]

    # --------------------------------------------------------------
    # How a touch ends
    # --------------------------------------------------------------

    def _finish(self, outcome, note=None):
        """Planned touches were made: write it down and draw the consequences."""
        # the desk may send later what was done when the connection was lost
        made = told(self.env, "touch_date_done") or fields.Datetime.now()
        vals = {"state": "done", "outcome_id": outcome.id, "reached": outcome.reached, "date_done": made}
        for answered, touches in self.grouped(lambda touch: outcome._is_answer(touch.channel, touch.direction)).items():
            touches.write({**vals, "answered": answered})
        self._add_note(note)
        self._settle()

    def _add_note(self, note):
        """What was said, behind what was noted before; what comes twice stands once."""
        for before, touches in self.grouped("note").items() if note else ():
            if not f"\n{before or ''}".endswith(f"\n{note}"):
                touches.write({"note": f"{before}\n{note}" if before else note})

    @api.model
    def _log(self, clients, values, by_client=False):
        """Touches that nobody had planned (R1): an incoming call, an advert seen, a referral.

        :param clients: partners or leads
        :param values: of the fields in ``LOGGED``; others are left out
        :param by_client: nobody of ours made it: it stands under the client's own rep
        :return: the touches, done
        """
        self.check_access("write")
        clients = clients.browse(dict.fromkeys(clients.ids))  # who is named twice was touched once
        clients.check_access("read")
        values = {name: value for name, value in values.items() if name in LOGGED}
        self._check_logged(values)
        planner = self.env["touch.planner"]._for_everyone()
        subjects = planner._subjects_of_clients(clients, self.env["touch.cadence"])
        runs = self._runs_of(clients, subjects)
        outcome = self.env["touch.outcome"].browse(values.get("outcome_id") or ())
        self._check_may_end(clients, runs, outcome)
        reached = outcome.reached if outcome else True
        answered = (outcome or outcome._default_outcome())._is_answer(values.get("channel"), values.get("direction", "out"))
        counts = Counter()
        vals_list = []
        for client, subject in zip(clients, subjects):
            enrollment = runs.get(client, self.env["touch.enrollment"])
            counts[enrollment] += 1
            vals_list.append(
                {
                    "date_done": fields.Datetime.now(),
                    **values,
                    "state": "done",
                    "reached": reached,
                    "answered": answered,
                    "enrollment_id": enrollment.id,
                    "cadence_id": enrollment.cadence_id.id,
                    "number": enrollment.touch_count + counts[enrollment] if enrollment else 0,
                    "company_id": subject.company_id,
                    "partner_id": subject.partner_id,
                    "lead_id": subject.lead_id,
                    "user_id": (enrollment.user_id or client.user_id).id if by_client else self.env.user.id,
                    "temperature": client.temperature,
                }
            )
        # with all rights: reps make no touches but through here, and the call someone took is linked to a colleague's enrolment
        touches = self.with_env(planner.env).create(vals_list).with_env(self.env)
        touches._settle()
        return touches

    @api.model
    def _runs_of(self, clients, subjects=None):
        """:param subjects: the planner's, where they are known
        :return: {client: the enrolment that a touch logged now belongs to}, whoever works it"""
        planner = self.env["touch.planner"]._for_everyone()
        subjects = subjects or planner._subjects_of_clients(clients, self.env["touch.cadence"])
        held = planner._enrollments_holding([(one.company_id, one.client) for one in subjects])
        return {client: held[key] for client, one in zip(clients, subjects) if (key := (one.company_id, one.client)) in held}

    @api.model
    def _check_logged(self, values):
        """:raise UserError: for a touch without a channel, of a reason that the user may not tell, or that lies ahead"""
        if not values.get("channel"):
            raise UserError(self.env._("Give the channel of the touch: call, email, …"))
        made = fields.Datetime.to_datetime(values.get("date_done"))
        if made and made > fields.Datetime.now() + CLOCK_SLACK:
            raise UserError(
                self.env._("A touch on %(date)s lies in the future: it cannot be logged as made.", date=format_date(self.env, made))
            )
        for name, model in (("reason_id", "touch.reason"), ("outcome_id", "touch.outcome")):
            self.env[model].browse(values.get(name) or ()).check_access("read")

    @api.model
    def _check_may_end(self, clients, runs, outcome):
        """:param runs: {client: the enrolment that its touch would belong to}
        :raise AccessError: for deals that would be won, and are not the user's to write
        :raise UserError: which says whose run would be ended
        """
        if outcome.ends == "won" and clients._name == "crm.lead":
            clients.check_access("write")
        for client, run in self._runs_ended_by_others(runs, outcome).items():
            raise UserError(
                self.env._(
                    "“%(outcome)s” would end the enrolment of %(client)s, a colleague's client: log the touch without this outcome, and "
                    "tell %(user)s.",
                    outcome=outcome.name,
                    client=client.display_name,
                    user=run.sudo().user_id.name or self.env._("the manager"),  # sudo: a name
                )
            )

    @api.model
    def _runs_ended_by_others(self, runs, outcome):
        """A clear no is obeyed whoever hears it (R12, invariant 2). A run that ends in any other way is ended by who works it.

        :param runs: {client: enrolment}
        :return: those that ``outcome`` would end, and that are not the user's to work
        """
        if self.env.su or outcome.ends in (False, "refused"):
            return {}
        own = self.env["touch.enrollment"].union(*runs.values()).with_env(self.env)._filtered_access("write")
        return {client: run for client, run in runs.items() if run not in own}

    @api.model
    def _may_end(self, client, outcome):
        """:return: whether the user may do himself what ``outcome`` would do to this client's run, and to the deal"""
        wins = outcome.ends == "won" and client._name == "crm.lead"
        if wins and not client.sudo(False).has_access("write"):
            return False
        return not self._runs_ended_by_others(self._runs_of(client), outcome)

    def _renumber(self):
        """Touches came in between: the planned ones count up, and say so in their activities."""
        late = self.filtered(lambda touch: touch.number != touch.enrollment_id.touch_count + 1)
        for number, touches in groupby(late, lambda touch: touch.enrollment_id.touch_count + 1):
            self.browse().union(*touches).write({"number": number})
        texts = [vals["summary"] for vals in self._activity_vals([touch._activity_row() for touch in late])]
        for summary, pairs in groupby(zip(late, texts), lambda pair: pair[1]):
            self.browse().union(*(touch for touch, _text in pairs)).activity_id.write({"summary": summary})

    def _settle(self):
        """What touches that are over do: count, move the temperature (R9), end the run (R12), and plan on."""
        # sudo: the consequences reach enrolment, client and next rep, to whom the one who ticked the touch may have no right
        touches = self.sudo()
        warmth, ending, company_wide, warmed = defaultdict(list), defaultdict(list), [], []
        for touch in touches:
            record = touch._client_record()
            effect = outcomes.effect(record.temperature or "cold", touch.outcome_id.temperature_effect or "", touch.outcome_id.ends or "")
            if effect.temperature != record.temperature:
                warmth[effect.temperature, touch.outcome_id].append(touch)
            if effect.warmed:
                warmed.append(touch)
            if effect.ends:
                ending[effect.ends].append(touch)
                if effect.whole_company:
                    company_wide.append(touch)

        touches.browse().union(*warmed).write({"warmed": True})
        for (temperature, outcome), its in warmth.items():
            its = touches.browse().union(*its)
            for clients in (its.lead_id, its.partner_id):
                clients._touch_warm(temperature, "warm_outcome", outcome=outcome.name)
        running = touches.enrollment_id.filtered(lambda one: one.state in ACTIVE_STATES)
        running._recount()
        touches.enrollment_id._open_touches()._renumber()
        for (state, reason), its in ending.items():
            its = touches.browse().union(*its)
            if state == "won":  # first, so that what follows sees a deal that is over
                its.lead_id.filtered(lambda lead: lead.won_status != "won").action_set_won()
            (its.enrollment_id & running)._stop(state, reason)
        if company_wide:
            said_no = touches.browse().union(*company_wide)
            colleagues = self.env["touch.enrollment"]._of_clients(said_no.commercial_partner_id)
            colleagues.filtered(lambda one: one.company_id in said_no.company_id)._stop("refused", "refused_by_colleague")
        # who bought or turned hot while resting is waited for no longer
        awake = touches.filtered(lambda touch: touch.outcome_id.ends == "won" or touch._client_record().temperature == HOT)
        resting = running._of_clients(awake.lead_id, ("resting",)) | running._of_clients(awake.commercial_partner_id, ("resting",))
        self.env["touch.mark"]._mark(running | resting)

    @api.model
    def _came_back(self, messages, email=None, why=None):
        """Mails or text messages came back, or were never taken: the touches that they made did not reach the client. Each is a try, as an unanswered call
        is; its number and its reason go back, and its rep is told. A mail that fails elsewhere is never lost because this fails.

        * A touch knows the mail that made it. For one that was finished by hand it is the last mail of that client's and that rep's.
        * Where the mail itself is not known, it is the last one to the address in two weeks.
        * What some client got, or the client answered, has reached.

        :param email: the address that did not take the mail
        :param why: what the mail server said
        """
        known = Domain([("state", "=", "done"), ("direction", "=", "out"), ("reached", "=", True), ("answered", "!=", True)])
        made = known & Domain("channel", "=", "email")
        since = fields.Datetime.now() - timedelta(days=BOUNCE_DAYS)
        last = {"order": "date_done DESC, id DESC", "limit": 1}
        touches = self.browse()
        for message in messages._touch_reached_nobody():
            its = self.search(known & Domain("message_id", "=", message.id))
            if not its and message.model in ("crm.lead", "res.partner") and message.message_type == "comment":
                owner = Domain("lead_id" if message.model == "crm.lead" else "partner_id", "=", message.res_id)
                by_hand = owner & Domain("message_id", "=", False) & Domain("user_id.partner_id", "in", message.author_id.ids)
                its = self.search(made & by_hand & Domain("date_done", ">=", message.date - timedelta(days=1)), **last)
            touches |= its
        if not messages and email:
            owner = Domain("lead_id.email_normalized", "=", email) | Domain("partner_id.email_normalized", "=", email)
            touches = self.search(made & owner & Domain("date_done", ">=", since), **last)
        touches._unreach(email, html2plaintext(why or "").strip()[:500])

    def _unreach(self, email, why):
        """These touches did not reach their clients after all."""
        outcome = self.env.ref("touch_cadence.touch_outcome_no_answer", raise_if_not_found=False)
        for touch in self:
            with touch._client_record()._touch_aside("a mail that came back could not be taken from its touch"):
                touch.write({"reached": False, "answered": False, "outcome_id": (outcome or touch.outcome_id).id})
                touch.enrollment_id._recount()
                touch.enrollment_id._open_touches()._renumber()
                touch._tell_came_back(email, why)
                self.env["touch.mark"]._mark(touch.enrollment_id)

    def _tell_came_back(self, email, why):
        """Tell the rep on the client's record."""
        local = self.with_context(lang=self.user_id.lang)
        said = local.env._(
            "The message of %(date)s to %(address)s did not arrive: it counts as a try, not as a touch. Check the address or number.",
            date=format_date(local.env, self.date_done),
            address=email or self.client_name,
        )
        self._add_note(said)
        self._client_record().message_post(
            body=Markup("<p>%s</p><p>%s</p>") % (said, why),
            subtype_xmlid="mail.mt_note",
            partner_ids=self.user_id.partner_id.ids if self.user_id.active else [],
            author_id=self.env.ref("base.partner_root").id,
        )

    def _withdraw(self):
        """The planner takes planned touches back; their steps stay to be made. Kept, to see where clients were dropped."""
        activities = self.activity_id.with_prefetch()  # the write below empties what they are prefetched by
        self.write({"state": "skipped", "withdrawn": True, "date_done": fields.Datetime.now(), "activity_id": False})
        activities.unlink()

    def _replace(self, vals_list):
        """Something changed before the touches were made: the same touches and activities, with other contents.

        :param vals_list: new values of each
        """
        for touch, vals in zip(self, vals_list):
            touch.write(vals)  # into the cache; the database is written once for all
        names = ("activity_type_id", "summary", "note", "date_deadline", "user_id")
        rows = self._activity_vals([touch._activity_row() for touch in self])
        for contents, pairs in groupby(zip(self, rows), lambda pair: tuple(pair[1][name] for name in names)):
            activities = self.browse(touch.id for touch, _row in pairs).activity_id
            activities.with_context(mail_activity_quick_update=True).write(dict(zip(names, contents)))

    # --------------------------------------------------------------
    # Activities: the view of a planned touch
    # --------------------------------------------------------------

    @api.model
    def _summary(self, number, target, reason):
        if not number:
            return reason or self.env._("Touch")
        nth = self.env._("Touch %(number)s of %(target)s", number=number, target=target)
        return self.env._("%(nth)s: %(reason)s", nth=nth, reason=reason) if reason else nth

    def _activity_row(self):
        """:return: what :meth:`_activity_vals` needs to know of an existing touch"""
        self.ensure_one()
        names = ("lead_id", "partner_id", "commercial_partner_id", "user_id", "company_id", "reason_id", "step_id", "cadence_id")
        row = {name: self[name].id for name in names}
        return {**row, "number": self.number, "channel": self.channel, "purpose": self.purpose, "date_deadline": self.date_deadline}

    @api.model
    def _activity_vals(self, rows):
        """:param rows: values of planned touches
        :return: values of their activities, in order: on the lead, else on the contact; texts in the language of the rep"""
        env = self.env
        types = env["mail.activity.type"]._touch_types_by_channel()
        models_ = {name: env["ir.model"]._get_id(name) for name in ("crm.lead", "res.partner")}
        users = env["res.users"].browse({row["user_id"] for row in rows if row["user_id"]})
        language = {user.id: user.lang for user in users}
        leads = env["crm.lead"].browse({row["lead_id"] for row in rows if row["lead_id"]})
        partners = env["res.partner"].browse({row["partner_id"] for row in rows if not row["lead_id"]})
        names = {("crm.lead", one.id): one.display_name for one in leads} | {("res.partner", one.id): one.display_name for one in partners}
        timezones = {user.id: user.tz for user in users}

        texts = {}  # a summary and note are the same for many touches

        def text(row):
            key = (language.get(row["user_id"]), row["number"], row["cadence_id"], row["reason_id"], row["step_id"], row["purpose"])
            if key not in texts:
                local = self.with_context(lang=key[0])
                reason = local.env["touch.reason"].browse(row["reason_id"] or ())
                step = local.env["touch.cadence.step"].browse(row["step_id"] or ())
                cadence = local.env["touch.cadence"].browse(row["cadence_id"])
                summary = local._summary(row["number"], cadence.target, reason._title())
                texts[key] = summary, Markup("").join(part for part in (reason.text, step.script) if part) or False
            return texts[key]

        result = []
        for row in rows:
            model, res_id = ("crm.lead", row["lead_id"]) if row["lead_id"] else ("res.partner", row["partner_id"])
            summary, note = text(row)
            if note and placeholders.has_places(note):
                note = self._fill(note, self.new(row)._fill_values())
            result.append(
                {
                    "res_model_id": models_[model],
                    "res_id": res_id,
                    # computed fields that would cost a query or an UPDATE a row
                    "res_model": model,
                    "res_name": names[model, res_id],
                    "user_tz": timezones.get(row["user_id"]) or False,
                    "date_done": False,
                    "activity_type_id": types[row["channel"]].id if row["channel"] in types else False,
                    "summary": summary,
                    "note": note,
                    "date_deadline": row["date_deadline"],
                    "user_id": row["user_id"],
                    "automated": True,
                }
            )
        return result

    @api.model
    def _create_activities(self, rows):
        """Create the activities of planned touches in one go, mailing nobody, with the reps as followers of the records.

        :param rows: values of planned touches
        :return: list of activities, in order
        """
        if not rows:
            return []
        vals_list = self._activity_vals(rows)
        self._add_followers(vals_list)
        # the notes are few: written once each they are sanitised once each
        notes = [vals.pop("note") for vals in vals_list]
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True, touch_followers_added=INSIDE).create(vals_list)
        for note, pairs in groupby(zip(activities, notes), lambda pair: pair[1]):
            if note:
                activities.browse(activity.id for activity, _note in pairs).write({"note": note})
        return list(activities)

    @api.model
    def _add_followers(self, vals_list):
        """Make each rep follow the records of his activities, as an activity does: one statement a batch instead of five queries a rep."""
        wanted = defaultdict(set)
        partner_of = {
            user.id: user.partner_id.id for user in self.env["res.users"].browse({vals["user_id"] for vals in vals_list if vals["user_id"]})
        }
        for vals in vals_list:
            if vals["user_id"]:
                wanted[vals["res_model"]].add((vals["res_id"], partner_of[vals["user_id"]]))
        followers = self.env["mail.followers"]
        followers.flush_model()
        for model, pairs in wanted.items():
            default, _internal, _external = self.env["mail.message.subtype"].default_subtypes(model)
            res_ids, partner_ids = zip(*sorted(pairs))
            # SQL: called by the planner only: records that it plans for, and the users whom it plans for
            self.env.execute_query(
                SQL(
                    """WITH added AS (
                           INSERT INTO mail_followers (res_model, res_id, partner_id)
                           SELECT %(model)s, * FROM unnest(%(res_ids)s, %(partner_ids)s)
                           ON CONFLICT DO NOTHING RETURNING id)
                       INSERT INTO mail_followers_mail_message_subtype_rel (mail_followers_id, mail_message_subtype_id)
                       SELECT added.id, subtype FROM added, unnest(%(subtypes)s) subtype RETURNING 1""",
                    model=model,
                    res_ids=list(res_ids),
                    partner_ids=list(partner_ids),
                    subtypes=default.ids,
                )
            )
            self.env[model].browse(res_ids).invalidate_recordset(["message_follower_ids", "message_partner_ids"])

    def _heal(self):
        """Give planned touches whose activity is gone a new one, with whoever is responsible now (invariant 9). One that hangs on another
        client's run is taken back: its activity would make somebody follow a foreign record."""
        strays = self.filtered(lambda touch: touch._is_stray())
        strays._withdraw()
        self -= strays
        responsible = self.enrollment_id._get_responsible()
        for user, touches in groupby(self, lambda touch: responsible.get(touch.enrollment_id.id) or self.env["res.users"]):
            self.browse().union(*touches).write({"user_id": user.id})
        for touch, activity in zip(self, self._create_activities([touch._activity_row() for touch in self])):
            touch.activity_id = activity

    def _block(self, error):
        self._withdraw()
        self.enrollment_id._block(error)
