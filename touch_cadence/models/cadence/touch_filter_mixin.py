import logging

from markupsafe import Markup
from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from ..background.touch_background import TRANSACTION_OVER
from ..base.arguments import takes
from ..base.names import MANAGER
from ..base.rooms import shared

_logger = logging.getLogger(__name__)

# what the server keeps about a filter; nobody writes it by hand
KEPT_FIELDS = ("domain_user_id", "problem_data", "problem_date")


class FilterProblem(Exception):
    """A filter that cannot be used. ``why`` says it in codes of ``touch.words``."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why


class TouchFilterMixin(models.AbstractModel):
    """A filter in ``domain`` that a user wrote. It is checked and runs with the rights of its last author.

    * The server remembers the author. If the author loses rights later, this counts from then on; an archived user has no rights.
    * A filter may name only fields that its writer may read, anywhere in a path. Records that the writer may not read never match.
    * A filter that cannot be used harms nothing else: the record shows its sentence and date, its manager is told once, and it is used
      again as soon as it is saved again or the night finds it correct.
    """

    _name = "touch.filter.mixin"
    _inherit = ["touch.company.mixin"]
    _description = "Filter Written by a User"

    domain_user_id = fields.Many2one(
        "res.users", string="Filter Written by", groups=MANAGER, readonly=True, copy=False, ondelete="set null"
    )
    problem_data = fields.Json(groups=MANAGER, readonly=True, copy=False)
    problem = fields.Char(compute="_compute_problem", groups=MANAGER)
    problem_date = fields.Datetime(string="Problem since", groups=MANAGER, readonly=True, copy=False)

    @api.depends("problem_data")
    @api.depends_context("lang")
    def _compute_problem(self):
        for record in self:
            record.problem = self.env["touch.words"]._say(record.problem_data)

    @api.constrains(lambda self: self._filter_fields())
    def _check_filter(self):
        for record in self.filtered("domain"):
            problem = record._filter_problem()
            if problem:
                raise record._filter_error(self.env["touch.words"]._say(problem))

    # --------------------------------------------------------------
    # What a model says of its filter
    # --------------------------------------------------------------

    @api.model
    def _filter_fields(self):
        """:return: names of the fields that make the filter: who writes one of them is its writer"""
        return ("domain",)

    @api.model
    def _kept_fields(self):
        return (*super()._kept_fields(), *KEPT_FIELDS)

    def _filter_model(self):
        """:return: name of the model that the filter searches"""
        raise NotImplementedError

    def _filter_error(self, problem):
        """:param problem: a sentence
        :return: the error for who saves this filter"""
        raise NotImplementedError

    def _problem_subject(self):
        """:return: subject of the message that tells the manager of a problem"""
        raise NotImplementedError

    def _problem_effect(self):
        """:return: code of the sentence that says what does not happen until the filter is right"""
        raise NotImplementedError

    # --------------------------------------------------------------
    # CRUD
    # --------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_kept(*vals_list)
        # also where the filter is empty, and over what the context proposes
        kept = {} if self.env.su else dict.fromkeys(self._kept_fields(), False)
        kept |= {"domain_user_id": self.env.uid, "problem_data": False, "problem_date": False}
        return super().create([{**vals, **kept} for vals in vals_list])

    def write(self, vals):
        self._check_kept(vals)
        if any(name in vals for name in self._filter_fields()):
            vals = {**vals, "domain_user_id": self.env.uid, "problem_data": False, "problem_date": False}
        return super().write(vals)

    @takes()
    def action_adopt_filter(self):
        """Become the author of the unchanged filter: from now on it runs with the user's own rights.

        :raise UserError: if the user may not use the filter, with the reason
        """
        for record in self:
            record.write({"domain": record.domain})
        return True

    def _check_kept(self, *vals_list):
        if self.env.su:  # the server itself
            return
        for name in self._kept_fields():
            if any(name in vals for vals in vals_list):
                raise AccessError(
                    self.env._("“%(field)s” is kept by the server: it cannot be written by hand.", field=self._fields[name].string)
                )

    # --------------------------------------------------------------
    # Running a filter
    # --------------------------------------------------------------

    def _filter_env(self, company=None):
        """The environment in which the filter runs: its writer's rights as they are now, in all of the writer's companies.

        :param company: goes first, where it is one of them
        :raise FilterProblem: where nobody stands behind the filter any more
        """
        writer = self.sudo().domain_user_id  # sudo: kept by the server, whoever asks
        if not writer:
            raise FilterProblem([("filter_nobody", {})])
        companies = writer.company_ids
        if company and company in companies:
            companies = company | companies
        context = {"allowed_company_ids": companies.ids, "lang": writer.lang, "tz": writer.tz}
        # OdooBot, who wrote what came with an addon, is always archived and has all rights
        env = self.env(user=writer.id, su=False, context=context)
        if writer.id == SUPERUSER_ID:
            return env
        if not writer.active:
            raise FilterProblem([("filter_archived", {"user": writer.name})])
        if not self.with_env(env).has_access("write"):
            raise FilterProblem([("filter_rights", {"user": writer.name})])
        return env

    def _filter_search(self, company=None, also=Domain.TRUE, **search):
        """Search by the filter, with its writer's rights.

        :param also: a condition more, of ours
        :param search: ``order`` and ``limit``
        :return: the records, in the writer's environment
        :raise FilterProblem: for a filter that cannot be used
        """
        self.ensure_one()
        self.env.flush_all()  # what is wrong with what was written before is no fault of the filter
        try:
            with self.env.cr.savepoint():
                env = self._filter_env(company)
                return env[self._filter_model()].search(self._filter_domain(env) & also, **search)
        except (FilterProblem, *TRANSACTION_OVER):
            raise
        except Exception as error:
            raise FilterProblem([("filter_broken", {"error": str(error)})]) from error

    def _filter_domain(self, env):
        """:param env: the writer's environment
        :return: the filter, of fields that its writer may read"""
        domain = Domain(safe_eval(self.domain or "[]", {"uid": env.uid}))
        self._check_readable(env[self._filter_model()], domain)
        return domain

    @api.model
    def _check_readable(self, model, domain):
        """Odoo's search refuses closed fields, too; here each part of each path is looked at, and named.

        :param model: in the writer's environment
        :raise FilterProblem: for a field that is unknown, cannot be searched, or is closed to the writer
        """
        for condition in domain.iter_conditions():
            name, _dot, rest = condition.field_expr.partition(".")
            said = {"field": name, "model": model._description, "user": model.env.user.name}
            field = model._fields.get(name)
            if field is None:
                raise FilterProblem([("filter_unknown", said)])
            said["field"] = f"{field._description_string(model.env)} ({name})"
            if not model._has_field_access(field, "read"):
                raise FilterProblem([("filter_field", said)])
            if not field._description_searchable:
                raise FilterProblem([("filter_unsearchable", said)])
            inner = None
            if field.relational and rest:
                inner = Domain(rest, condition.operator, condition.value)
            elif field.relational and condition.operator in ("any", "not any"):
                inner = Domain(condition.value)
            if inner is not None:
                comodel = model.env[field.comodel_name]
                if not comodel.has_access("read"):
                    raise FilterProblem([("filter_model", {**said, "model": comodel._description})])
                self._check_readable(comodel, inner)

    # --------------------------------------------------------------
    # What is wrong with a filter
    # --------------------------------------------------------------

    def _filter_problem(self):
        """:return: why the filter cannot be used, in codes; None for one that can"""
        self.ensure_one()
        try:
            self._filter_search(self.company_id or self.env.company, limit=1)
        except FilterProblem as problem:
            return problem.why
        return None

    def _note_problem(self, why):
        """Say on the record what is wrong with its filter, and tell its manager, once. Nothing is kept where nothing may be written.

        :param why: in codes
        """
        if self.env.cr.readonly:
            return
        kept = self.sudo()  # sudo: whoever met the problem, the record keeps it
        known, data = bool(kept.problem_date), self.env["touch.words"]._store(why)
        if kept.problem_data != data:
            kept.write({"problem_data": data, "problem_date": kept.problem_date or fields.Datetime.now()})
        if not known:
            _logger.warning("%s %s (%s): %s", self._name, self.id, self.name, why)
            kept._tell_problem()

    def _clear_problem(self):
        kept = self.sudo().filtered("problem_date")  # sudo: as in _note_problem
        kept.write({"problem_data": False, "problem_date": False})

    def _tell_problem(self):
        """One message to who wrote the filter; to the sales managers of the company where that person may not put it right any more."""
        writer = self.domain_user_id
        may = writer.active and not writer.share and self.with_user(writer).has_access("write")
        managers = self.env.ref(MANAGER).all_user_ids.filtered(
            lambda user: user.active and not user.share and (not self.company_id or self.company_id in user.company_ids)
        )
        for user in writer if may else managers:
            local = self.with_user(SUPERUSER_ID).with_context(lang=user.lang)
            local.env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=local._problem_subject(),
                body=Markup("<p>%s</p>") % local.env["touch.words"]._say(local.problem_data),
                model=self._name,
                res_id=self.id,
            )

    @shared
    @api.model
    def _retry_problems(self):
        """Look again at filters that could not be used: rights and fields may be back."""
        for record in self.search([("problem_date", "!=", False), ("domain", "!=", False)]):
            problem = record._filter_problem()
            if problem:
                record._note_problem([*problem, (record._problem_effect(), {})])
            else:
                record._clear_problem()
