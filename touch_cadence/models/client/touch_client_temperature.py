from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...method.client import temperature as method_temperature
from ..base.inside import INSIDE
from ..base.rooms import shared


class TouchClientMixin(models.AbstractModel):
    _inherit = "touch.client.mixin"

    @shared
    def _touch_set_temperature(self, temperature, cause, **values):
        """Move clients to a temperature, and say in their chatter why (R9). The one way by which the method does it.

        :param cause: a code of ``touch.words``; ``values`` are what its sentence names: texts, numbers, or records by their names
        """
        moving = self.with_context(touch_by_method=INSIDE)
        # what the night or the mail gateway finds is told in the language of whose client it is
        machine = self.env.uid == SUPERUSER_ID
        # sudo: a colleague's language
        for lang, clients in moving.grouped(lambda client: client.user_id.sudo().lang or "" if machine else "").items():
            env = self.with_context(lang=lang).env if lang else self.env
            named = {name: one.with_env(env).name if isinstance(one, models.BaseModel) else one for name, one in values.items()}
            clients._track_set_log_message(env["touch.words"]._say([(cause, named)]))
        moving.write({"temperature": temperature})

    @shared
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
                clients._touch_set_temperature(temperature, "warm_silence", days=days)
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
                             -- that somebody was spoken to shows that he listens, not that he is hot still; who named a day is silent as agreed
                             AND (touch.back_date >= %(since)s OR touch.agreed_date >= %(since)s
                                  OR touch.date_done >= %(since)s
                                  AND (touch.warmed OR touch.direction = 'in' OR (touch.reached AND client.temperature = 'warm'))))
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
