from odoo import models, tools
from odoo.tools import SQL


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    def _get_query(self):
        """Odoo looks for addresses and for contacts. Beside that: leads by the name of their contact person, and our rows of leads that have
        no contact."""
        name, email = self.name.strip(), self.email.strip()
        # sudo: technical names
        models_ = {model: self.env["ir.model"].sudo()._get_id(model) for model in ("crm.lead", *self._touch_models())}
        # the contacts are those that the query itself found
        named = SQL("(contact_name ILIKE %(name)s OR partner_name ILIKE %(name)s)", name=name)
        found = SQL("(email_from ILIKE %(like)s OR name ILIKE %(name)s)", like=f"%{email}%", name=name)
        leads = SQL(
            "SELECT id FROM crm_lead WHERE %(named)s OR %(found)s OR email_normalized = %(email)s"
            " OR partner_id IN (SELECT id FROM indirect_references)",
            named=named,
            found=found,
            email=tools.email_normalize(email),
        )
        query = SQL(
            """%(query)s
            UNION ALL
            SELECT %(model)s AS res_model_id, id AS res_id, active AS is_active FROM crm_lead
             WHERE %(named)s AND NOT COALESCE(%(found)s, FALSE) AND NOT COALESCE(email_normalized = %(email)s, FALSE)
               AND (partner_id IS NULL OR partner_id NOT IN (SELECT id FROM indirect_references))""",
            query=super()._get_query(),
            model=models_["crm.lead"],
            named=named,
            found=found,
            email=tools.email_normalize(email),
        )
        for model in self._touch_models():
            # Odoo finds those that name a contact
            partners = [field for field in ("partner_id", "commercial_partner_id") if field in self.env[model]._fields]
            others = [
                SQL("(%(field)s IS NULL OR %(field)s NOT IN (SELECT id FROM indirect_references))", field=SQL.identifier(field))
                for field in partners
            ]
            query = SQL(
                "%(query)s UNION ALL SELECT %(model)s AS res_model_id, id AS res_id, TRUE AS is_active FROM %(table)s WHERE %(where)s",
                query=query,
                model=models_[model],
                table=SQL.identifier(self.env[model]._table),
                where=SQL(" AND ").join([SQL("lead_id IN (%s)", leads), *others]),
            )
        return query

    def _touch_models(self):
        """:return: the models whose rows hang on leads, and become anonymous"""
        return ("touch.touch", "touch.enrollment", "touch.judgement", "touch.expert.booking")
