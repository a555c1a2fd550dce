"""Dataclasses as plain JSON, and back, by the types that their fields declare.

A new field needs nothing here: an old recording is read with the field's default. A field that gets another name needs a line in
:data:`FIELDS`, a decision that gets another name one in :data:`CLASSES`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date, datetime, timezone, tzinfo
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from ..plan.channels import BUILT_IN, Channel, Channels
from ..plan.facts import Cadence, Reason
from ..plan.workdays import Workdays
from ..plan.zones import known, zone

# {class, as it is called now: {old name of a field: its name now, None for one that is gone}}
FIELDS: Mapping[str, Mapping[str, str | None]] = {
    "History": {"channel_score": None, "last_reached": "last_counted"},
    "Facts": {"expert_day": None},
}
# {old name of a class: its name now}
CLASSES: Mapping[str, str] = {}
# Values that many clients have in common, and that are long: each is written once, and named by its number. What holds others comes after them.
SHARED: tuple[tuple[str, Any], ...] = (
    ("workdays", Workdays),
    ("cadence", Cadence),
    ("reason", Reason),
    ("reasons", tuple[Reason, ...]),
    ("holidays", Mapping[date, str]),
    ("channels", Channels),
)
SHARED_AS: Mapping[Any, str] = {kind: name for name, kind in SHARED}
NOT_KNOWN = "A recording cannot hold a value of type {kind}: teach it to Encoder and Decoder in method/replay/plain.py."
# the clock that needs no table of time zones
UTC = "utc"
# Types by their names, as they are now: whoever stops the clock for tests puts others into modules meanwhile.
NAMES: dict[str, Any] = {"date": date, "datetime": datetime}


class Unreadable(ValueError):
    """A recording that this version of the method cannot read; says what and why."""


@cache
def kinds(cls: Any) -> Mapping[str, Any]:
    """:return: {field of a dataclass: its type}"""
    own = get_type_hints(cls, localns=NAMES)
    return {each.name: own[each.name] for each in fields(cls)}


@cache
def inner(kind: Any) -> Any:
    """:return: a type without the None that it also allows; a union when more than one type is left"""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    left = tuple(each for each in get_args(kind) if each is not NoneType)
    return left[0] if len(left) == 1 else Union[left]  # noqa: UP007 - made of a tuple


class Shape(NamedTuple):
    """What a declared type says of its values. ``leaf``: how a value that holds no others is written; ``shared``: the name of a kind that is
    shared; ``origin`` and ``args``: of a container or a union."""

    kind: Any
    leaf: Leaf | None
    shared: str | None
    origin: Any
    args: tuple[Any, ...]


@cache
def shape(kind: Any) -> Shape:
    kind = inner(kind)
    origin = get_origin(kind)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        origin = Mapping
    return Shape(kind, LEAVES.get(kind), SHARED_AS.get(kind), origin, get_args(kind))


def as_text(plain: Any) -> str:
    """:return: JSON on one line, the same text for the same value"""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def default_of(each: Field[Any]) -> Any:
    """:return: what the field of a dataclass is when nobody says it; MISSING where it must be said"""
    return each.default_factory() if each.default_factory is not MISSING else each.default


class Encoder:
    """Writes values as plain JSON. ``shared``: {name of a kind that is shared: {text of a value: its number}}; ``defaults``: the defaults
    of the classes that were written, which are left out of the values."""

    def __init__(self) -> None:
        self.shared: dict[str, dict[str, int]] = {name: {} for name, _kind in SHARED}
        self.defaults: dict[str, dict[str, Any]] = {}

    def encode(self, value: Any, kind: Any) -> Any:
        """:param kind: the declared type of ``value``"""
        name = shape(kind).shared
        if value is None or name is None:
            return self.encode_whole(value, kind)
        numbers = self.shared[name]
        return numbers.setdefault(as_text(self.encode_whole(value, kind)), len(numbers))

    def encode_whole(self, value: Any, kind: Any) -> Any:
        """:return: the value itself, also where it is a shared one
        :raise TypeError: for a type that recordings do not know"""
        kind, leaf, _shared, origin, args = shape(kind)
        if value is None:
            return None
        if leaf:
            return leaf.write(value)
        if origin is Union:
            return {"kind": type(value).__name__, **self._encode_fields(value)}
        if origin is frozenset:
            return sorted(self.encode(each, args[0]) for each in value)
        if origin is tuple:
            return [self.encode(each, its) for each, its in zip(value, each_of(args, len(value)))]
        if origin is Mapping:
            return [[self.encode(one, args[0]), self.encode(other, args[1])] for one, other in sorted(value.items())]
        if is_dataclass(kind):
            return self._encode_fields(value)
        raise TypeError(NOT_KNOWN.format(kind=kind))

    def _encode_fields(self, value: Any) -> dict[str, Any]:
        cls: Any = type(value)
        if cls.__name__ not in self.defaults:
            said = {each.name: default_of(each) for each in fields(cls)}
            self.defaults[cls.__name__] = {}  # a class may hold others of its own kind
            self.defaults[cls.__name__] |= {
                name: self.encode_whole(default, kinds(cls)[name]) for name, default in said.items() if default is not MISSING
            }
        result = {}
        for each in fields(cls):
            its, default = getattr(value, each.name), default_of(each)
            if default is MISSING or its != default:
                result[each.name] = self.encode(its, kinds(cls)[each.name])
        return result


class Decoder:
    """Reads what :class:`Encoder` wrote, perhaps long ago. ``shared`` and ``defaults``: as they were written."""

    def __init__(self, defaults: Mapping[str, Mapping[str, Any]]) -> None:
        self.shared: dict[str, list[Any]] = {name: [] for name, _kind in SHARED}
        self._written = {CLASSES.get(name, name): values for name, values in defaults.items()}
        self._defaults: dict[type, dict[str, Any]] = {}

    def share(self, name: str, plain: Any) -> None:
        """Take the next value of a kind that is shared."""
        self.shared[name].append(self.decode_whole(plain, dict(SHARED)[name]))

    def decode(self, plain: Any, kind: Any) -> Any:
        """:param kind: the declared type
        :raise Unreadable: for what this version of the method does not know"""
        its = shape(kind)
        if its.shared and type(plain) is int:
            return self.shared[its.shared][plain]
        if its.leaf and plain is not None:  # most values by far
            return its.leaf.read(plain)
        return self.decode_whole(plain, kind)

    def decode_whole(self, plain: Any, kind: Any) -> Any:
        """:param plain: the value itself, also where it is a shared one"""
        kind, leaf, shared, origin, args = shape(kind)
        if plain is None:
            return None
        if leaf:
            return leaf.read(plain)
        if origin is Union:
            return self._decode_one_of(plain, args)
        if origin is frozenset:
            return frozenset(self.decode(each, args[0]) for each in plain)
        if origin is tuple:
            return tuple(self.decode(each, its) for each, its in zip(plain, each_of(args, len(plain))))
        if origin is Mapping:
            found = {self.decode(one, args[0]): self.decode(other, args[1]) for one, other in plain}
            return {code: _by_its_rule(one) for code, one in found.items()} if shared == "channels" else found
        if is_dataclass(kind):
            return self._decode_fields(plain, kind)
        raise TypeError(NOT_KNOWN.format(kind=kind))

    def _decode_one_of(self, plain: Mapping[str, Any], classes: tuple[Any, ...]) -> Any:
        name = CLASSES.get(plain["kind"], plain["kind"])
        for cls in classes:
            if cls.__name__ == name:
                return self._decode_fields({field: value for field, value in plain.items() if field != "kind"}, cls)
        raise Unreadable(
            f"There is no “{name}” among {', '.join(cls.__name__ for cls in classes)}: it was renamed, or comes from a newer version."
        )

    def _decode_fields(self, plain: Mapping[str, Any], cls: Any) -> Any:
        if cls not in self._defaults:
            self._defaults[cls] = {}  # a class may hold others of its own kind
            self._defaults[cls] |= self._by_name(self._written.get(cls.__name__, {}), cls)
        values = {**self._defaults[cls], **self._by_name(plain, cls)}
        try:
            return cls(**values)
        except TypeError as error:
            raise Unreadable(f"{cls.__name__}: {error}. A field that is new needs a default.") from error

    def _by_name(self, plain: Mapping[str, Any], cls: Any) -> dict[str, Any]:
        own, renamed = kinds(cls), FIELDS.get(cls.__name__, {})
        result = {}
        for name, value in plain.items():
            now = renamed.get(name, name)
            if now is None:
                continue
            if now not in own:
                raise Unreadable(
                    f"{cls.__name__} has no field “{now}”: it was renamed (then it belongs into FIELDS of {__name__}), or comes from a newer version."
                )
            result[now] = self.decode(value, own[now])
        return result


def _by_its_rule(one: Channel) -> Channel:
    """:return: the channel; what one of the house is, is a rule and no fact, but for the settings of the company"""
    known = BUILT_IN.get(one.code)
    return replace(known, retry_hours=one.retry_hours, retry_days=one.retry_days) if known else one


def each_of(args: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """:return: the types of the values of a tuple, one a value"""
    return args[:1] * count if args[-1] is Ellipsis else args


def _write_any(value: Any) -> Any:
    """A value of a why: what it is follows from its code alone, so a date says that it is one."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return {"date": value.isoformat()}
    if isinstance(value, list | tuple):
        return [_write_any(each) for each in value]
    raise TypeError(f"A recording cannot hold {value!r} in a why: dates, numbers, texts and lists of them can be.")


