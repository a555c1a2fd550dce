from odoo import models

from ..base.rooms import shared


class TouchEnrollment(models.Model):
    _inherit = "touch.enrollment"

    @shared
    def _get_responsible(self):
        """Who makes the touches of each enrolment; the one hook for it, a dictionary so that others can override it in batch.

        The rep of the enrolled record itself (the lead's, else the contact's, else the client's), or that rep's substitute while
        absent; where there is nobody active: the team leader, then the cadence's fallback. Who has no access to the enrolment's company
        any more is passed over: a rep who moved to another one cannot even open the client.

        :return: {enrolment id: user}, the user empty where nobody is found
        """
        first = {}
        for enrollment in self:
            lead, partner = enrollment.lead_id, enrollment.partner_id
            first[enrollment.id] = lead.user_id or partner.user_id or partner.commercial_partner_id.user_id
        reps = self.env["res.users"].union(*first.values())
        absent = self.env["touch.facts"]._absent_users(reps)
        # asked once for each who is not there
        substitutes = {rep: rep._touch_substitute() for rep in reps if rep in absent or not rep.active}
        result = {}
        for enrollment in self:
            rep = first[enrollment.id]
            substitute = substitutes.get(rep, rep)
            candidates = [rep if rep not in absent else substitute, substitute if not rep.active else rep]
            candidates += [enrollment.lead_id.team_id.user_id, rep.sale_team_id.user_id, enrollment.cadence_id.user_id]
            company = enrollment.company_id
            result[enrollment.id] = next(
                (user for user in candidates if user and user.active and not user.share and company in user.company_ids), rep.browse()
            )
        return result
