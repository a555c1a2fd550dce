from odoo import api, models, tools
from odoo.tools import SQL

from .rooms import shared

ABSENT = "touch_presence_absent"


class NothingThere(Exception):
    """Nothing to remember: a *no* must not be kept by the process."""


class TouchPresence(models.AbstractModel):
    """Whether this database has anything of ours yet. What hooks into Odoo's own writes asks this first, so that a database in which nobody
    was ever enrolled or touched pays hardly anything for them.

    * A *yes* is remembered by the process: it never becomes wrong in a way that hurts (tables that are empty again cost a query).
    * A *no* is remembered by the transaction alone. Its snapshot does not change; another transaction's first rows are seen by the next.
      A process must not remember it: while the first rows are not committed, any other thread would read, and keep, the old answer.
    """

    _name = "touch.presence"
    _description = "Touch Presence"

    @shared
    @api.model
    def _in_use(self):
        """:return: whether there is anything to look after: somebody was enrolled or touched"""
        return self._has_rows("touch_enrollment", "touch_touch")

    @shared
    @api.model
    def _has_rows(self, *tables):
        """:param tables: names of tables of ours
        :return: whether one of them has a row, of whatever user and company"""
        absent = self.env.cr.cache.setdefault(ABSENT, set())
        if tables in absent:
            return False
        try:
            return self._seen_rows(tables)
        except NothingThere:
            absent.add(tables)
            return False

    @api.model
    @tools.ormcache("tables")
    def _seen_rows(self, tables):
        # only whether there is a row, of anyone: nothing of it is read
        found = SQL(" OR ").join(SQL("EXISTS (SELECT 1 FROM %s)", SQL.identifier(table)) for table in tables)
        # SQL: names of our own tables
        [[any_row]] = self.env.execute_query(SQL("SELECT %s", found))
        if not any_row:
            raise NothingThere()
        return True

    @shared
    @api.model
    def _rows_made(self):
        """This transaction made rows: its *no* does not hold any more."""
        self.env.cr.cache.pop(ABSENT, None)
