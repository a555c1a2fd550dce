from odoo import api, models


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Figures and judgements of both are brought together, though nobody writes them by hand."""
        (src_partners | dst_partner).check_access("write")
        # sudo: values of the contacts themselves, which the user may write
        src_partners, dst_partner = src_partners.sudo(), dst_partner.sudo()
        merged = (dst_partner | src_partners)._touch_merged()
        result = super()._update_values(src_partners, dst_partner)
        dst_partner._touch_write_merged(merged)
        return result

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """The merge moves enrolments and touches in SQL; say afterwards whose they are, and let one enrolment go on."""
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        (dst_partner | dst_partner.commercial_partner_id)._touch_update_client_keys()
        return result
