from odoo import models
from odoo.tools import SQL

from ..base.rooms import shared

LOST = ("bounce", "exception", "canceled")


class MailMessage(models.Model):
    _inherit = "mail.message"

    @shared
    def _touch_lost_sql(self, alias):
        """:param alias: of ``mail_message`` in the query
        :return: SQL: whether a mail reached no client: what went to colleagues does not count. Notifications say so, and where a mail had
            none, Odoo's outgoing mails"""
        for model, names in (("mail.notification", ["notification_status"]), ("mail.mail", ["state"]), ("mail.message", ["date"])):
            self.env[model].flush_model(names)
        return SQL(
            """COALESCE(
                   (SELECT bool_and(notice.notification_status IN %(lost)s)
                      FROM mail_notification notice LEFT JOIN res_partner reader ON reader.id = notice.res_partner_id
                     WHERE notice.mail_message_id = %(id)s AND notice.notification_type = 'email' AND reader.partner_share IS NOT FALSE),
                   (SELECT bool_and(mail.state IN ('exception', 'cancel')) FROM mail_mail mail WHERE mail.mail_message_id = %(id)s),
                   FALSE)""",
            lost=LOST,
            id=SQL.identifier(alias, "id"),
        )

    @shared
    def _touch_reached_nobody(self):
        """:return: those of these mails and text messages that no client got"""
        return self.filtered(lambda message: all(notice.notification_status in LOST for notice in message._touch_client_notices()))

    @shared
    def _touch_client_notices(self):
        """:return: the notifications of these mails and text messages that went to clients, and not to one of us"""
        # sudo: whom the mails of every rep reached
        return self.sudo().notification_ids.filtered(
            lambda notice: (
                notice.notification_type in ("email", "sms") and (not notice.res_partner_id or notice.res_partner_id.partner_share)
            )
        )
