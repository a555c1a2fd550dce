"""Who may do what, tried on a real server by everyone: the table in rights.py is true, and nothing is missing in it."""

from concurrent.futures import ThreadPoolExecutor

import people
import pytest
import rights
from conftest import Server
from matrix import WHOSE, Matrix
from people import ROLES, People

AT_ONCE = 4


@pytest.fixture(scope="module")
def world(make_database):
    database = make_database("system_rights")
    built = people.build(database)
    server = Server(database).wait()
    yield People(server, built)
    server.stop()


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
