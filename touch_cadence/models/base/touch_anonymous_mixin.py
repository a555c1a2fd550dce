from odoo import api, models
from odoo.exceptions import UserError

from .rooms import shared


class TouchAnonymousMixin(models.AbstractModel):
    """Records about a client that the reports count. Deleting one removes its client and its texts; the record stays.

    A model says in :meth:`_is_known` which records still name somebody, and in :meth:`_anonymise` how they become anonymous.
    """

    _name = "touch.anonymous.mixin"
    _description = "Records That Become Anonymous"

    @api.model
    def _is_known(self):
        """:return: domain of the rows that tell of a client"""
        raise NotImplementedError

    @shared
    def _anonymise(self):
        """Take away whose these rows are and every word that was written on them; what is counted stays. The caller has all rights."""
        raise NotImplementedError

    def _check_tells(self):
        """:raise UserError: for a row that says no more whose it was, where the client is asked for"""
        # sudo: only whether the row says whose it is
        if not self.sudo().filtered_domain(self._is_known()):
            raise UserError(self.env._("This record is anonymous: it can no longer belong to anybody."))

    def unlink(self):
        """A user's deletion makes the records anonymous and adds one line to the log.

        :raise UserError: if all of them are already anonymous
        """
        self.check_access("unlink")
        # sudo: who may delete the row may have it anonymous; its activity and run may be a colleague's
        known = self.sudo().filtered_domain(self._is_known())
        self._check_known(known)
        known._anonymise()
        if known:
            self.env["touch.privacy.log"]._write_line("delete", rows=len(known))
        return super(TouchAnonymousMixin, self.browse()).unlink()

    def _check_known(self, known):
        if self and not known:
            raise UserError(self.env._("These records are already anonymous. They name nobody, and the reports count them."))
