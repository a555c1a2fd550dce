"""Checks of the arguments that public methods get from outside.

Public methods are called by browsers and other programs, with whatever these send. The decorator :func:`takes` declares the kind of each
argument. A wrong argument gives the caller a sentence, never an error deeper in our code::

    @takes(outcome=records("touch.outcome"), note=text())
    def done(self, outcome=None, note=None):

An argument may be left out, or be None or False, where the method has a default for it that is None or False.
"""

import functools
import inspect
import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from odoo import fields, models
from odoo.api import NewId
from odoo.exceptions import UserError

from ...method.plan import come_back
from .inside import told
from .touch_mark import door

# the largest id that the database can hold
LAST_ID = 2**31 - 1
# characters of a wrong value that are told
SHOWN = 60
EMPTY = (None, False)


def takes(**kinds):
    """Check the arguments of a public method, and the ids of the records that it is called on. Marks are decided when the outermost public
    method returns (:func:`touch_mark.door`).

    :param kinds: {argument: what it is, one of the functions below}; others are passed on as they are
    """

    def decorate(method):
        signature = inspect.signature(method)
        unknown = set(kinds) - set(signature.parameters)
        assert not unknown, f"{method.__qualname__} has no argument {unknown}"

        @functools.wraps(method)
        def checked(self, *args, **kwargs):
            check_ids(self)
            try:
                bound = signature.bind(self, *args, **kwargs)
            except TypeError as error:
                text = self.env._("“%(method)s” was called wrongly: %(error)s.", method=method.__name__, error=error)
                raise UserError(text) from error
            for name, kind in kinds.items():
                if name in bound.arguments and not _is_left_out(signature.parameters[name], bound.arguments[name]):
                    bound.arguments[name] = kind(self.env, name, bound.arguments[name])
            with door(self.env):
                return method(*bound.args, **bound.kwargs)

        return checked

    return decorate


def _is_left_out(parameter, value):
    return any(value is empty for empty in EMPTY) and any(parameter.default is empty for empty in EMPTY)


def check_ids(records):
    """:raise UserError: if the caller did not name the records by ids, or the model has no records"""
    if records._abstract and records._ids:
        raise UserError(records.env._("“%(model)s” has no records of its own.", model=records._description))
    wrong = [id_ for id_ in records._ids if not (is_id(id_) or isinstance(id_, NewId))]
    if wrong:
        raise UserError(records.env._("Records are named by their ids, not by %(value)s.", value=shown(wrong[0])))


def shown(value):
    """:return: the beginning of a wrong value, to be shown in a sentence"""
    told = repr(value)
    return told if len(told) <= SHOWN else f"{told[:SHOWN]}…"


def is_id(value):
    """:return: whether the database can hold it as an id"""
    return type(value) is int and 0 < value <= LAST_ID


# --------------------------------------------------------------
# Kinds: functions of the environment, the argument's name and its value
# --------------------------------------------------------------


def records(model, single=True):
    """Records of a model, or their ids. Ids of deleted records are refused.

    :param single: one record at most
    """

    def kind(env, name, value):
        if isinstance(value, models.BaseModel):
            found = value if value._name == model else None
        else:
            ids = list(value) if isinstance(value, list | tuple) else [value]
            found = env[model].browse(ids).exists() if all(map(is_id, ids)) else None
            if found is not None and len(found) < len(set(ids)):
                raise UserError(env._("“%(name)s” names a record that was deleted: load the page again.", name=name))
        if found is None or (single and len(found) > 1):
            raise UserError(env._("“%(name)s” does not name a record: %(value)s.", name=name, value=shown(value)))
        return found

    return kind


def single():
    """One record, for the records that a method is called on: ``@takes(self=single())``."""

    def kind(env, name, value):
        if len(value) != 1:
            raise UserError(env._("This is done for one record at a time, not for %(count)s.", count=len(value)))
        return value

    return kind


def ids():
    """A list of ids, or one id. The method checks whether they exist. :return: a list without duplicates"""

    def kind(env, name, value):
        found = [value] if type(value) is int else value
        if not isinstance(found, list | tuple) or not all(map(is_id, found)):
            raise UserError(env._("“%(name)s” is not a list of ids: %(value)s.", name=name, value=shown(value)))
        return list(dict.fromkeys(found))

    return kind


