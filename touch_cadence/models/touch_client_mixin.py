import logging
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from ..method.client import mail as method_mail
from ..method.client import merging as method_merging
from ..method.client import places
from ..method.client import temperature as method_temperature
from ..method.plan.facts import UNDER_WAY
from .arguments import choice, moment, records, takes, text, values
from .inside import INSIDE, says
from .mail_activity_type import CHANNEL_SELECTION
from .touch_background import TRANSACTION_OVER
from .touch_cadence_step import PURPOSES
from .touch_guarded_mixin import own_defaults

_logger = logging.getLogger(__name__)

# runs in which a mail of the client is heard
HEARING_STATES = UNDER_WAY
# who may see what is planned for a client: not portal users, nor colleagues outside sales
SALES = "sales_team.group_sale_salesman"
MANAGER = "sales_team.group_sale_manager"
TEMPERATURE_SELECTION = [("cold", "Cold"), ("warm", "Warm"), ("hot", "Hot")]
POTENTIAL_SELECTION = [("low", "Low"), ("standard", "Standard"), ("high", "High")]
# letters of a name that a sentence repeats
MOST_NAME = 80
# days back for which a touch can be logged
MOST_BACK = 36600
# what may be said of a touch that nobody had planned
LOGGED = {
    "channel": choice(*(channel for channel, _name in CHANNEL_SELECTION)),
    "direction": choice("out", "in"),
    "purpose": choice(*(purpose for purpose, _name in PURPOSES)),
    "reason_id": records("touch.reason"),
    "outcome_id": records("touch.outcome"),
    "note": text(),
    "date_done": moment(past=MOST_BACK, ahead=1),  # a day of slack for time zones; _log() looks at the very moment
}


