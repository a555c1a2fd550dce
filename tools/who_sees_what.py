"""The page "who sees what", made from the table of rights that tests/system/test_rights.py tries on a real server."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).parent.parent
PAGE = ROOT / "docs" / "who-sees-what.md"
sys.path.insert(0, str(ROOT / "tests" / "system"))

import rights  # noqa: E402

ROLES = {
    "employee": "Employee",
    "expert": "Expert",
    "rep": "Salesperson, own documents",
    "rep_all": "Salesperson, all documents",
    "manager": "Sales manager",
}
WORDS = {"r": "reads", "w": "writes", "c": "makes", "u": "deletes"}
NAMES = {
    "touch.cadence": "Cadences", "touch.cadence.step": "Steps", "touch.reason": "Reasons", "touch.outcome": "Outcomes",
    "touch.marker.question": "Marker questions", "touch.marker.option": "Marker answers", "touch.skill": "Skills", "touch.expert": "Experts",
    "touch.expert.window": "Windows of experts", "touch.enrollment": "Enrolments", "touch.touch": "Touches", "touch.judgement": "Judgements",
    "touch.expert.booking": "Expert bookings", "touch.expert.report": "Experts' work (report)", "touch.job": "Background work",
    "touch.job.left.out": "Who was left out of it", "touch.privacy.log": "Log of exports and erasures",
}  # fmt: skip
READERS = {"everyone": "whoever reads the record", "sales": "salespeople", "staff": "sales managers, administrators; of a user: the person"}
WRITERS = {"record": "whoever may write the record", "manager": "sales managers", "nobody": "nobody: it follows from what happens"}

RECORDS = {
    rights.SALESPEOPLE: "salespeople (their own)",
    rights.MANAGERS: "sales managers",
    rights.PEOPLE: "whoever has it",
    ("admin",): "administrators",
}
WRITERS_OF_OURS = {
    "sales": "salespeople (their own) and sales managers",
    "manager": "sales managers",
    "opened": "whoever opened it",
    "nobody": "nobody: methods write it, or the server keeps it",
}


def said(letters):
    return ", ".join(WORDS[letter] for letter in letters) or "–"


def cell(model, role):
    """:return: what a role may do, in words: with its own, and with colleagues' where that differs"""
    own, colleague, _company = rights.of_model(model, role).split("|")
    alike = model in ("touch.outcome", "touch.skill")  # every company has the same ones
    return said(own) if alike or own == colleague or not (own or colleague) else f"own: {said(own)}; others': {said(colleague)}"


def rows(models):
    yield "| | " + " | ".join(ROLES.values()) + " |"
    yield "| --- |" + " --- |" * len(ROLES)
    for model in models:
        yield f"| {NAMES[model]} (`{model}`) | " + " | ".join(cell(model, role) for role in ROLES) + " |"


def page():
    wizards = [model for model in rights.MODELS if model not in NAMES]
    lines = [
        "# Who sees what",
        "",
        "Made by `tools/who-sees-what` from the table in `tests/system/rights.py`, which the tests try line by line on a real server. Change the table, not",
        "this page.",
        "",
        "Nobody sees or changes rows of another company. Portal users and visitors see and change nothing at all. \"Own\" are the deals, contacts and touches",
        "that somebody is the salesperson of (or the expert, of bookings); for a deal the deal's salesperson counts, not its contact's. A deal of nobody is",
        "every salesperson's to read.",
        "",
        "## Clients, touches, experts",
        "",
        *rows([model for model in NAMES if not rights.MODELS[model]["manager"].startswith("rwcu")]),
        "",
        "Plan and history are written by methods (done, skip, pause, …), which ask whose the record is. By hand people write of a touch: "
        + ", ".join(f"`{name}`" for name in rights.WRITTEN["touch.touch"]["sales"].split())
        + " (a day moves the touch as *snooze* does); of an enrolment: nothing.",
        "",
        "## What a company sets",
        "",
        *rows([model for model in NAMES if rights.MODELS[model]["manager"].startswith("rwcu")]),
        "",
        "## Wizards",
        "",
        "A wizard is seen by who opened it, and by nobody else. It says nothing of clients, deals or bookings that its user may not read.",
        "",
        *(f"- `{model}`: " + ", ".join(ROLES[role] for role in ROLES if role in rights.MODELS[model]) for model in wizards),
        "",
        "## Our fields on Odoo's records",
        "",
        "| record | fields | read by | written by |",
        "| --- | --- | --- | --- |",
        *(
            f"| `{model}` | {', '.join(f'`{name}`' for name in names.split())} | {READERS[readers]} | {WRITERS[writers]} |"
            for model, groups in rights.FIELDS.items()
            for (readers, writers), names in groups.items()
        ),
        "",
        "A deal tells the level of its salesperson (`touch_level`) to that person and to sales managers only.",
        "Everybody sets "
        + " and ".join(f"`{name}`" for name in rights.OWN_USER.split())
        + " of his own user. The records themselves are written by: "
        + "; ".join(f"`{model}` " + RECORDS[roles] for model, roles in rights.RECORD_WRITERS.items() if roles)
        + ".",
        "",
        "## Who writes what, by hand",
        "",
        "Each field of our records that could be written at all, as the tests try it over RPC. A field that is added fails them until it stands here.",
        "",
        "| record | by whom | fields |",
        "| --- | --- | --- |",
        *(
            f"| {NAMES.get(model, 'Wizard')} (`{model}`) | {WRITERS_OF_OURS[who]} | {', '.join(f'`{name}`' for name in names.split())} |"
            for model, groups in rights.WRITTEN.items()
            for who, names in groups.items()
        ),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def main(check=False):
    if check:
        return 0 if PAGE.read_text() == page() else 1
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
