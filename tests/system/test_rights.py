"""Who may do what, tried on a real server by everyone: the table in rights.py is true, and nothing is missing in it."""

from concurrent.futures import ThreadPoolExecutor

import people
import pytest
import rights
from matrix import WHOSE, Matrix, allowed
from people import ROLES, People

AT_ONCE = 4
# not written one by one, and why
UNTRIED = {
    "touch.expert.report": "a view of the database: the table of models tries it",
    "res.config.settings": "its page saves all settings of Odoo at once; they are the company's, which are tried",
}


@pytest.fixture(scope="module")
def world(make_database):
    with People.at_work(make_database("system_rights")) as working:
        yield working


@pytest.fixture(scope="module")
def matrix(world):
    return Matrix(world)


def of_all(work):
    """Each role at its own work, some at once. :return: {role: what came of it}"""
    with ThreadPoolExecutor(AT_ONCE) as several:
        return dict(zip(ROLES, several.map(work, ROLES)))


def test_every_model_stands_in_the_table(world):
    assert {name for name, kind in world.world["models"].items() if not kind["abstract"]} == set(rights.MODELS)
    assert {name for name, kind in world.world["models"].items() if kind["abstract"]} == rights.ABSTRACT


def test_the_rights_of_every_role_on_every_model(matrix):
    def work(role):
        return {model: "|".join(matrix.rights(model, role, whose) for whose in WHOSE) for model in rights.MODELS}

    found = of_all(work)
    written = {role: {model: rights.of_model(model, role) for model in rights.MODELS} for role in ROLES}
    wrong = [
        f"{model} as {role}: {found[role][model]}, written down: {written[role][model]}"
        for role in ROLES
        for model in rights.MODELS
        if found[role][model] != written[role][model]
    ]
    assert not wrong, "\n".join(wrong)


def test_nobody_reaches_what_has_no_rows(world):
    """Abstract models are doors for methods: their public ones ask for rights themselves, and Odoo's own find nothing."""

    def work(role):
        reached = []
        for model in rights.ABSTRACT:
            for method, args in (("search_read", [[]]), ("create", [{}]), ("write", [[1], {}]), ("unlink", [[1]])):
                try:
                    if world.call(role, model, method, *args):
                        reached.append((role, model, method))
                except people.Refused:
                    continue
        return reached

    assert not [one for reached in of_all(work).values() for one in reached]


def test_every_field_of_ours_on_odoos_models_stands_in_the_table(world):
    found = {name: set(fields) for name, fields in world.world["fields"].items() if not name.startswith("touch.")}
    assert found == {model: {name for names in groups.values() for name in names.split()} for model, groups in rights.FIELDS.items()}


def test_who_reads_our_fields_on_odoos_models(world, matrix):
    wrong = []
    for model, groups in rights.FIELDS.items():
        for (readers, _writers), names in groups.items():
            for role in ("employee", "rep", "manager"):
                known = world.call(role, model, "fields_get", [], ["string"])
                may_read = readers == "everyone" or role == "manager" or (readers == "sales" and role == "rep")
                for name in names.split():
                    # of users everybody is told the labels, since one's own values are one's own
                    if model != "res.users" and (name in known) != may_read:
                        wrong.append(f"{model}.{name} as {role}: shown to {role}: {name in known}")
                    tried = model == "res.partner" or (model == "crm.lead" and role != "employee")
                    if tried and matrix.reads_field(model, role, "own", name) != may_read:
                        wrong.append(f"{model}.{name} as {role}: read: {not may_read}")
    assert not wrong, "\n".join(wrong)


def test_what_a_colleague_is_good_at_is_for_who_leads_and_for_himself(world):
    users = world.world["users"]
    for (readers, _writers), names in rights.FIELDS["res.users"].items():
        for name in names.split():
            for role in ("employee", "rep", "manager"):
                of_colleague = allowed(lambda role=role, name=name: world.call(role, "res.users", "read", [users["rep2"]], [name]))
                assert of_colleague == (readers == "everyone" or role == "manager"), (name, role)
                assert allowed(lambda role=role, name=name: world.call(role, "res.users", "read", [users[role]], [name])), (name, role)
                assert not allowed(lambda role=role, name=name: world.call(role, "res.users", "write", [users["rep2"]], {name: False})), (
                    name
                )


def test_every_field_that_can_be_written_stands_in_the_table(world):
    found = {model: {name for name, field in world.world["fields"][model].items() if field["writable"]} for model in rights.MODELS}
    written = {model: sorted(name for names in rights.WRITTEN[model].values() for name in names.split()) for model in rights.MODELS}
    assert found == {model: set(names) for model, names in written.items()}
    assert all(len(names) == len(set(names)) for names in written.values()), "each stands there once"


def test_who_writes_which_field(world, matrix):
    """Tried one by one by whoever writes anything of a model, and all at once by the others."""
    fields = world.world["fields"]
    # activities first: who opts out has none any more
    models = sorted(
        (model for model in (*rights.MODELS, *rights.FIELDS) if model not in UNTRIED), key=lambda model: model != "mail.activity"
    )
    tried = {model: [name for name, field in fields[model].items() if field["writable"]] for model in models}

    def work(role, its):
        wrong = []
        for model in its:
            names = tried[model]
            if not names or world.row(model, role, "own") is None:
                continue
            if not any(rights.may_write(model, name, role) for name in names):
                wrong += [f"{model} as {role}: something is written"] if matrix.writes_any(model, role, names) else []
                continue
            wrong += [
                f"{model}.{name} as {role}: written: {not rights.may_write(model, name, role)}"
                for name in names
                if matrix.writes_field(model, role, "own", name) != rights.may_write(model, name, role)
            ]
        return wrong

    with ThreadPoolExecutor(AT_ONCE) as several:
        # all of them, before anybody writes a cadence: the planner takes activities back then
        parts = (models[:1], models[1:])
        wrong = [one for its in parts for found in list(several.map(lambda role, its=its: work(role, its), rights.PEOPLE)) for one in found]
    assert not wrong, "\n".join(wrong)