def one_id():
    """The id of a record. The method checks whether it exists."""

    def kind(env, name, value):
        if not is_id(value):
            raise UserError(env._("“%(name)s” is not the id of a record: %(value)s.", name=name, value=shown(value)))
        return value

    return kind


def text():
    """A text. Characters with the code 0 are removed, because the database cannot store them."""

    def kind(env, name, value):
        if not isinstance(value, str):
            raise UserError(env._("“%(name)s” is not a text: %(value)s.", name=name, value=shown(value)))
        return value.replace("\0", "")

    return kind


def field_names():
    """A list of field names. The method checks whether they exist."""

    def kind(env, name, value):
        if not isinstance(value, list | tuple | set | frozenset) or not all(isinstance(one, str) for one in value):
            raise UserError(env._("“%(name)s” is not a list of names: %(value)s.", name=name, value=shown(value)))
        return list(value)

    return kind


def choice(*names):
    """One of some words."""

    def kind(env, name, value):
        if not isinstance(value, str) or value not in names:
            raise UserError(
                env._("“%(name)s” must be one of %(names)s, not %(value)s.", name=name, names=", ".join(names), value=shown(value))
            )
        return value

    return kind


def selected(model, field):
    """One of the choices of a selection field, also of those that another addon added."""

    def kind(env, name, value):
        return choice(*env[model]._fields[field].get_values(env))(env, name, value)

    return kind


def number(least=-math.inf, most=math.inf):
    """A finite number within bounds."""

    def kind(env, name, value):
        if type(value) not in (int, float) or not math.isfinite(value):
            raise UserError(env._("“%(name)s” is not a number: %(value)s.", name=name, value=shown(value)))
        if not least <= value <= most:
            raise UserError(
                env._(
                    "“%(name)s” must lie between %(least)s and %(most)s, not at %(value)s.", name=name, least=least, most=most, value=value
                )
            )
        return value

    return kind


def _today(env):
    """:return: the user's day; of what the desk sends later the day on which it was done: "tomorrow" was said then"""
    return fields.Date.context_today(env["base"], told(env, "touch_date_done"))


def _within(env, name, value, of, past, ahead):
    today = _today(env)
    first = today - timedelta(days=past) if past is not None else date.min
    last = today + timedelta(days=ahead) if ahead is not None else date.max
    if not first <= of <= last:
        raise UserError(
            env._("“%(name)s” must lie between %(first)s and %(last)s, not on %(value)s.", name=name, first=first, last=last, value=value)
        )
    return value


def day(past=None, ahead=None):
    """A day, as a date or its ISO text.

    :param past, ahead: days before and after today within which it lies
    """

    def kind(env, name, value):
        try:
            found = fields.Date.to_date(value) if isinstance(value, str | date) else None
        except ValueError:
            found = None
        if not found:
            raise UserError(env._("“%(name)s” is not a day: %(value)s.", name=name, value=shown(value)))
        return _within(env, name, found, found, past, ahead)

    return kind


def day_or_month(past=None, ahead=None):
    """A day as :func:`day`, or a month as "2027-03": the day from which it is meant (:func:`come_back.day_of`)."""

    def kind(env, name, value):
        if isinstance(value, str) and (found := come_back.day_of(value, _today(env))):
            value = found
        return day(past, ahead)(env, name, value)

    return kind


def moment(past=None, ahead=None):
    """A moment in UTC, as a datetime or its ISO text.

    :param past, ahead: days before and after today within which it lies
    """

    def kind(env, name, value):
        try:
            found = fields.Datetime.to_datetime(value) if isinstance(value, str | date) else None
        except ValueError:
            found = None
        if not found or (isinstance(found, datetime) and found.tzinfo):
            raise UserError(env._("“%(name)s” is not a date and time: %(value)s.", name=name, value=shown(value)))
        return _within(env, name, found, found.date(), past, ahead)

    return kind


def values(**kinds):
    """A dict. The values of its keys are checked if they are given and not empty.

    :param kinds: {key: what it holds}; other keys are passed on
    """

    def kind(env, name, value):
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise UserError(env._("“%(name)s” is not a set of values: %(value)s.", name=name, value=shown(value)))
        known = {key: of(env, key, value[key]) for key, of in kinds.items() if not any(value.get(key) is empty for empty in EMPTY)}
        return {**value, **known}

    return kind
