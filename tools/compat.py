"""What tools/test-compat asks of its databases and logs, and the page that it writes.

shape DATABASE: fields, columns, indexes, constraints, groups of fields, a line each, in order.
failing LOG: the tags of the tests that failed there. plant DATABASE, kept DATABASE: values in fields that others share with us.
report PAGE VERSION FOLDER OCA OWN TESTED: writes PAGE; exit status 1 when something is wrong because of us.
"""

import ast
import pathlib
import re
import sys
from collections import Counter

from ci_line import read
from db import connect

ROOT = pathlib.Path(__file__).parent.parent
LOGS = ROOT / ".workbench" / "logs"
ORDERS = {"ours_first": "ours first, then all of the others", "others_first": "all of the others first, then ours"}
SHAPE = """
    SELECT 'field ' || model || '.' || name || ' ' || ttype || ' ' || (field_description->>'en_US') FROM ir_model_fields
     UNION ALL SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                 FROM information_schema.columns WHERE table_schema = 'public'
     UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL SELECT 'constraint ' || conrelid::regclass || '.' || conname || ' ' || pg_get_constraintdef(oid)
                 FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION ALL SELECT 'groups ' || field.model || '.' || field.name || ' ' || string_agg(known.module || '.' || known.name, ',' ORDER BY known.name)
                 FROM ir_model_fields_group_rel rel
                 JOIN ir_model_fields field ON field.id = rel.field_id
                 JOIN ir_model_data known ON known.model = 'res.groups' AND known.res_id = rel.group_id
                GROUP BY field.model, field.name
"""
SHARED = "birthdate_date = '1980-05-05' AND employee_quantity = 12"


def shape(database):
    with connect(database).cursor() as cr:
        cr.execute(SHAPE)
        # ids differ by the order
        print("\n".join(sorted(re.sub(r"field_id = \d+", "field_id = …", line) for (line,) in cr.fetchall())))


def tag(logger, name):
    """:return: how Odoo's runner is told of a test, or of a class that could not be set up"""
    return f"/{logger.split('.')[2]}:{name}"


def failing(log):
    print(",".join(sorted({tag(*one) for one in read(log)[1]})))


def plant(database):
    with connect(database).cursor() as cr:
        cr.execute(f"UPDATE res_partner SET {SHARED.replace(' AND', ',')} WHERE id = (SELECT min(id) FROM res_partner) RETURNING id")
        print(cr.fetchone())


def kept(database):
    with connect(database).cursor() as cr:
        cr.execute(f"SELECT count(*) FROM res_partner WHERE {SHARED}")
        if cr.fetchone() != (1,):
            print("0 0 0 ERROR compat odoo.uninstall: birthday and number of staff are gone with us")
        cr.execute("SELECT count(*) FROM ir_model_data WHERE module LIKE 'touch\\_cadence%'")
        if cr.fetchone() != (0,):
            print("0 0 0 ERROR compat odoo.uninstall: records of ours are left")


def trouble(name):
    """:return: lines of a log that should not be there: errors, and warnings that name us"""
    if not (LOGS / f"{name}.log").exists():
        return ["not run in this go"]
    lines = (LOGS / f"{name}.log").read_text(errors="replace").splitlines()
    return [
        line.split(" ", 4)[-1]
        for line in lines
        if re.search(r" (ERROR|CRITICAL) ", line) or (re.search(r" WARNING ", line) and "touch_cadence" in line)
    ]


def code(names):
    return ", ".join(f"`{name}`" for name in names)


def figures(log):
    """:return: what came of the tests of a log in words, and whether all is well"""
    if not (LOGS / log).exists():
        return "not run in this go", False
    ran, bad, skipped, ended = read(LOGS / log)
    said = f"{len(ran - bad - set(skipped))} passed, {len(bad)} failed, {len(skipped)} skipped"
    if not ended:
        said += "; stopped before its end"
    return said, bool(ran) and not bad and not skipped and ended


