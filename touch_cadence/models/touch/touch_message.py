from datetime import timezone
from typing import NamedTuple

from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_time, html2plaintext

from ...method.client import names, reach
from ...method.desk import placeholders, scripts
from ...method.plan import agreed, zones
from ...method.plan.facts import CONFIRMING, OF_AGREED_STEP
from ...method.why import Why
from ..base.arguments import single, takes, text
from ..base.rooms import shared


class Told(NamedTuple):
    """What a touch says. ``script``: the record, empty for none; ``subject``: of a mail; ``text``: HTML, filled in; ``lacks``: codes of what is missing for this
    client."""

    script: models.BaseModel
    subject: str
    text: Markup
    lacks: tuple[Why, ...]


class TouchTouch(models.Model):
    """Mail, text message, letter and appointment, prepared for a look before they go out."""

    _inherit = "touch.touch"

    @shared
    def _asked_channel(self):
        """:return: the channel of what the touch asks for: a meeting, by a call; empty for a touch that asks for none. The reason says what is
        asked for; where it names no next step, the step does."""
        self.ensure_one()
        agreed = self.env["touch.channel"]._agreed()
        if self.purpose != "closing" or self.channel in agreed:
            return ""
        its = self.sudo()  # sudo: who makes the touch needs no right on cadences and reasons
        next_step, named = its.reason_id.next_step_id, its.step_id.channel
        if next_step and next_step.kind != "meeting":
            return ""
        if named in agreed:
            return named
        return next((code for code in ("meeting", *sorted(agreed)) if code in agreed), "") if next_step else ""

    @takes(self=single(), note=text())
    def action_prepare(self, note=None, asked=False):
        """Open what the channel needs, for a check before it is sent: a mail or text message with the client's data filled in, the letter
        as PDF, an appointment; for other channels the client's page. Sending the mail or text message from there makes the touch
        (:meth:`_message_sent`).

        :param note: what was noted before; it stays with the touch
        :param asked: open what the touch asks for, the appointment for the meeting that the client agreed to
        :return: an action
        :raise UserError: if the user may work the touch, but not see the client's record
        """
        self.ensure_one()
        self._check_may_work()
        channel = (asked and self._asked_channel()) or self.channel
        button = self.env["touch.channel"]._buttons().get(channel)
        # a letter says nothing but the address
        if (button is None or "visible" in button["needs"]) and not self._client_record().has_access("read"):
            raise UserError(
                self.env._(
                    "You were given this touch of %(client)s, but have no access to the record itself. Use the address and number on the "
                    "desk.",
                    client=self.client_name,
                )
            )
        self.sudo()._add_note(note)  # sudo: as in done()
        return getattr(self, f"_prepare_{channel}")() if button else self.action_open_client()

    def _prepare_email(self):
        record = self._client_record()
        subject, body = self._written(self._told()[self])
        context = {
            "default_model": record._name,
            "default_res_ids": record.ids,
            "default_partner_ids": self._mail_recipient().ids,
            "default_subject": subject,
            "default_body": body,
            "default_email_add_signature": not self._for_worker()._is_signed(),
            # copies: who takes one out of a mail deletes it. sudo: they go out with the touch, whoever makes it
            "default_attachment_ids": self._materials().sudo().copy({"res_model": "mail.compose.message", "res_id": 0}).ids,
        }
        return self._composer("mail.compose.message", self.env._("Write an Email"), context)

    @shared
    def _materials(self):
        """:return: the files that go out with the mail: those of the reason, then those of the step (R49)"""
        its = self._for_worker()
        return its.reason_id.attachment_ids | its.step_id.attachment_ids

    def _mail_recipient(self):
        """:return: the contact to whom a mail goes: the one who has the address by which the touch was decided, else one made for it"""
        email = self._reach()[self].email
        if not email:
            return self.partner_id

        def is_open(partner):
            # whoever gets a mail gets it at all addresses of the field: none of them may be closed
            known = reach.emails(partner.email)
            return email in known and not self.env["touch.reach"].sudo()._closed_ways(known, [])  # sudo: blacklists bind every rep

        if is_open(self.partner_id):
            return self.partner_id
        return self._client_record()._partner_find_from_emails_single([email], filter_found=is_open)

    @shared
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
            "default_body": self._written(self._told()[self])[1],
        }
        return self._composer("sms.composer", self.env._("Write a Text Message"), context)

    @shared
    def _written(self, told):
        """:param told: :class:`Told` of this touch
        :return: subject and text of a mail or text message, as it is put before the salesperson. What he wrote and could not send is not to be
            written twice
        """
        # sudo: the message of a touch that the user makes; one of somebody else's is not taken up
        message = self.sudo().message_id if self.delivery == "failed" else self.env["mail.message"]
        refused = message if message.author_id == self.env.user.partner_id else message.browse()
        if any(code == "lacks_new" for code, _values in told.lacks):
            told = told._replace(text=Markup())  # the client has read it: only greeting and name stand there
        if self.channel == "email":
            return refused.subject or told.subject, refused.body or self._laid_out("touch_cadence.touch_mail_text", told)
        return "", html2plaintext(refused.body or told.text or "").strip()

    def _composer(self, model, name, context):
        """:return: Odoo's own composer; its title says the reason, for who writes the text"""
        title = f"{name}: {self.reason_id._full_name()}" if self.reason_id else name
        context = {**context, "default_composition_mode": "comment", "touch_prepared": self.id}
        return self._client_record()._touch_wizard(model, title, context)

    def _prepare_letter(self):
        return self.env.ref("touch_cadence.touch_letter_report").report_action(self)

    def _prepare_meeting(self):
        if self.lead_id:
            return self.lead_id.action_schedule_meeting()
        return self.partner_id.schedule_meeting()

    def _message_text(self):
        """:return: HTML for the client, in the client's language: "Dear …", and the text of the touch; for channels of other addons. What the reason
        tells the salesperson stays with the salesperson."""
        return self._laid_out("touch_cadence.touch_message_text", self._told()[self])

    def _laid_out(self, layout, told):
        """:param layout: of a message, or of a mail, which also says who writes
        :param told: :class:`Told` of this touch"""
        local = self._in_client_language()
        return self.env["ir.qweb"].with_context(lang=local.env.lang)._render(layout, {"touch": local, "told": told})

    @shared
    def _told(self):
        """What these touches say (R42): the text that :func:`method.desk.scripts.choose` takes, with the client's data filled in. What the client reads is
        in the client's language, what the salesperson says in the user's.

        :return: {touch: :class:`Told`}, in a number of queries that does not grow with the touches
        """
        kinds = self.env["touch.channel"]._channels()
        its = self._for_worker()
        before = its._told_before()
        rows = [
            {
                "company_id": touch.company_id.id,
                "channel": touch.channel,
                "purpose": touch.purpose,
                "reason_id": touch.reason_id.id,
                "step_id": touch.step_id.id,
                "read": touch in before and scripts.is_read(touch.channel, kinds),
            }
            for touch in its
        ]
        found = {}
        for mine, touch, script in zip(self, its, self.env["touch.script"]._chosen(rows)):
            read = scripts.is_read(touch.channel, kinds)
            local = script.with_context(lang=touch._client_language() if read else self.env.lang)
            reader = touch.with_context(lang=local.env.lang)
            values, unknown = reader._fill_values(), reader._unknown_places()
            # a mail without a subject of its own is from our company
            subject = touch.channel == "email" and (placeholders.fill(local.subject or "", values) or touch.company_id.name)
            texts = (local.subject or "", local.text or "") if script else None
            day, times = before.get(touch, (None, 0))
            told_on = day if scripts.repeats(script.again, times) else None
            lacks = scripts.missing(touch.channel, kinds, texts, touch._greeted(), values, unknown, told_on)
            found[mine] = Told(script, subject or "", touch._fill(local.text, values), lacks)
        return found

    def _told_before(self):
        """:return: {touch: the day on which the client last got a text of its reason by the same channel, and how often}: next steps are asked for
        again"""
        asking = self.filtered(lambda touch: touch.reason_id and touch.state == "planned")
        if not asking:
            return {}
        before = self.search(
            [
                *(("client_key", "in", asking.mapped("client_key")), ("company_id", "in", asking.company_id.ids)),
                *(("state", "=", "done"), ("counts", "=", True), ("direction", "=", "out"), ("reason_id", "in", asking.reason_id.ids)),
            ],
            order="date_done",
        )
        told = before.grouped(lambda one: (one.company_id, one.client_key, one.reason_id, one.channel))
        same = {touch: told.get((touch.company_id, touch.client_key, touch.reason_id, touch.channel)) for touch in asking}
        return {
            touch: (agreed.day_of(its[-1].date_done.replace(tzinfo=timezone.utc), None, its[-1].company_id._touch_clock()), len(its))
            for touch, its in same.items()
            if its
        }

    @shared
    def _lacking(self, lacks):
        """:param lacks: of :class:`Told`
        :return: the sentences, in the user's language; none for a touch that is over"""
        own = self.delivery == "failed" and self.sudo().message_id  # sudo: whether the salesperson wrote it himself already
        return self.env["touch.words"]._say(lacks) if self.state == "planned" and not own else ""

    def _client_language(self):
        return self._letter_recipient().lang or self.user_id.lang

    def _letter_day(self):
        """:return: the day on which a letter is printed, where its sender is"""
        return fields.Date.context_today(self.with_context(tz=self.user_id.tz or self.env.tz.key))

    @shared
    def _in_client_language(self):
        self.ensure_one()
        touch = self._for_worker()
        return touch.with_context(lang=touch._client_language())

    def _letter_recipient(self):
        """:return: whom the letter addresses: the contact, else the company; empty for a lead without a contact"""
        self.ensure_one()
        return self.partner_id or self.commercial_partner_id

    def _addressee(self):
        """:return: the person's name, else the company's; empty where only the deal's title is known"""
        self = self._for_worker()
        return self._person_name() or names.known(self._letter_recipient().name) or self.lead_id.partner_name or ""

    def _is_signed(self):
        """:return: whether a mail says who writes it, and from which company. A salesperson's own signature says so better; the one that Odoo
        makes is only the name."""
        user = self.user_id or self.env.user
        return html2plaintext(user.signature or "").strip(" -\n") in ("", user.name)

    def _greeting(self):
        """:return: how a mail or letter begins, in the language of this record's environment"""
        name = self._first_name() or self._addressee()
        return self.env._("Dear %(name)s,", name=name) if name else self.env._("Good day,")

    def _first_name(self):
        """:return: the first name of the person whom the touch is for, the whole name where it is not sure; empty for no person"""
        person = self._person()
        country = person.country_id or self.partner_id.commercial_partner_id.country_id or self.lead_id.country_id
        return names.first_name(self._person_name(), (country.code, person.lang))

    def _greeted(self):
        """:return: whom a mail or letter greets, and whether that is a person"""
        name = self._addressee()
        return name, bool(name) and name == self._person_name()

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

    @shared
    def _meeting_checklists(self):
        """:return: {touch: what to have ready before a meeting with its client, as HTML in the reader's language (R63)}"""
        rows = [
            {"company_id": touch.company_id.id, "channel": "meeting", "purpose": CONFIRMING, "reason_id": False, "step_id": False}
            for touch in self
        ]
        lists = self.env["touch.script"]._chosen(rows)
        return {
            touch: touch._fill(script.with_context(lang=self.env.lang).text, touch._fill_values()) for touch, script in zip(self, lists)
        }

    @shared
    def _fill_values(self):
        """:return: {name of a placeholder: the client's value}, for :meth:`_fill`; for an unknown first name or company another name of the
        client"""
        known = self._known_places()
        name = known["name"] or ""
        stand_in = {place: known[place] or name for place in ("first_name", "company")}
        return {**{place: value or "" for place, value in known.items()}, **stand_in}

    def _unknown_places(self):
        """:return: names of placeholders of which nothing is known; another name of the client may stand there"""
        return {place for place, value in self._known_places().items() if not value}

    def _known_places(self):
        """:return: {name of a placeholder: what is known}"""
        self.ensure_one()
        return {
            "name": self._letter_name(),
            "first_name": self._first_name(),
            "company": self.partner_id.commercial_company_name or self.lead_id.partner_name,
            "deal": self.lead_id.name,
            "salesperson": self.user_id.name,
            "our_company": self.company_id.name,
            "what_we_do": self.company_id.touch_what_we_do,
            "agreed": self._agreed_told(),
        }

    def _agreed_told(self):
        """:return: what the client agreed to, where the touch belongs to it: the step, its day, and the hour by the client's clock; the salesperson is
        told whose clock it is, where his own differs. A meeting's title is ours, and is not told."""
        if self.purpose not in OF_AGREED_STEP:
            return ""
        event, day = self.agreed_event_id, self.agreed_touch_id.agreed_date
        hour = ""
        if event and event.allday:
            day = event.start_date
        elif event:
            local = event.start.replace(tzinfo=timezone.utc).astimezone(zones.zone(self._client_record().touch_zone))
            day, hour = local.date(), format_time(self.env, local.time(), time_format="short")
            mine = event.start.replace(tzinfo=timezone.utc).astimezone(zones.zone(self.user_id.tz or str(self.company_id._touch_clock())))
            read = scripts.is_read(self.channel, self.env["touch.channel"]._channels())
            if not read and mine.utcoffset() != local.utcoffset():  # the salesperson has another hour on his own clock
                hour = self.env._("%(hour)s (client's time)", hour=hour)
        what = self.agreed_touch_id.agreed_step_id.name or self.env._("our appointment")
        return ", ".join(part for part in (what, day and format_date(self.env, day, date_format="EEEE, d MMMM"), hour) if part)

    @shared
    @api.model
    def _fill(self, text, values):
        """:param text: HTML with placeholders
        :return: the same with ``values`` in their places, escaped; empty for no text"""
        return Markup(placeholders.fill(text or "", {name: str(escape(value)) for name, value in values.items()}))

    def _person_name(self):
        return names.known(self._person().name) or names.known(self.lead_id.contact_name)

    @shared
    def _person(self):
        """:return: the contact, where it is a person; empty for a company"""
        return self.partner_id if not self.partner_id.is_company else self.partner_id.browse()