class TouchClientMixin(models.AbstractModel):
    """What contacts and leads have in common as clients: how warm they are, what they could bring, and their touches.

    A client's touches are those of the whole company, so that whoever opens one of its contacts sees them all.
    """

    _name = "touch.client.mixin"
    _description = "Client of Touches"

    # a change of these may change the decision about the client
    _touch_review_fields = {"active", "user_id", "potential", "temperature", "phone"}

    # reasons of a stop that are taken back when the client is open again
    _touch_over = ("archived",)

    temperature = fields.Selection(
        TEMPERATURE_SELECTION, groups=SALES, default="cold", tracking=True, help="How near the client is to buying."
    )
    temperature_date = fields.Date(string="Temperature since", groups=SALES, readonly=True, copy=False, default=fields.Date.context_today)
    # a copy is another client or deal, which nobody has judged
    potential = fields.Selection(
        POTENTIAL_SELECTION, groups=SALES, copy=False, help="How much the client could ever bring. Empty: not judged yet."
    )
    touch_erased_date = fields.Date(
        string="Touches Erased on",
        groups=SALES,
        readonly=True,
        copy=False,
        help="The client's data were erased on this day: rules no longer enrol this client, but people may.",
    )
    touch_tz = fields.Selection(
        _tz_get,
        string="Time Zone for Touches",
        groups=SALES,
        help="The client is contacted in the hours of this time zone. Empty: the time zone of the country.",
    )
    touch_zone = fields.Char(string="Effective Time Zone", groups=SALES, compute="_compute_touch_zone")
    touch_ids = fields.One2many("touch.touch", groups=SALES, string="Touches", compute="_compute_touch_ids")
    touch_count = fields.Integer(string="Touches Made", groups=SALES, compute="_compute_touch_figures")
    last_touch_date = fields.Datetime(string="Last Touch", groups=SALES, compute="_compute_touch_figures", search="_search_last_touch_date")
    next_touch_date = fields.Date(string="Next Touch", groups=SALES, compute="_compute_touch_figures", search="_search_next_touch_date")
    next_touch_why = fields.Text(string="What Happens Next", groups=SALES, compute="_compute_next_touch_why")

    def _touch_contacts(self):
        """:return: the contacts of these leads, empty for a lead without one; contacts are their own"""
        return self.partner_id if self._name == "crm.lead" else self

    def _touch_owners(self):
        """Under what a client's touches are found: the company, or the lead itself while nobody knows whose it is.

        :return: {client: (field of ``touch.touch``, id)}
        """
        partners = {client: client._touch_contacts() for client in self}
        return {
            client: ("commercial_partner_id", partner.commercial_partner_id.id) if partner.id else ("lead_id", client.id)
            for client, partner in partners.items()
        }

    def _touch_domain(self):
        """:return: the touches (or enrolments) of these clients"""
        owners = self.sudo()._touch_owners().values()  # sudo: ids only
        return Domain.OR(
            Domain(field, "in", [id_ for of, id_ in owners if of == field]) for field in ("commercial_partner_id", "lead_id")
        ) & Domain("company_id", "in", self.env.companies.ids)

    def _compute_touch_ids(self):
        touches = self.env["touch.touch"].search(self._touch_domain())
        grouped = {field: touches.grouped(field) for field in ("commercial_partner_id", "lead_id")}
        for client, (field, id_) in self._touch_owners().items():
            client.touch_ids = grouped[field].get(self.env[touches._fields[field].comodel_name].browse(id_), touches.browse())

    @api.depends("touch_tz")
    def _compute_touch_zone(self):
        planner = self.env["touch.planner"]._for_everyone()
        known = self.with_env(planner.env)
        is_lead = self._name == "crm.lead"
        names = planner._client_zones([(one, one.partner_id) if is_lead else (known.env["crm.lead"], one) for one in known])
        for client, name in zip(self, names):
            company = client.company_id or self.env.company
            client.touch_zone = name or str(company._touch_clock())

    def _compute_touch_figures(self):
        touches = self.env["touch.touch"].sudo()  # sudo: figures only, so that a colleague's touches count
        owners = self._touch_owners()
        figures = {}
        for owner in {field for field, _id in owners.values()}:
            domain = self._touch_domain() & Domain(owner, "!=", False)
            for record, count, last in touches._read_group(domain & Domain("state", "=", "done"), [owner], ["__count", "date_done:max"]):
                figures[owner, record.id] = (count, last, False)
            for record, upcoming in touches._read_group(domain & Domain("state", "=", "planned"), [owner], ["date_deadline:min"]):
                figures[owner, record.id] = (*figures.get((owner, record.id), (0, False))[:2], upcoming)
        for client, owner in owners.items():
            client.touch_count, client.last_touch_date, client.next_touch_date = figures.get(owner, (0, False, False))

    @api.depends_context("lang", "uid")
    def _compute_next_touch_why(self):
        # sudo: sentences only; a colleague's plan is said as well, without what he wrote in his own words
        enrollments = self.env["touch.enrollment"].sudo().search(self._touch_domain() & Domain("state", "in", UNDER_WAY))
        said = dict(zip(enrollments, (row["text"] for row in enrollments._explain())))
        # which run a sentence is about, where there are several: the name of a deal is told to who may read it
        named = {one.id: one.display_name for one in enrollments.sudo(False)._filtered_access("read")}
        grouped = {field: enrollments.grouped(field) for field in ("commercial_partner_id", "lead_id")}
        for client, (field, id_) in self._touch_owners().items():
            its = grouped[field].get(enrollments.env[enrollments._fields[field].comodel_name].browse(id_), ())
            client.next_touch_why = "\n".join(
                self.env._("%(run)s: %(what)s", run=named[one.id], what=said[one]) if len(its) > 1 and one.id in named else said[one]
                for one in its
            ) or self.env._("Not in a cadence: nothing is planned.")

    def _search_last_touch_date(self, operator, value):
        self._check_field_access(self._fields["last_touch_date"], "read")  # a domain asks for it where the field is stored only
        return self._search_touches(Domain("state", "=", "done"), "date_done", operator, value)

    def _search_next_touch_date(self, operator, value):
        self._check_field_access(self._fields["next_touch_date"], "read")  # as above
        return self._search_touches(Domain("state", "=", "planned"), "date_deadline", operator, value)

    def _search_touches(self, domain, field, operator, value):
        domain &= Domain("company_id", "in", self.env.companies.ids)
        if operator == "in" and False in value:  # "not set"
            return ~self._search_touches(domain, field, "!=", False)
        touches = self.env["touch.touch"].sudo()._search(domain & Domain(field, operator, value))  # sudo: as the figures themselves
        companies = touches.subselect(SQL.identifier(touches.table, "commercial_partner_id"))
        if self._name == "res.partner":
            return Domain("commercial_partner_id", "in", companies)
        leads = touches.subselect(SQL.identifier(touches.table, "lead_id"))
        return Domain("partner_id.commercial_partner_id", "in", companies) | (Domain("partner_id", "=", False) & Domain("id", "in", leads))

    def _touch_warm(self, temperature, cause, **values):
        """Move clients to a temperature, and say in their chatter why (R9). The one way by which the method does it.

        :param cause: a code of ``touch.words``; ``values`` are what its sentence names
        """
        moving = self.with_context(touch_by_method=INSIDE)
        moving._track_set_log_message(self.env["touch.words"]._say([(cause, values)]))
        moving.write({"temperature": temperature})

    def _touch_merged(self):
        """:return: {field: value} of what these records, the one that stays first, are as one client: the warmer and the judged. Read
        before they are merged; see :meth:`_touch_write_merged`."""
        temperature, since = method_merging.temperature((one.temperature, one.temperature_date) for one in self)
        potential, _judged_on = method_merging.potential((one.potential, None) for one in self)
        return {"temperature": temperature, "temperature_date": since, "potential": potential or False}

    def _touch_write_merged(self, merged):
        """Write what :meth:`_touch_merged` found to the record that stays."""
        client = self.sudo()  # sudo: it stood on the records themselves, and who merges them may write none by hand
        warmer = client.temperature != merged["temperature"]
        if warmer:
            client._touch_warm(merged["temperature"], "warm_merged")
        changed = {name: value for name, value in merged.items() if client[name] != value}
        if changed:
            client.write(changed)
        # the days last: writing what they date sets them to today
        dates = {name: value for name, value in merged.items() if name.endswith("_date") and client[name] != value}
        if dates:
            client.write(dates)

    @api.model
    def _touch_cool_next(self, limit=1000):
        """Cool the next clients who gave no sign of life for the company's days, one degree each (R9).

        :return: how many were cooled; 0 when nobody is left
        """
        companies = self.env["res.company"].sudo().search([("touch_cool_days", ">", 0)])  # sudo: a setting
        for company in companies:
            silent = self._touch_silent(company, limit)
            if not silent:
                continue
            today, days = fields.Date.context_today(self), company.touch_cool_days

            def cooler(client, today=today, days=days):
                return method_temperature.cool(client.temperature, (today - client.temperature_date).days, days)

            for temperature, clients in silent.grouped(cooler).items():
                clients._touch_warm(temperature, "warm_silence", days=days)
            return len(silent)
        return 0

    def _touch_silent(self, company, limit):
        """:return: warm and hot clients of ``company`` without a sign of life since they last changed temperature"""
        is_lead = self._name == "crm.lead"
        since = fields.Date.context_today(self) - timedelta(days=company.touch_cool_days)
        self.env["touch.touch"].flush_model()
        self.flush_model(["temperature", "temperature_date", "active", "company_id"])
        # SQL: called by the night only; the table is this model's, the days are the company's
        rows = self.env.execute_query(
            SQL(
                """SELECT client.id
                     FROM %(table)s client %(partner)s
                    WHERE client.temperature IN ('warm', 'hot') AND client.active AND client.temperature_date <= %(since)s
                      AND COALESCE(client.company_id, %(main)s) = %(company)s %(open)s
                      AND NOT EXISTS (
                          SELECT 1 FROM touch_touch touch
                           WHERE (%(own)s) AND (client.company_id IS NULL OR touch.company_id = client.company_id)
                             AND touch.answered AND touch.date_done >= %(since)s)
                    ORDER BY client.temperature_date, client.id LIMIT %(limit)s""",
                table=SQL.identifier(self._table),
                partner=SQL("LEFT JOIN res_partner contact ON contact.id = client.partner_id") if is_lead else SQL(),
                own=SQL("touch.commercial_partner_id = contact.commercial_partner_id OR touch.lead_id = client.id")
                if is_lead
                else SQL("touch.commercial_partner_id = client.commercial_partner_id"),
                open=SQL("AND client.won_status = 'pending'") if is_lead else SQL(),
                since=since,
                main=self.env["res.company"]._touch_main().id,
                company=company.id,
                limit=limit,
            )
        )
        return self.browse(id_ for (id_,) in rows)

    def _message_post_after_hook(self, message, msg_values):
        """A mail from a client is a touch, whoever of the company wrote it, and wherever it arrived (R1, R44). What was prepared for a
        touch and is sent makes it."""
        self._touch_sent(message)  # first: other addons may give the client another contact here
        result = super()._message_post_after_hook(message, msg_values)
        self._touch_heard(message)
        return result

    def _touch_sent(self, message):
        """A message that was prepared for a touch has gone to the client. A mail is never held up because this fails."""
        prepared = self.env.context.get("touch_prepared")
        # a text message is posted as a note
        to_client = message.message_type == "sms" or (
            not message.subtype_id.internal and (message.partner_ids.filtered("partner_share") or message.outgoing_email_to)
        )
        if isinstance(prepared, int) and to_client:
            with self._touch_aside("the touch of a message that was sent could not be finished"):
                # the chatter posts as superuser, with a context that the browser names: the touch is the user's own, or stays as it is
                env = self.env(su=False, context=clean_context({**self.env.context, "touch_prepared": False}))
                env["touch.touch"].browse(prepared)._sent(self, message)

    @contextmanager
    def _touch_aside(self, what):
        """What goes wrong inside is undone and logged, and leaves alone what it belongs to.

        :param what: the sentence for the log
        """
        self.env.flush_all()  # what was wrong before belongs to whoever wrote it
        try:
            with self.env.cr.savepoint():
                yield
        except TRANSACTION_OVER:
            raise
        except Exception:
            _logger.exception("%s: %s", self, what)

    def _touch_heard(self, message):
        """Count a message as a touch by this client when the client wrote it: a mail, not from one of us nor from somebody else who was in
        copy, and no machine's. Bridges call it for what arrives on documents of their own. A mail is never lost because this fails."""
        if self and message.message_type == "email" and self.env["touch.planner"]._in_use():
            with self._touch_aside("a mail could not be counted as a touch"):
                verdict = self._touch_who_wrote(message)
                if verdict.kind == method_mail.PERSON:
                    self._touch_hear(message.author_id, message.subject)
                else:
                    _logger.info("%s: mail %s is no touch of the client: %s (%s)", self, message.message_id, *verdict)

    def _touch_who_wrote(self, message):
        """:return: the method's verdict on who wrote a mail that arrived on this record"""
        client, author = self.sudo(), message.author_id.sudo()  # sudo: the mail gateway hears for every rep
        contacts = client._touch_contacts()
        company = contacts.commercial_partner_id
        written = [
            *contacts.mapped("email"),
            *company.mapped("email"),
            *(client.mapped("email_from") if client._name == "crm.lead" else ()),
        ]
        member = bool(author) and author.commercial_partner_id in company
        headers = self.env.context.get("touch_mail_headers")  # a browser may name any
        return method_mail.judge(
            [pair for pair in headers if isinstance(pair, tuple) and len(pair) == 2] if isinstance(headers, tuple) else (),
            message.subject or "",
            message.email_from or author.email or "",
            method_mail.Client(
                addresses=frozenset(address for text in written for address in method_mail.find_addresses(text or "")),
                member=member,
                foreign=bool(author) and not member and author.commercial_partner_id.is_company,
                names=frozenset(
                    filter(None, [*contacts.mapped("name"), *(client.mapped("contact_name") if client._name == "crm.lead" else ())])
                ),
            ),
            # archived ones, too: of a mail without a sender Odoo's own robot is the author
            ours=any(not user.share for user in author.with_context(active_test=False).user_ids),
        )

    def _touch_hear(self, author, subject):
        """The client wrote: a touch, in each company that works the client.

        :param author: the partner who wrote, empty for an unknown one
        """
        enrollments = self.env["touch.enrollment"]
        client = self.sudo()  # sudo: the mail gateway hears for every rep
        if client._name == "crm.lead" and not client.partner_id and author and not enrollments._of_clients(client, HEARING_STATES):
            client = author.sudo()  # sudo: as above
        contact = client._touch_contacts()
        outcome = self.env.ref("touch_cadence.touch_outcome_wrote")
        values = {"channel": "email", "direction": "in", "outcome_id": outcome.id, "note": subject}
        worked = enrollments._of_clients(contact.commercial_partner_id or client, HEARING_STATES)
        for company in worked.company_id or self.env.company:
            touches = self.env["touch.touch"].sudo().with_company(company)  # sudo: as above, heard for every rep
            touches._log(client.with_company(company), values, by_client=True)

    def write(self, vals):
        if not self.env.su:
            self._touch_check_guarded(vals, self)
        vals = {**vals, **self._touch_set_along(vals)}
        if "temperature" in vals and not says(self.env, "touch_by_method"):
            self._track_set_log_message(self.env["touch.words"]._say([("warm_hand", {})]))
        judged = self.filtered(lambda client: client.potential != vals["potential"]) if "potential" in vals else self.browse()
        result = super().write(vals)
        if judged and vals["potential"]:
            judged._touch_follow_potential(vals["potential"])
        if not self._touch_review_fields.isdisjoint(vals):
            self.env["touch.mark"]._mark_clients(self)
        return result

    def _touch_follow_potential(self, potential):
        """The strategy follows the potential (R33): who was given up as low is taken up again, and a deal goes to the cadence for what it
        could bring. Low itself is no strategy: the method ends what runs."""
        begins = potential == "high" and self._name == "crm.lead"
        if potential == "low" or not (begins or self.env["touch.planner"]._in_use()):
            return
        enrollments = self.env["touch.enrollment"]
        ended = enrollments._of_clients(self, ("stopped",)).filtered(lambda one: one.stop_reason == "low_potential")
        cadences = self.env["touch.cadence"].sudo()  # sudo: every company's, whoever judges
        strategy = cadences.search([("potential", "=", potential), ("model", "=", self._name), ("step_ids", "!=", False)])
        held = enrollments._of_clients(self)
        for company, clients in self.sudo().grouped(lambda client: client.company_id or self.env.company).items():  # sudo: planning goes on
            cadence = strategy.filtered(lambda one, company=company: one.company_id in (company, one.company_id.browse()))[:1]
            its = held.filtered(lambda one, company=company: one.company_id == company)
            # who was paused by hand stays so
            other = its.filtered(
                lambda one, cadence=cadence: (
                    cadence
                    and one.state == "running"
                    and one.cadence_id._in_force() != cadence  # who finishes on its old steps is in it
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

    def _touch_work_again(self, enrollments):
        """What had ended the runs of these clients is taken back (a deal is open again, a contact restored): they are worked again from the
        beginning, in the cadence in force. What followed gives way, and a deal ends the rest that its loss had begun.

        :param enrollments: of these clients, whatever their state
        """
        last = {}
        for one in enrollments.sorted("id"):
            last[one._client_record()] = one
        over = enrollments.browse().union(*last.values()).filtered(lambda one: one.stop_reason in self._touch_over)
        for (cadence, company, model), its in over.grouped(
            lambda one: (one.cadence_id._in_force(), one.company_id, one._client_record()._name)
        ).items():
            clients = its._client_records(model)
            cadence = cadence.with_company(company)
            new, _errors = cadence._enroll(clients, places.REOPENED)
            left_out = clients - new._client_records(model)
            for client, why in cadence._sort_out(left_out).items() if left_out else ():  # few: restored at one go
                if why:
                    client._message_log(
                        body=self.env._("Not enrolled again in cadence “%(cadence)s”: %(why)s", cadence=cadence.name, why=why)
                    )

    def _sms_get_recipients_info(self, force_field=False, partner_fallback=True):
        """What was prepared for a touch goes to the number by which the touch was decided."""
        result = super()._sms_get_recipients_info(force_field=force_field, partner_fallback=partner_fallback)
        if self.env.context.get("touch_prepared"):
            is_lead = self._name == "crm.lead"
            owners = {
                one.id: (one.id if is_lead else False, one._touch_contacts().id, (one.company_id or self.env.company).id) for one in self
            }
            known = self.env["touch.reach"].sudo()._read(owners.values())  # sudo: blacklists bind every rep
            for id_, owner in owners.items():
                if number := known[owner].number:
                    result[id_].update(sanitized=number, number=number, field_store=result[id_]["field_store"] or "phone")
        return result

    def web_read(self, specification):
        """A form reads the record after saving, before the transaction ends: marked enrolments are decided first."""
        self.env["touch.mark"]._settle()
        return super().web_read(specification)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # the planner adds the followers of a whole batch itself (touch.touch._add_followers)
        if says(self.env, "touch_followers_added"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    # --------------------------------------------------------------
    # What nobody writes by hand
    # --------------------------------------------------------------

    @api.model
    def _touch_guarded(self):
        """:return: set of the fields of ours that only the method finds: what a form shows as read-only is so on the server, too"""
        ours = (field for field in self._fields.values() if field._modules and field._modules[0].startswith("touch_cadence"))
        return {field.name for field in ours if field.store and field.readonly}

    def _touch_check_guarded(self, values, before=None):
        """Refuse what a user sets by hand though only the method, or a manager, finds it.

        :param values: {field: value} of the guarded ones among these
        :param before: the records, for what stays as it is; None for new ones
        :raise AccessError: which names the field
        """
        # a potential decides over effort, experts and gates: whoever is no manager sets it by answers, or with a reason (R32)
        judged = {"potential"} if not self.env.user.has_group(MANAGER) else set()
        for name in sorted((self._touch_guarded() | judged) & set(values)):
            field = self._fields[name]
            if before is None:
                changed = values[name]
            else:
                before.check_access("write")  # first: what is read below must not be found in the cache by Odoo's own check
                value = field.convert_to_cache(values[name], self, validate=False)
                # sudo: who writes may be outside sales
                changed = any(field.convert_to_cache(one[name], one, validate=False) != value for one in before.sudo())
            if not changed:
                continue
            if name == "potential":
                text = self.env._("Judge the potential on a deal: by the marker questions, or by hand with a reason.")
            else:
                text = self.env._(
                    "“%(field)s” (%(model)s) cannot be set by hand: it follows from touches, purchases and judgements.",
                    field=field._description_string(self.env),
                    model=self.env["ir.model"]._get(self._name).name,
                )
            # of a file with a thousand rows, this one: Odoo names the first
            client = before.name if before and len(before) == 1 else values.get("name")
            said = isinstance(client, str) and client[:MOST_NAME]
            raise AccessError(self.env._("“%(client)s”: %(why)s", client=said, why=text) if said else text)

    @api.model
    def _touch_set_along(self, vals):
        """:return: {field: value} that the method sets with what a person sets: since when it is so"""
        today = fields.Date.context_today(self)
        return {"temperature_date": today} if "temperature" in vals else {}

    @api.model_create_multi
    def create(self, vals_list):
        along = [self._touch_set_along(vals) for vals in vals_list]
        if self.env.su:
            return super().create([{**added, **vals} for added, vals in zip(along, vals_list)])
        for vals in vals_list:
            self._touch_check_guarded(vals)
        # what a default of the caller's brings, of the context or one that he keeps, he sets by hand, too; our own defaults stand
        names = {*self._touch_guarded(), "potential"}
        proposed, ours = self.default_get(list(names)), own_defaults(self, names)
        self._touch_check_guarded({name: value for name, value in proposed.items() if value != ours.get(name)})
        return super().create([{**vals, **added} for added, vals in zip(along, vals_list)])

    # --------------------------------------------------------------
    # Actions
    # --------------------------------------------------------------

    @takes(values=values(**LOGGED))
    def log_touch(self, values):
        """Record an unplanned touch (R1): an incoming call, an advert seen, a referral. It counts like any other.

        :param values: dict: ``channel`` (required), ``direction`` (in, out), ``purpose``, ``reason_id``, ``outcome_id``, ``note``, ``date_done``
        :return: the touches, one a client
        :raise AccessError: if the user may not see these clients or work touches
        """
        plain = {name: value.id if isinstance(value, models.BaseModel) else value for name, value in values.items()}
        return self.env["touch.touch"]._log(self, plain)

    @takes()
    def action_touch_enroll(self):
        return self._touch_wizard(
            "touch.enroll", self.env._("Enrol in a Cadence"), {"default_model": self._name, "default_res_ids": self.ids}
        )

    @takes()
    def action_touch_log(self):
        return self._touch_wizard("touch.log", self.env._("Log a Touch"), {"default_model": self._name, "default_res_ids": self.ids})

    @takes()
    def action_touch_act(self):
        return self.env["touch.act"]._open(self)

    def _touch_wizard(self, model, name, context):
        return {"type": "ir.actions.act_window", "name": name, "res_model": model, "view_mode": "form", "target": "new", "context": context}

    @takes()
    def action_view_touches(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_touch_action_history"),
            "domain": list(self._touch_domain()),
        }
