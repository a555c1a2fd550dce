import io
import json
import logging
from collections import defaultdict
from typing import NamedTuple

import xlsxwriter
from dateutil.relativedelta import relativedelta
from markupsafe import escape
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ...method.plan.facts import UNDER_WAY
from ..base.rooms import shared
from ..base.system import as_system

_logger = logging.getLogger(__name__)

# old rows that are looked at together by the nightly job
FORGET_BATCH = 1000
# characters that a cell of a workbook holds
CELL = 32000
CONTACT_FIELDS = (
    "name", "parent_id", "function", "email", "phone", "street", "street2", "zip", "city", "country_id", "lang", "tz", "vat", "website",
    "comment", "active", "user_id", "company_id", "birthdate_date", "employee_quantity", "is_vip", "touch_opt_out", "touch_how_to_talk", "touch_away_until",
    "touch_erased_date",
    "is_blacklisted", "phone_blacklisted", "temperature", "temperature_date", "potential", "last_purchase_date", "purchase_count",
    "purchase_interval", "lapses_on", "purchase_value", "value_repeat", "value_recommended", "touch_currency_id", "missed_months",
    "value_lost", "abc_class", "xyz_class", "is_loyal", "nps_score", "nps_date",
)  # fmt: skip
LEAD_FIELDS = (
    "name", "partner_id", "contact_name", "partner_name", "function", "email_from", "phone", "street", "street2", "zip", "city",
    "country_id", "website", "description", "referred", "active", "user_id", "team_id", "company_id", "stage_id", "won_status",
    "expected_revenue", "touch_erased_date", "is_blacklisted", "phone_blacklisted", "temperature", "temperature_date", "potential",
    "potential_date", "has_need", "has_wish", "has_money", "has_authority", "expert_alone_reason", "lost_early", "lost_touches",
    "lost_target",
    "touch_away_until",
)  # fmt: skip
TOUCH_FIELDS = (
    "partner_id", "lead_id", "state", "date_deadline", "date_planned", "date_done", "channel", "direction", "purpose", "cadence_id",
    "number", "reason_id", "outcome_id", "counts", "reached", "warmed", "temperature", "user_id", "expert_id", "note", "skip_reason",
    "own_reason", "unsure", "agreed_step_id", "agreed_date", "obstacle_id", "back_date", "item_id", "waits", "withdrawn", "why",
    "create_uid", "create_date",
)  # fmt: skip
ENROLLMENT_FIELDS = (
    "partner_id", "lead_id", "cadence_id", "run", "state", "date_start", "date_end", "not_before", "stop_reason", "stop_note",
    "touch_count", "user_id", "why", "create_uid", "create_date",
)  # fmt: skip
JUDGEMENT_FIELDS = ("lead_id", "date", "user_id", "potential", "option_ids", "override_reason", "why")
BOOKING_FIELDS = (
    "lead_id",
    "state",
    "asked",
    "start",
    "stop",
    "hours",
    "expert_id",
    "user_id",
    "skill_id",
    "reached",
    "note",
    "client_agreed",
    "agreed_date",
)
MESSAGE_FIELDS = ("model", "res_id", "date", "author_id", "body")
ACTIVITY_FIELDS = (
    "res_model", "res_name", "activity_type_id", "summary", "note", "feedback", "date_deadline", "date_done", "user_id", "active",
)  # fmt: skip
LEFT_OUT_FIELDS = ("job_id", "name", "why")
WISH_FIELDS = ("date", "channel", "state", "source", "basis", "note", "user_id", "partner_id", "lead_id")
# what identifies, and is emptied where the record itself is made anonymous
CONTACT_PERSONAL = (
    "email", "phone", "mobile", "street", "street2", "zip", "city", "vat", "website", "comment", "function", "ref", "company_registry",
    "company_name", "barcode", "image_1920", "birthdate_date", "title", "partner_latitude", "partner_longitude", "potential", "nps_score",
    "touch_how_to_talk", "touch_away_until",
)  # fmt: skip
LEAD_PERSONAL = (
    "contact_name", "partner_name", "email_from", "email_cc", "phone", "mobile", "street", "street2", "zip", "city", "website", "description",
    "function", "title", "potential", "potential_date", "has_need", "has_wish", "has_money", "has_authority",
    "touch_away_until",
)  # fmt: skip