def report(page, version, folder, oca, own, tested):
    oca, own, tested = oca.split(), own.split(), tested.split()
    wrong, rows = [], []

    def row(tried, result, well):
        rows.append(f"| {tried} | {result} |")
        if not well:
            wrong.append(f"{tried}: {result}")

    labels = 0
    for order, tried in ORDERS.items():
        found = trouble(f"compat_{order}")
        labels += sum("have the same label" in line for line in found)
        row(tried, "installed, nothing in the log" if not found else code(line[:150] for line in found[:3]), not found)
    shapes = [set((LOGS / f"compat_{order}.shape").read_text().splitlines()) for order in ORDERS]
    differ = sorted(shapes[0] ^ shapes[1])
    result = f"none, of {len(shapes[0])}" if not differ else f"{len(differ)}: {code(line[:100] for line in differ[:3])}"
    row("fields, columns, indexes, constraints that differ by the order", result, not differ)
    row("fields that Odoo says have the label of another, because of us", labels, not labels)
    ran, bad, skipped, ended = read(LOGS / "compat_others_beside_ours.log")
    again, without = (LOGS / f"compat_the_failing_{name}.log" for name in ("again", "without_ours"))
    if bad and again.exists():
        bad &= read(again)[1]  # a tour that ran out of time on a busy machine passes the second time
    alike = read(without)[1] & bad if bad and without.exists() else set()
    passed = ran - bad - set(skipped)
    said = f"{len(passed)} passed, {len(bad)} failed, {len(skipped)} skipped by themselves" + ("" if ended else "; stopped before its end")
    row("tests of the others, ours installed", said, passed and ended and bad == alike)
    row("of these, failed because of us", code(sorted(name for _logger, name in bad - alike)) or "none", bad == alike)
    for order, tried in ORDERS.items():
        row(f"our tests, {tried}", *figures(f"compat_ours_with_{order}.log"))
    found = trouble("compat_leave")
    said = "no error, and what fields shared with others hold stays" if not found else code(line[:150] for line in found[:3])
    row("ours taken out again, the others stay", said, not found)

    def counted(tests):
        return Counter(logger.split(".")[2] for logger, _name in tests)

    counts = [counted(tests) for tests in (passed, bad - alike, alike, skipped)]
    addons = [
        f"| `{addon}` | {release(folder, addon)} | {' | '.join(str(count[addon]) for count in counts) if addon in {*oca, *tested} else 'installed | | |'} |"
        for addon in [*oca, *own, *(addon for addon in tested if addon not in own)]
    ]
    lines = [
        "# Other addons beside ours",
        "",
        f"Made by `make test-compat` with {version}; not edited by hand. {code(ours())} were installed together with ten addons of the OCA that",
        "touch contacts, deals or activities, and with a list of Odoo's own, in both orders.",
        "",
        "| tried | result |",
        "| --- | --- |",
        *rows,
        "",
        "## Addon by addon",
        "",
        "Tests of the others that fail are tried a second time, and in a copy of the database without ours: what fails there, too, is not ours to",
        "mend. As others are tested beside one another, and not only beside us, some do.",
        "Of `test_mail` the tests of activities run. Addons without figures are installed, with all that they bring along; their own tests were not",
        "run: they are about records that we do not touch.",
        "",
        "| addon | version | passed | failed because of us | fails without us, too | skipped by itself |",
        "| --- | --- | --- | --- | --- | --- |",
        *addons,
        "",
    ]
    if alike:
        lines += ["Fail without us, too: " + code(sorted(name for _logger, name in alike)) + ".", ""]
    lines += [
        "## By name",
        "",
        "| beside | tried by |",
        "| --- | --- |",
        "| `mail_activity_team`: a touch whose activity is given to a team is still somebody's, on his desk; a team mate finishes it only where he may read the deal | `TestTeams` |",
        "| `hr`, `partner_employee_quantity`: no two fields with one label | `TestBeside`, and Odoo's own warning |",
        "| `partner_contact_birthdate`: the age is as closed as the birthday, and a contact opens for people outside sales | `TestBeside`, `TestGuards` |",
        "| `sale_crm`: a deal opens for an expert outside sales, who may see no sales order | `TestBeside`, `TestExperts` |",
        "| `sale_crm`, `privacy_lookup`: our bridges | the tests of `touch_cadence_sale` and `touch_cadence_privacy` |",
        "",
    ]
    pathlib.Path(page).write_text("\n".join(lines))
    print("\n".join(rows))
    for one in wrong:
        print(f"wrong: {one}")
    return 1 if wrong else 0


def ours():
    return sorted(path.parent.name for path in ROOT.glob("touch_cadence*/__manifest__.py"))


def release(folder, addon):
    """:return: the version of an addon of the OCA; Odoo's go with Odoo"""
    manifest = pathlib.Path(folder) / "odoo" / "addons" / addon / "__manifest__.py"
    return ast.literal_eval(manifest.read_text())["version"] if manifest.exists() else "Odoo's"


if __name__ == "__main__":
    commands = {"shape": shape, "failing": failing, "plant": plant, "kept": kept, "report": report}
    sys.exit(commands[sys.argv[1]](*sys.argv[2:]))