def _read_any(plain: Any) -> Any:
    if isinstance(plain, dict):
        return date.fromisoformat(plain["date"])
    return tuple(map(_read_any, plain)) if isinstance(plain, list) else plain


def _write_workdays(value: Workdays) -> Any:
    """The first day, then how many days in a row are worked, are off, are worked …: ``2026-03-02 5 2 5 2 3``"""
    words = [value.days[0].isoformat()] if value.days else []
    row = 1
    for one, other in pairwise(value.days):
        gap = (other - one).days - 1
        if gap:
            words += [str(row), str(gap)]
            row = 0
        row += 1
    days = " ".join([*words, str(row)] if words else [])
    shares = [[day.isoformat(), share] for day, share in sorted(value.shares.items())]
    return [days, shares] if shares else days


def _read_workdays(plain: Any) -> Workdays:
    text, shares = (plain, []) if isinstance(plain, str) else plain
    first, *rows = text.split() or [""]
    days: list[date] = []
    day = date.fromisoformat(first).toordinal() if first else 0
    for number, row in enumerate(map(int, rows)):
        if not number % 2:
            days += map(date.fromordinal, range(day, day + row))
        day += row
    return Workdays(days, {date.fromisoformat(day): share for day, share in shares})


def _write_zone(value: tzinfo) -> str:
    name = UTC if value is timezone.utc else getattr(value, "key", None)
    if not isinstance(name, str):
        raise TypeError(f"A recording knows time zones by their names, and {value!r} has none.")
    return name


def _read_zone(plain: str) -> tzinfo:
    if plain == UTC:
        return timezone.utc
    if known(plain) is None:
        raise Unreadable(f"This system does not know the time zone “{plain}”.")
    return zone(plain)


def _as_it_is(value: Any) -> Any:
    return value


def _write_moment(value: datetime) -> str:
    return value.astimezone(timezone.utc).isoformat()


class Leaf(NamedTuple):
    """How a value that holds no others is written and read."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


LEAVES: Mapping[Any, Leaf] = {
    **dict.fromkeys((bool, int, float, str), Leaf(_as_it_is, _as_it_is)),
    date: Leaf(date.isoformat, date.fromisoformat),
    datetime: Leaf(_write_moment, datetime.fromisoformat),
    tzinfo: Leaf(_write_zone, _read_zone),
    Workdays: Leaf(_write_workdays, _read_workdays),
    Any: Leaf(_write_any, _read_any),
}