class Held(NamedTuple):
    """What is held about some clients."""

    contacts: models.BaseModel
    leads: models.BaseModel
    touches: models.BaseModel
    enrollments: models.BaseModel
    judgements: models.BaseModel
    bookings: models.BaseModel
    messages: models.BaseModel
    activities: models.BaseModel
    left_out: models.BaseModel
    wishes: models.BaseModel
    companies: models.BaseModel

    @property
    def rows(self):
        """How many rows of ours become anonymous."""
        return len(self.touches) + len(self.enrollments) + len(self.judgements)


class TouchPrivacyHolding(models.AbstractModel):
    """Finds, exports, erases and forgets the data kept about clients, in batches. The wizard checks who may do this; here all rights are
    used, within the companies of the user."""

    _name = "touch.privacy.holding"
    _description = "Data Kept About Clients"

    # --------------------------------------------------------------
    # Finding
    # --------------------------------------------------------------

    @shared
    @api.model
    def _held(self, contacts, leads, companies=None):
        """Everything of ours about these clients. A company includes its contacts, and a contact includes its deals.

        :param contacts, leads: the chosen records, archived ones included
        :param companies: whose rows; those of the user when None
        :return: :class:`Held`, with all rights
        """
        # sudo: the rows of every rep and expert; whose clients they are was read by the user himself
        env = self.sudo().with_context(active_test=False).env
        companies = companies or self.env.companies
        within = Domain("company_id", "in", (False, *companies.ids))
        contacts = env["res.partner"].search(within & Domain("id", "child_of", contacts.ids))
        leads = env["crm.lead"].search(within & (Domain("id", "in", leads.ids) | Domain("partner_id", "in", contacts.ids)))
        theirs = Domain("company_id", "in", companies.ids) & (
            Domain("partner_id", "in", contacts.ids)
            | Domain("commercial_partner_id", "in", contacts.ids)
            | Domain("lead_id", "in", leads.ids)
        )
        enrollments = env["touch.enrollment"].search(theirs)
        touches = env["touch.touch"].search(theirs) | env["touch.touch"].search([("enrollment_id", "in", enrollments.ids)])
        bookings = env["touch.expert.booking"].search([("lead_id", "in", leads.ids), ("company_id", "in", companies.ids)])
        asking = env["touch.installation"]._asking_types(env)
        nudges = Domain("res_model", "=", "crm.lead") & Domain("res_id", "in", leads.ids) & Domain("activity_type_id", "in", asking.ids)
        return Held(
            contacts=contacts,
            leads=leads,
            touches=touches,
            enrollments=enrollments,
            judgements=env["touch.judgement"].search([("lead_id", "in", leads.ids)]),
            bookings=bookings,
            messages=self._messages(contacts, leads, bookings, companies),
            activities=touches.activity_id.exists() | env["mail.activity"].search(nudges),
            left_out=env["touch.job.left.out"].search(
                Domain("job_id.company_id", "in", companies.ids)
                & Domain.OR(
                    Domain("job_id.model", "=", records._name) & Domain("res_id", "in", records.ids)
                    for records in (contacts, leads, enrollments)
                )
            ),
            wishes=env["touch.consent"].search(Domain("partner_id", "in", contacts.ids) | Domain("lead_id", "in", leads.ids)),
            companies=companies,
        )

    @shared
    @api.model
    def _worked_elsewhere(self, contacts, companies):
        """:return: those of ``contacts`` whom other companies than these work, too"""
        there = Domain("company_id", "not in", companies.ids)
        env = contacts.env
        found = env["touch.touch"]._read_group(there & Domain("partner_id", "in", contacts.ids), ["partner_id"])
        found += env["touch.enrollment"]._read_group(there & Domain("partner_id", "in", contacts.ids), ["partner_id"])
        found += env["crm.lead"]._read_group(
            there & Domain("partner_id", "in", contacts.ids) & Domain("company_id", "!=", False), ["partner_id"]
        )
        return contacts.browse({partner.id for (partner,) in found})

    @api.model
    def _messages(self, contacts, leads, bookings, companies):
        """:return: messages that touches and the route of deals left behind: what was said when an activity of a touch was done, what moved a
        temperature or a tick, and the experts' bookings"""
        env = bookings.env
        # the chatter of who is worked by other companies, too, is theirs as well
        own = contacts - self._worked_elsewhere(contacts, companies)
        on_clients = Domain.OR(Domain("model", "=", records._name) & Domain("res_id", "in", records.ids) for records in (own, leads))
        kinds = env["mail.activity.type"].search([("touch_channel", "!=", False)])
        done = Domain("subtype_id", "=", env.ref("mail.mt_activities").id) & Domain("mail_activity_type_id", "in", kinds.ids)
        moved = Domain("tracking_value_ids.field_id", "in", self._tracked().ids)
        of_bookings = env["mail.message"].search([("model", "=", bookings._name), ("res_id", "in", bookings.ids)])
        # the deal was told the same, and that the meeting was made
        meetings = Domain.OR(
            Domain("body", "like", f'data-oe-model="calendar.event" data-oe-id="{event}"') & Domain("res_id", "=", lead)
            for event, lead in ((one.event_id.id, one.lead_id.id) for one in bookings if one.event_id)
        )
        bodies = list({*of_bookings.mapped("body")} - {""})
        told = Domain("res_id", "in", leads.ids) & Domain("body", "in", bodies) | meetings
        on_deals = Domain("model", "=", leads._name) & told
        return of_bookings | env["mail.message"].search((on_clients & (done | moved)) | on_deals)

    @api.model
    def _tracked(self):
        """:return: the fields of clients, of ours, whose changes are told in the chatter"""
        names = [
            (model, name)
            for model in ("res.partner", "crm.lead")
            for name, field in self.env[model]._fields.items()
            if getattr(field, "tracking", None) and "touch_cadence" in field._modules
        ]
        found = self.env["ir.model.fields"].sudo()  # sudo: technical names
        return found.union(*(found._get(model, name) for model, name in names))

    @shared
    @api.model
    def _search_clients(self, term, limit):
        """:param term: a name, e-mail address or number
        :return: contacts and leads that the user may see, archived ones included, up to ``limit`` of each"""
        term = term.strip()
        digits = "".join(sign for sign in term if sign.isdigit())
        found = []
        for model, names in (
            ("res.partner", ("complete_name", "email", "email_normalized", "phone", "ref")),
            ("crm.lead", ("name", "contact_name", "partner_name", "email_from", "email_normalized", "phone")),
        ):
            domain = Domain.OR(Domain(name, "ilike", term) for name in names)
            if len(digits) >= 5:  # as it was written, and as it is dialled
                domain |= Domain("phone_sanitized", "like", digits.lstrip("0"))
            found.append(self.env[model].with_context(active_test=False).search(domain, limit=limit))
        return found

    @shared
    @api.model
    def _counts(self, held):
        """:return: list of (what, how many), of what there is"""
        words = (
            (self.env._("Contacts"), held.contacts),
            (self.env._("Leads"), held.leads),
            (self.env._("Touches"), held.touches),
            (self.env._("Enrolments"), held.enrollments),
            (self.env._("Judgements"), held.judgements),
            (self.env._("Expert bookings"), held.bookings),
            (self.env._("Messages"), held.messages),
            (self.env._("Activities"), held.activities),
            (self.env._("Lines of background work"), held.left_out),
            (self.env._("Wishes"), held.wishes),
        )
        return [(what, len(records)) for what, records in words if records]

    @shared
    @api.model
    def _counts_by_client(self, contacts, leads):
        """:return: {(model, id): (touches, enrolments)} of each alone; a company's include those of its contacts"""
        result = defaultdict(lambda: [0, 0])
        within = Domain("company_id", "in", self.env.companies.ids)
        for place, model in enumerate(("touch.touch", "touch.enrollment")):
            rows = self.env[model].sudo()  # sudo: figures of the rows of every rep
            for field, records in (("commercial_partner_id", contacts), ("partner_id", contacts), ("lead_id", leads)):
                for record, count in rows._read_group(within & Domain(field, "in", records.ids), [field], ["__count"]):
                    key = record._name, record.id
                    result[key][place] = max(result[key][place], count)
        return {key: tuple(counts) for key, counts in result.items()}

    # --------------------------------------------------------------
    # Exporting
    # --------------------------------------------------------------

    @shared
    @api.model
    def _export(self, held, form):
        """Everything in one file, readable: names instead of numbers, moments with their zone.

        :param held: :class:`Held`
        :param form: json or xlsx
        :return: (name of the file, its bytes)
        """
        tables = {
            self.env._("Contacts"): self._rows(held.contacts, (*CONTACT_FIELDS, *sorted(held.contacts._touch_personal_fields()))),
            self.env._("Leads"): self._rows(held.leads, (*LEAD_FIELDS, *sorted(held.leads._touch_personal_fields()))),
            self.env._("Touches"): self._rows(held.touches.sorted(lambda one: (one.date_deadline, one.id)), TOUCH_FIELDS),
            self.env._("Enrolments"): self._rows(held.enrollments, ENROLLMENT_FIELDS),
            self.env._("Judgements"): self._rows(held.judgements, JUDGEMENT_FIELDS),
            self.env._("Expert bookings"): self._rows(held.bookings, BOOKING_FIELDS),
            self.env._("Messages"): self._rows(held.messages, MESSAGE_FIELDS),
            self.env._("Activities"): self._rows(held.activities, ACTIVITY_FIELDS),
            self.env._("Background work"): self._rows(held.left_out, LEFT_OUT_FIELDS),
            self.env._("Wishes"): self._rows(held.wishes, WISH_FIELDS),
        }
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        name = self.env._("clients-%(moment)s", moment=now.strftime("%Y-%m-%d-%H%M%S"))
        if form == "xlsx":
            return f"{name}.xlsx", self._workbook(tables)
        about = {self.env._("Exported on"): now.isoformat(timespec="minutes"), self.env._("Exported by"): self.env.user.name}
        return f"{name}.json", json.dumps({**about, **tables}, ensure_ascii=False, indent=2).encode()

    @api.model
    def _rows(self, records, names):
        """:return: list of {label: readable value}, a record each"""
        # the texts in the language, and the moments in the zone, of who asked
        records = records.with_context(lang=self.env.lang, tz=self.env.context.get("tz") or self.env.user.tz, active_test=False)
        names = [name for name in names if name in records._fields]
        choices = {
            name: dict(records._fields[name]._description_selection(records.env))
            for name in names
            if records._fields[name].type == "selection"
        }
        labels = {name: described["string"] for name, described in records.fields_get(names, ["string"]).items()}
        result = []
        for record in records:
            row = {"id": record.id}
            for name in names:
                label = labels[name] if labels[name] not in row else f"{labels[name]} ({name})"
                value = self._readable(record, record._fields[name])
                row[label] = choices.get(name, {}).get(value, value)
            result.append(row)
        return result

    @api.model
    def _readable(self, record, field):
        value = record[field.name]
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type in ("integer", "float", "monetary"):
            return value
        if not value:
            return ""
        if field.relational:
            return ", ".join(one.display_name or "" for one in value)
        if field.type == "datetime":
            return fields.Datetime.context_timestamp(record, value).isoformat(timespec="minutes")
        if field.type == "html":
            return html2plaintext(value)
        return str(value)

    @api.model
    def _workbook(self, tables):
        out = io.BytesIO()
        # what clients wrote is text, never a formula nor a link
        with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
            bold = book.add_format({"bold": True})
            for title, rows in tables.items():
                sheet = book.add_worksheet(title[:31])
                for column, label in enumerate(rows[0] if rows else ()):
                    sheet.write_string(0, column, label, bold)
                for number, row in enumerate(rows, 1):
                    for column, value in enumerate(row.values()):
                        long = isinstance(value, str) and len(value) > CELL
                        sheet.write(
                            number, column, self.env._("%(text)s… (the JSON file has the full text)", text=value[:CELL]) if long else value
                        )
                sheet.freeze_panes(1, 0)
        return out.getvalue()

    # --------------------------------------------------------------
    # Erasing
    # --------------------------------------------------------------

    @shared
    @api.model
    def _erase(self, held, whole=False):
        """Take away what identifies and what was written; what the reports count stays.

        * Runs are stopped first, planned touches taken back with their activities, open bookings cancelled.
        * The clients are enrolled by no rule any more (``touch_erased_date``).

        :param held: :class:`Held`
        :param whole: also make the contacts and leads themselves anonymous
        """
        opened = held.bookings.filtered(lambda one: one.state == "waiting" or (one.state == "booked" and not one._has_begun()))
        opened._cancel_because(self.env._("The client's data were erased."))
        # read again: what was cancelled has told so
        messages = held.messages | self._messages(held.contacts, held.leads, held.bookings, held.companies)
        self._forget_handed_over(held)  # while the enrolments know whose they are
        held.bookings._forget_words()
        held.enrollments.filtered("client_key")._anonymise()
        held.touches.filtered("client_key")._anonymise()
        held.judgements._anonymise()
        held.activities.exists().unlink()
        held.left_out.write({"name": False, "res_id": False, "why": False})
        held.wishes.filtered("note").write({"note": "–"})  # what was refused still binds
        self._forget_messages(messages.exists())
        for clients in (held.contacts - self._worked_elsewhere(held.contacts, held.companies), held.leads):
            self._quietly(clients).write({"touch_erased_date": fields.Date.context_today(self)})
        self._quietly(held.leads.filtered("expert_alone_reason")).write({"expert_alone_reason": False})
        # sudo: of clients whom the user may erase; the list holds nothing but addresses
        closed = self.env["touch.closed.address"].sudo()
        closed._open_addresses([email for client in (*held.contacts, *held.leads) for email in client._touch_emails()])
        if whole:
            self._anonymise_clients(held)

    @shared
    @api.model
    def _quietly(self, clients):
        """:return: the same clients, written without a word in their chatter and without a new decision"""
        return clients.with_context(tracking_disable=True, mail_create_nolog=True)

    @api.model
    def _forget_messages(self, messages):
        """Where other addons' changes stand in the same message, only ours go."""
        tracked = self._tracked()
        mixed = messages.filtered(lambda message: message.tracking_value_ids and message.tracking_value_ids.field_id - tracked)
        mixed.tracking_value_ids.filtered(lambda value: value.field_id in tracked).unlink()
        mixed.write({"body": False})
        (messages - mixed).unlink()

    @api.model
    def _forget_handed_over(self, held):
        """Colleagues were told in lists which clients they got: the names go from these."""
        called = [record.display_name for records in (held.contacts, held.leads) for record in records]
        names = {str(escape(name or "")) for name in (*called, *(one._client_name() for one in held.enrollments))} - {""}
        items = {f"<li>{name}</li>" for name in names}
        if not items:
            return
        # such notices hang on no record: they are found by the names in them
        # SQL: by names of the clients that are being erased; the patterns are values, never part of the statement
        rows = self.env.execute_query(
            SQL(
                """SELECT id, body FROM mail_message
                    WHERE model IS NULL AND message_type = 'user_notification' AND body LIKE ANY(%s)""",
                [f"%{item}%" for item in (item.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for item in items)],
            )
        )
        notices = self.env["mail.message"].sudo()  # sudo: notices of every rep
        for id_, body in rows:
            for item in items:
                body = body.replace(item, "<li>…</li>")
            notices.browse(id_).body = body

    @api.model
    def _anonymise_clients(self, held):
        """The contacts and leads themselves: name, addresses, texts, pictures, chatter and files go; amounts, stages and days stay. Contacts
        and open deals are archived."""
        for records in (held.contacts, held.leads):
            for model, owner in (("mail.message", "model"), ("mail.activity", "res_model"), ("ir.attachment", "res_model")):
                records.env[model].search([(owner, "=", records._name), ("res_id", "in", records.ids)]).unlink()
        held.contacts.env["sms.sms"].search([("partner_id", "in", held.contacts.ids)]).unlink()
        self._quietly(held.leads).write(self._anonymous_values(held.leads, LEAD_PERSONAL, self.env._("Anonymous deal")))
        # that somebody recommended us is counted, who did is not said
        self._quietly(held.leads.filtered("referred")).write({"referred": "–"})
        self._quietly(held.leads.filtered(lambda lead: lead.active and lead.won_status == "pending")).write({"active": False})
        values = self._anonymous_values(held.contacts, CONTACT_PERSONAL, self.env._("Anonymous client"))
        self._quietly(held.contacts).write({**values, "touch_opt_out": True, "is_vip": False, "active": False})

    @api.model
    def _anonymous_values(self, records, names, name):
        """What an anonymous contact or lead holds; bridges add the fields of their apps."""
        names = {*names, *records._touch_personal_fields()}
        values = {one: False for one in names if one in records._fields and records._fields[one].store}
        return {**values, "name": name, "temperature": "cold"}

    # --------------------------------------------------------------
    # Keeping for so long, and no longer
    # --------------------------------------------------------------

    @api.model
    def _cron_forget(self):
        """Every night: touches of clients without a touch, purchase or open deal for the company's months become anonymous."""
        system = as_system(self.env)
        for company in system["res.company"].search([("touch_keep_months", ">", 0)]):
            holding = system[self._name].with_company(company).with_context(allowed_company_ids=company.ids)
            for source in ("touch_touch", "touch_enrollment"):
                after = [None, 0]
                system["touch.background"]._run_batches(
                    lambda source=source, after=after, holding=holding, company=company: holding._forget_next(company, source, after)
                )

    def _forget_next(self, company, source, after):
        """Look at the next old rows of ``company``, and forget those clients among them who were left alone for long enough.

        Who is in a run, whose deal is open, who was touched or bought since: stays.

        :param source: the table that is walked, oldest rows first
        :param after: list of day and id of the last row that was looked at; moved on
        :return: how many rows were looked at; 0 after the last
        """
        before = fields.Date.context_today(self) - relativedelta(months=company.touch_keep_months)
        day = SQL("date_done") if source == "touch_touch" else SQL("date_end")
        self.env.flush_all()
        # SQL: called by the night only; table and column are our own, the months are the company's
        rows = self.env.execute_query(
            SQL(
                """SELECT id, %(day)s, commercial_partner_id, lead_id FROM %(table)s
                    WHERE company_id = %(company)s AND client_key != 0 AND %(day)s < %(before)s %(after)s
                    ORDER BY %(day)s, id LIMIT %(limit)s""",
                day=day,
                table=SQL.identifier(source),
                company=company.id,
                before=before,
                after=SQL("AND (%s, id) > (%s, %s)", day, *after) if after[0] else SQL(),
                limit=FORGET_BATCH,
            )
        )
        if not rows:
            return 0
        clients = list({partner for _id, _day, partner, _lead in rows if partner})
        leads = list({lead for _id, _day, partner, lead in rows if lead and not partner})
        due = self._long_alone(company, before, clients, leads)
        for records in due:
            self.env["touch.background"]._isolate_failures(records, lambda some: self._forget(some, company), self._not_forgotten)
        self.env.flush_all()
        # moved on only where it stands: after a lost race the same rows are looked at again
        after[:] = rows[-1][1], rows[-1][0]
        return len(rows)

    def _forget(self, clients, company):
        none = {model: self.env[model] for model in ("res.partner", "crm.lead")}
        held = self._held(*{**none, clients._name: clients}.values(), companies=company)
        self._erase(held)
        self.env["touch.privacy.log"]._write_line("retention", clients=len(clients), rows=held.rows)

    def _not_forgotten(self, client, error):
        _logger.warning("the touches of %s are kept longer than the setting says: they could not be made anonymous", client, exc_info=error)

    def _long_alone(self, company, before, clients, leads):
        """:return: of these commercial partners, and leads without a contact, those with whom nothing was since ``before``"""
        # SQL: as above; ids of clients are the night's own
        rows = self.env.execute_query(
            SQL(
                """SELECT client.id, NULL FROM res_partner client
                    WHERE client.id = ANY(%(clients)s)
                      AND (client.last_purchase_date IS NULL OR client.last_purchase_date < %(before)s)
                      AND NOT EXISTS (SELECT FROM touch_touch touch
                           WHERE touch.commercial_partner_id = client.id AND touch.company_id = %(company)s
                             AND (touch.state = 'planned' OR touch.date_done >= %(before)s))
                      AND NOT EXISTS (SELECT FROM touch_enrollment run
                           WHERE run.commercial_partner_id = client.id AND run.company_id = %(company)s
                             AND (run.state IN %(under_way)s OR COALESCE(run.date_end, run.date_start) >= %(before)s))
                      AND NOT EXISTS (SELECT FROM res_partner contact JOIN crm_lead lead ON lead.partner_id = contact.id
                           WHERE contact.commercial_partner_id = client.id AND lead.active AND lead.won_status = 'pending'
                             AND (lead.company_id IS NULL OR lead.company_id = %(company)s))
                   UNION ALL
                   SELECT NULL, lead.id FROM crm_lead lead
                    WHERE lead.id = ANY(%(leads)s) AND NOT (lead.active AND lead.won_status = 'pending')
                      AND (lead.date_closed IS NULL OR lead.date_closed < %(before)s)
                      AND NOT EXISTS (SELECT FROM touch_touch touch
                           WHERE touch.lead_id = lead.id AND (touch.state = 'planned' OR touch.date_done >= %(before)s))
                      AND NOT EXISTS (SELECT FROM touch_enrollment run
                           WHERE run.lead_id = lead.id
                             AND (run.state IN %(under_way)s OR COALESCE(run.date_end, run.date_start) >= %(before)s))""",
                clients=clients,
                leads=leads,
                before=before,
                company=company.id,
                under_way=UNDER_WAY,
            )
        )
        return (
            self.env["res.partner"].browse(client for client, _lead in rows if client),
            self.env["crm.lead"].browse(lead for _client, lead in rows if lead),
        )
