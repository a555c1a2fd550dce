"""What the scripts in ``migrations`` share. Data records carry ``forcecreate="0"``: an update makes none, so that what a manager deleted stays
deleted. A record that is new in a version is therefore made by that version's migration, from the same data file, by :func:`load`."""

import json
import re

from lxml import etree
from odoo.modules.module import Manifest
from odoo.tools import convert, file_open

ADDON = "touch_cadence"
REMEMBERED = "touch_cadence.upgrade"
# a reference in an expression, as lists of records have them
_REF = re.compile(r"ref\('([^']+)'\)(,\s*)?")


def lacks(cr, table, column="id"):
    """:return: whether the database is older than what came with ``column`` of ``table``; before the update only"""
    # SQL: called by scripts of an update only, with names of their own
    cr.execute("SELECT 1 FROM information_schema.columns WHERE table_name = %s AND column_name = %s", [table, column])
    return not cr.fetchone()


def remember(cr, facts):
    """Keep what the database was like before the update, for the scripts that run after it."""
    # SQL: called by scripts of an update only
    cr.execute(
        "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
        [REMEMBERED, json.dumps(facts)],
    )


def recall(env):
    """:return: what :func:`remember` kept, an empty dict where it never ran"""
    return json.loads(env["ir.config_parameter"].get_param(REMEMBERED, "{}"))


def forget(env):
    env["ir.config_parameter"].search([("key", "=", REMEMBERED)]).unlink()


def records():
    """:return: {name: element} of all records in the addon's data files, in the order in which they are loaded"""
    found = {}
    for path in Manifest.for_addon(ADDON)["data"]:
        if path.endswith(".xml"):
            with file_open(f"{ADDON}/{path}", "rb") as file:
                found.update((record.get("id"), record) for record in etree.parse(file).getroot().iter("record") if record.get("id"))
    return found


def _is_known(env, name):
    return bool(env.ref(name if "." in name else f"{ADDON}.{name}", raise_if_not_found=False))


def load(env, wanted):
    """Make records as a new database has them, or write some of their fields.

    :param wanted: {name: None or names of fields}. None makes the record where it is not there; fields are written where it is. A reference
        to what was deleted is left out, also from a list; where it is required, the record is.
    """
    known = records()
    root = etree.Element("odoo", noupdate="1")
    coming = set()
    for name in sorted(wanted, key=list(known).index):
        there = bool(env.ref(f"{ADDON}.{name}", raise_if_not_found=False))
        names = wanted[name]
        if there == (names is None):
            continue
        record = etree.fromstring(etree.tostring(known[name], with_tail=False))
        fields = env[record.get("model")]._fields
        complete = True
        for field in record.findall("field"):
            if names is not None and field.get("name") not in names:
                record.remove(field)
                continue
            if field.get("eval"):
                field.set(
                    "eval", _REF.sub(lambda found: found[0] if found[1] in coming or _is_known(env, found[1]) else "", field.get("eval"))
                )
            ref = field.get("ref")
            if ref and ref not in coming and not _is_known(env, ref):
                record.remove(field)
                complete &= not fields[field.get("name")].required
        if complete:
            coming.add(name)
            root.append(record)
    convert.xml_import(env, ADDON, {}, "init", noupdate=True).parse(root)


def as_delivered(env, name, *fields):
    """:return: whether a record is there and ``fields`` hold what its data file says, spaces and markup apart; in the source language"""
    record = env.ref(f"{ADDON}.{name}", raise_if_not_found=False)
    element = records()[name]

    def words(text):
        return "".join(etree.HTML(f"<p>{text}</p>").itertext()).split()

    def delivered(field):
        return " ".join(element.find(f"field[@name='{field}']").itertext())

    return bool(record) and all(words(record.with_context(lang="en_US")[field] or "") == words(delivered(field)) for field in fields)
