from markupsafe import Markup, escape
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ...method.client import names, reach
from ...method.desk import placeholders
from ..base.arguments import single, takes, text
from ..base.rooms import shared


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
            "default_body": html2plaintext(self._message_text()).strip(),
        }
        return self._composer("sms.composer", self.env._("Write a Text Message"), context)

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
        """:return: HTML for the client, in the client's language: "Dear …", and the reason's text for the client. What the reason tells the
        salesperson stays with the salesperson."""
        local = self._in_client_language()
        return self.env["ir.qweb"].with_context(lang=local.env.lang)._render("touch_cadence.touch_message_text", {"touch": local})

    def _in_client_language(self):
        self.ensure_one()
        touch = self._for_worker()
        return touch.with_context(lang=touch._letter_recipient().lang or touch.user_id.lang)

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

    @shared
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

    @shared
    @api.model
    def _fill(self, text, values):
        """:param text: HTML with placeholders
        :return: the same with ``values`` in their places, escaped; empty for no text"""
        return Markup(placeholders.fill(text or "", {name: str(escape(value)) for name, value in values.items()}))

    def _person_name(self):
        return self._person().name or self.lead_id.contact_name or ""

    @shared
    def _person(self):
        """:return: the contact, where it is a person; empty for a company"""
        return self.partner_id if not self.partner_id.is_company else self.partner_id.browse()
