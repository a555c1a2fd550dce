import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, clean_context

from ...method.desk import queue
from ..base.arguments import field_names, ids, takes, text, values
from .touch_desk_act import KEY_LENGTH

_logger = logging.getLogger(__name__)

# what is written, and goes out with a click
SENT_CHANNELS = ("email", "sms")
# touches that are looked through together, and those that one call reads or sends
MOST_BULK = 200
BATCH = 10


class TouchDesk(models.AbstractModel):
    """Mails and text messages of the filtered queue: looked through, and sent together."""

    _inherit = "touch.desk"

    @api.model
    @takes(filters=values(**dict.fromkeys(queue.FACETS, field_names())))
    def bulk(self, filters=None):
        """The mails and text messages among the user's due touches that pass the filters, in the queue's order. A touch whose hour has not come
        waits for it.

        :param filters: as of :meth:`load`
        :return: ids of touches
        :raise AccessError: if the user may not work touches
        """
        self.env["touch.touch"].check_access("write")
        today = fields.Date.context_today(self)
        waiting, _later = self._waiting(today, False)
        chosen, _counts = queue.choose(waiting, today, filters or {})
        return [touch.id for touch in queue.first(self._to_send(chosen, today), today, MOST_BULK)]

    def _to_send(self, chosen, today):
        """:return: those of the queue's touches that go out with a click, now. Who wrote to us gets an answer first, and not the ready
        text; who can be reached no way gets none"""
        return [
            touch
            for touch in chosen
            if touch.channel in SENT_CHANNELS and touch.day <= today and not (touch.hour or touch.unsure or touch.answered or touch.closed)
        ]

    @api.model
    @takes(touch_ids=ids())
    def prepared(self, touch_ids):
        """Mails and text messages as they would go out, in each client's language.

        :param touch_ids: the first ten are read
        :return: list of dicts in that order: ``id``, ``client``, ``channel``, ``to``, ``subject``, ``body`` (HTML, of a text message plain),
            ``files`` (names), ``missing`` (what is to be known before it is sent), ``problem`` (why it cannot be sent like this, or empty)
        :raise AccessError: if the user may not work touches
        """
        touches = self._own_written(touch_ids[:BATCH])
        told, reach = touches._told(), touches._reach()
        visible = self._visible(touches)
        return [
            {
                "id": touch.id,
                "client": touch.client_name,
                "channel": touch.channel,
                "to": reach[touch].email if touch.channel == "email" else reach[touch].shown,
                **dict(zip(("subject", "body"), touch._written(told[touch]))),
                "files": touch._materials().sudo().mapped("name") if touch.channel == "email" else [],  # sudo: they go out with the touch
                "missing": touch._lacking(told[touch].lacks),
                "problem": self._problem(touch, told[touch], reach[touch], visible),
            }
            for touch in touches
        ]

    @api.model
    @takes(touch_ids=ids(), key=text())
    def send_prepared(self, touch_ids, key):
        """Send mails and text messages as :meth:`prepared` shows them, each through Odoo's own composer; each that goes out makes its touch.
        One that fails harms only itself. Sending the same again sends nothing twice.

        :param touch_ids: the first ten are sent
        :param key: identifies the click; a touch with a known key was sent already
        :return: list of dicts: ``id``, ``sent``, and ``why`` not
        :raise AccessError: if the user may not work touches
        """
        self.env["touch.touch"].check_access("write")
        # defaults of the caller's would change who writes, when it goes out, and what was shown
        self = self.with_context(clean_context(self.env.context))
        touch_ids = touch_ids[:BATCH]
        # who clicks twice waits here until the first is through
        # SQL: a lock on rows of the user's own; a colleague's are not held up until the mails are out
        own = SQL("SELECT id FROM touch_touch WHERE id = ANY(%s) AND user_id = %s ORDER BY id FOR UPDATE", touch_ids, self.env.uid)
        self.env.execute_query(own)
        touches = self._own_written(touch_ids)
        told, reach = touches._told(), touches._reach()
        visible = self._visible(touches)
        result = []
        for touch_id in touch_ids:
            touch = touches.filtered(lambda one, touch_id=touch_id: one.id == touch_id)
            if not touch:
                why = "" if self._was_sent(touch_id, key) else self._gone_or_wrong(touch_id)
            else:
                why = self._problem(touch, told[touch], reach[touch], visible) or self._send_one(touch, key)
            result.append({"id": touch_id, "sent": not why, "why": why})
        return result

    def _own_written(self, touch_ids):
        """:return: the user's own planned mails and text messages among these, in their order"""
        self.env["touch.touch"].check_access("write")
        domain = [
            *(("id", "in", touch_ids), ("state", "=", "planned"), ("user_id", "=", self.env.uid)),
            *(("channel", "in", SENT_CHANNELS), ("company_id", "in", self.env.user.company_ids.ids)),
        ]
        place = {id_: at for at, id_ in enumerate(touch_ids)}
        return self.env["touch.touch"].search(domain).sorted(lambda touch: place[touch.id])

    def _visible(self, touches):
        """:return: the touches whose client's record the user may see"""
        seen = {*touches.lead_id._filtered_access("read"), *touches.partner_id._filtered_access("read")}
        return touches.filtered(lambda touch: touch._client_record() in seen)

    def _problem(self, touch, told, reach, visible):
        """:return: why the touch cannot be sent without somebody's hand; empty if it can"""
        if touch not in visible:
            return self.env._("You have no access to this client's record.")
        if touch.channel == "email" and not reach.email:
            return self.env._("No e-mail address is known that may be written to.")
        if touch.channel == "sms" and not reach.number:
            return self.env._("No phone number is known that may be written to.")
        if not told.script:
            return self.env._("There is no ready text: write it yourself.")
        return self.env["touch.words"]._say([one for one in told.lacks if one[0] == "lacks_new"])

    def _send_one(self, touch, key):
        """:return: why it did not go out; empty if it did"""
        errors, channel = [], touch.channel
        self.env["touch.background"]._isolate_failures(
            touch, lambda one: self._compose(one, key), lambda _touch, error: errors.append(error)
        )
        if not errors:
            # what the gateway refused stands on the touch: nothing was raised, so that it stays there
            if touch.state != "planned":
                return ""
            if touch.channel != channel:  # refused for good: the planner has found another way at once
                names = dict(touch._fields["channel"]._description_selection(self.env))
                return self.env._("It could not be sent. The touch goes another way now: %(channel)s.", channel=names[touch.channel])
            return touch.failure or self.env._("It could not be sent.")
        [error] = errors
        if isinstance(error, UserError | AccessError | ValidationError):
            return str(error)
        _logger.warning("the prepared message of touch %s could not be sent", touch.id, exc_info=error)
        return self.env._("It could not be sent: “%(error)s”. Tell your administrator.", error=error)

    def _compose(self, touch, key):
        """Send what the composer would show."""
        touch = touch.with_company(touch.company_id)
        action = touch.action_prepare()
        composer = self.env[action["res_model"]].with_context(**action["context"]).create({})
        composer.action_send_mail() if touch.channel == "email" else composer.action_send_sms()
        if touch.state == "planned" and touch.delivery != "failed":
            raise UserError(self.env._("It was not sent to the client. Open it, and look at the recipient."))
        touch.sudo().desk_key = key[:KEY_LENGTH]  # sudo: the user's own touch, which has just been made

    def _was_sent(self, touch_id, key):
        touch = self.env["touch.touch"].browse(touch_id).exists().sudo()  # sudo: only whether this very click of the user sent it
        return bool(touch) and touch.user_id == self.env.user and bool(key) and touch.desk_key == key[:KEY_LENGTH]

    def _gone_or_wrong(self, touch_id):
        touch = self.env["touch.touch"].browse(touch_id).exists()
        mine = touch and touch.has_access("read") and touch.state == "planned" and touch.user_id == self.env.user
        return self.env._("This touch is neither a mail nor a text message.") if mine else self._gone(touch_id)
