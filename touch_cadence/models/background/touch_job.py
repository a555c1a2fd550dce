import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ...method.breaker import Breaker
from ..base.arguments import takes
from ..base.rooms import shared
from .touch_background import TRANSACTION_OVER

_logger = logging.getLogger(__name__)

# records that are done and committed together
BATCH = 1000
# days for which work that is over is kept
KEEP_DAYS = 60

PENDING = ("waiting", "running")


# more than so many are not done while a request waits: a preview looks at the first of them, the work goes to the background
AT_ONCE = 1000


class TouchJob(models.Model):
    """A wizard's work on more clients than a request can wait for: in batches, as the user who asked and with that user's rights.

    * A batch is one commit and includes the position. If a run is killed, the next run continues there, and nothing is done twice.
    * A failing batch is halved until the failing record is alone. This record is listed with its error; the others are done.
    * Jobs take turns, so that a short one does not wait for a long one.
    """

    _name = "touch.job"
    _inherit = ["touch.guarded.mixin"]
    _description = "Background Work"
    _order = "id desc"

    name = fields.Char(string="Job", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Requested by", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("running", "Running"), ("done", "Done"), ("cancelled", "Cancelled"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="waiting",
    )
    wizard = fields.Char(required=True, readonly=True)
    wizard_values = fields.Json(required=True, readonly=True)
    wizard_context = fields.Json(required=True, readonly=True)
    model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True, prefetch=False)
    total = fields.Integer(string="Selected", readonly=True)
    position = fields.Integer(string="Processed", readonly=True)
    left_out_count = fields.Integer(string="Left out", readonly=True)
    done_count = fields.Integer(string="Done", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")
    error = fields.Text(readonly=True)
    date_end = fields.Datetime(string="End", readonly=True)
    left_out_ids = fields.One2many("touch.job.left.out", "job_id")
    attachment_ids = fields.Many2many("ir.attachment", string="Files", compute="_compute_attachment_ids")

    _pending_idx = models.Index("(id) WHERE state IN ('waiting', 'running')")

    @api.depends("total", "position", "left_out_count")
    def _compute_progress(self):
        for job in self:
            job.done_count = job.position - job.left_out_count
            job.progress = 100 * job.position / job.total if job.total else 100

    def _compute_attachment_ids(self):
        files = self.env["ir.attachment"].search([("res_model", "=", self._name), ("res_id", "in", self.ids)], order="id").grouped("res_id")
        for job in self:
            job.attachment_ids = files.get(job.id)

    @shared
    @api.model
    def _begin(self, wizard, records):
        """Leave to the background what ``wizard`` would do to ``records``.

        :return: the job
        :raise UserError: where the scheduled action that does the work was deleted
        """
        cron = self.sudo().env.ref("touch_cadence.ir_cron_work", raise_if_not_found=False)  # sudo: waking the cron needs no right
        if not cron:
            raise UserError(
                self.env._(
                    "This many records are processed in the background, but the scheduled action for it was deleted. Select fewer, or "
                    "ask the administrator to create it again: model “Background Work”, code “model._cron_work()”."
                )
            )
        # sudo: who may open the wizard may have its work done, but nobody writes jobs by hand: they run as the user whom they name
        job = self.sudo().create(
            {
                "name": wizard._title(),
                "user_id": self.env.uid,
                "company_id": self.env.company.id,
                "wizard": wizard._name,
                "wizard_values": wizard._own_values(),
                "wizard_context": {"lang": self.env.lang, "tz": self.env.context.get("tz"), "allowed_company_ids": self.env.companies.ids},
                "model": records._name,
                "res_ids": records.ids,
                "total": len(records),
            }
        )
        cron._trigger()
        return job

    @takes()
    def action_cancel(self):
        """Cancel the remaining work. What is done stays done.

        :raise UserError: if the work is over
        """
        self.check_access("read")
        if any(job.state not in PENDING for job in self):
            raise UserError(self.env._("This work is already over."))
        # sudo: of whom the job is, or a manager
        self.sudo().write({"state": "cancelled", "date_end": fields.Datetime.now()})
        return True

    # --------------------------------------------------------------
    # Cron
    # --------------------------------------------------------------

    @api.model
    def _cron_work(self):
        self.env["touch.background"]._run_batches(self._work_next)

    def _work_next(self):
        """Do one batch of the job that waits for longest.

        :return: how many clients were looked at; 0 when no job is left
        """
        job = self.search([("state", "in", PENDING)], order="write_date, id", limit=100).try_lock_for_update(limit=1)
        return job._work() if job else 0

    def _work(self):
        batch = self.res_ids[self.position : self.position + BATCH]
        try:
            with self.env.cr.savepoint():
                left_out = self._work_on(batch)
        except TRANSACTION_OVER:
            raise
        except Exception as error:
            _logger.warning("touch job %s failed", self.id, exc_info=error)
            self.env.invalidate_all()
            self._end("failed", str(error))
            return 1
        self.env["touch.job.left.out"].create([{"job_id": self.id, **row} for row in left_out])
        self.write({"state": "running", "position": self.position + len(batch), "left_out_count": self.left_out_count + len(left_out)})
        if self.position >= self.total:
            self._end("done")
        return len(batch)

    def _work_on(self, ids):
        """:return: list of values of who was left out, and why"""
        if not self.user_id.active:
            raise UserError(self.env._("%(user)s is archived.", user=self.user_id.name))
        wizard = self.env[self.wizard].with_user(self.user_id).with_context(**self.wizard_context)
        wizard = wizard.create({**self.wizard_values, "model": self.model, "res_ids": ids})
        wizard._check()
        say = wizard.env["touch.words"]._say
        records = wizard._records()
        left, there = set(records.ids), set(self.env[self.model].browse(ids).exists().ids)
        why = {True: say([("closed", {})]), False: say([("removed", {})])}
        result = [(id_, False, why[id_ in there], False) for id_ in ids if id_ not in left]

        def act(some):
            left_out, fit = wizard._exclusion_reasons(some)
            late = (fit and wizard._act(fit)) or {}
            self._keep_files(wizard._files() if fit else ())
            self.env.flush_all()  # here, so that only what stands is counted
            result.extend((one.id, one.display_name, why, False) for one, why in left_out.items())
            result.extend((one.id, one.display_name, why, True) for one, why in late.items())

        def failed(one, error):
            _logger.warning("touch job %s failed for %s", self.id, one, exc_info=error)
            result.append((one.id, one.display_name, say([("failed", {"error": str(error)})]), True))

        self.env["touch.background"]._isolate_failures(records, act, failed, breaker=Breaker())
        return [dict(zip(("res_id", "name", "why", "failed"), row)) for row in result]

    def _keep_files(self, files):
        """:param files: list of (name, bytes) that came of a batch; whoever may see the job may have them, as long as it is kept"""
        vals = {"res_model": self._name, "res_id": self.id}
        self.env["ir.attachment"].create([{**vals, "name": f"{self.position + 1}-{name}", "raw": content} for name, content in files])

    def _end(self, state, error=False):
        self.write({"state": state, "error": error, "date_end": fields.Datetime.now()})
        env = self.with_context(lang=self.user_id.lang).env
        done, every, left = (formatLang(env, count, digits=0) for count in (self.done_count, self.total, self.left_out_count))
        message = (
            env._("It failed: %(error)s", error=error)
            if error
            else env._("Done for %(done)s of %(all)s, %(left)s left out.", done=done, all=every, left=left)
        )
        self.user_id._bus_send(
            "simple_notification", {"type": "danger" if error else "success", "title": self.name, "message": message, "sticky": True}
        )

    @api.autovacuum
    def _gc_over(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("state", "not in", PENDING), ("date_end", "<", limit)], limit=1000).unlink()
