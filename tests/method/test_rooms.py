"""The rooms of ``touch_cadence/models``: each may call those before it, and of those what they share. Held by the names of methods: where a
method is defined, and where it is called."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ADDON = Path(__file__).parents[2] / "touch_cadence"
# from the ground up: what stands in a room may call what stands before it. Wizards and reports stand above all
ROOMS = (
    "base",
    "words",
    "background",
    "settings",
    "team",
    "client",
    "cadence",
    "script",
    "touch",
    "worth",
    "facts",
    "enrollment",
    "work",
    "potential",
    "expert",
    "privacy",
    "listen",
    "desk",
    "overview",
    "plan",
    "wizard",
)
# (room, method that it calls): why it may, though the method stands above or is not shared. Ten at most
ALLOWED: dict[tuple[str, str], str] = {}


class House:
    """Which method is defined where, and which is called where."""

    def __init__(self, files):
        """:param files: {path from the addon: its text}"""
        self.defined = defaultdict(set)  # method: {(room, model)}
        self.shared = defaultdict(set)  # method: rooms that share it
        self.calls = []  # (path, line, room, models of the class, method)
        self.family, classes = defaultdict(set), []
        overrides, begins = set(), set()
        for path, text in files.items():
            for node in ast.parse(text).body:
                if not isinstance(node, ast.ClassDef):
                    continue
                own, inherited = models_of(node)
                for model in own:
                    self.family[model] |= own | inherited
                classes.append((path, node, own))
                for method in methods_of(node):
                    self.defined[method.name] |= {(room_of(path), model) for model in own}
                    (overrides if calls_super(method) else begins).add(method.name)
                    if any(getattr(one, "id", "") == "shared" for one in method.decorator_list):
                        self.shared[method.name].add(room_of(path))
        # what only ever calls super() is Odoo's own
        self.ours = begins
        for path, node, own in classes:
            related = closure(own, self.family)
            for method in methods_of(node):
                for name, line in names_in(method):
                    if name in self.ours and not name.startswith("__"):
                        self.calls.append((path, line, room_of(path), related, name))

    def elsewhere(self):
        """:return: (path, line, room, models, method, rooms in which it stands) of each call that leaves its room"""
        for path, line, room, related, name in self.calls:
            rooms = self.rooms_of(name)
            if room not in {its for its, _model in self.defined[name]}:
                yield path, line, room, related, name, rooms

    def rooms_of(self, method):
        """:return: the rooms in which a method begins: a piece of the same model, or a heir, that stands above it only adds to it"""
        places = self.defined[method]
        return {
            room
            for room, model in places
            if not any(
                ROOMS.index(below) < ROOMS.index(room) and base in closure({model}, self.family) for below, base in places - {(room, model)}
            )
        }

    def upward(self):
        for path, line, room, _related, name, rooms in self.elsewhere():
            above = {its for its in rooms if ROOMS.index(its) > ROOMS.index(room)}
            if above and (room, name) not in ALLOWED:
                yield f"{path}:{line}: {room} calls {name}, which stands above it, in {', '.join(sorted(above))}"

    def unshared(self):
        for path, line, room, related, name, rooms in self.elsewhere():
            its_own = any(model in related for _room, model in self.defined[name])
            if name.startswith("_") and not its_own and not self.shared[name] and (room, name) not in ALLOWED:
                yield f"{path}:{line}: {room} calls {name} of {', '.join(sorted(rooms))}, which is not @shared"


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "models" else "wizard"


def models_of(node):
    """:return: names of the models that a class is a piece of, and of those that it inherits"""
    found = {"_name": set(), "_inherit": set()}
    for line in node.body:
        if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") in found:
            value = line.value
            found[line.targets[0].id] |= {each.value for each in (value.elts if isinstance(value, ast.List) else [value])}
    return found["_name"] or found["_inherit"], found["_inherit"]


def closure(models, family):
    seen, todo = set(models), list(models)
    while todo:
        new = family[todo.pop()] - seen
        seen |= new
        todo += new
    return seen


def methods_of(node):
    return [each for each in node.body if isinstance(each, ast.FunctionDef)]


def calls_super(method):
    return any(
        isinstance(each, ast.Attribute)
        and each.attr == method.name
        and isinstance(each.value, ast.Call)
        and getattr(each.value.func, "id", "") == "super"
        for each in ast.walk(method)
    )


def names_in(method):
    """:return: names of attributes, and of methods that are called by a text (``methodcaller("_plan")``)"""
    for each in ast.walk(method):
        if isinstance(each, ast.Attribute):
            yield each.attr, each.lineno
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.startswith("_"):
            yield each.value, each.lineno


def files():
    paths = [path for folder in ("models", "wizard", "report") for path in sorted((ADDON / folder).rglob("*.py"))]
    return {str(path.relative_to(ADDON)): path.read_text() for path in paths if path.name != "__init__.py"}


@pytest.fixture(scope="module")
def house():
    return House(files())


def test_every_file_stands_in_a_room():
    assert {room_of(path) for path in files()} == set(ROOMS)
    assert all(path.count("/") == 2 for path in files() if path.startswith("models/"))


def test_nobody_calls_up(house):
    assert list(house.upward()) == []


def test_a_room_calls_of_another_what_it_shares(house):
    assert list(house.unshared()) == []


def test_what_is_shared_is_called_by_another_room(house):
    called = {name for *_rest, name, _rooms in house.elsewhere()}
    assert sorted(set(house.shared) - called) == []


def test_a_method_stands_once_in_a_model():
    """What a second piece of a model defines again adds by ``super()``, or fills what is empty on purpose."""
    places = defaultdict(list)
    for path, text in files().items():
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef):
                for method in methods_of(node):
                    for model in models_of(node)[0]:
                        places[model, method.name].append((path, method))
    twice = {}
    for name, found in places.items():
        own = [path for path, method in found if not calls_super(method) and not is_empty(method)]
        if len(own) > 1:
            twice[name] = own
    assert twice == {}


def is_empty(method):
    return all(isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in method.body)


def test_imports_go_down():
    wrong = []
    for path, text in files().items():
        for node in ast.walk(ast.parse(text)):
            if path.startswith("models/") and isinstance(node, ast.ImportFrom) and node.level == 2:
                room = (node.module or "").split(".")[0]
                if ROOMS.index(room) > ROOMS.index(room_of(path)):
                    wrong.append(f"{path}: imports {node.module}")
    assert wrong == []


def test_the_exceptions_are_few_and_needed(house):
    assert len(ALLOWED) <= 10
    assert all(ALLOWED.values())
    leaving = {(room, name) for _path, _line, room, _related, name, _rooms in house.elsewhere()}
    assert set(ALLOWED) <= leaving


def test_it_sees_who_calls_up_and_who_is_called_in_private():
    built = House(
        {
            "models/base/one.py": 'class One:\n    _name = "one"\n\n    def _ground(self):\n        self.env["two"]._top()\n',
            "models/plan/two.py": 'class Two:\n    _name = "two"\n\n    def _top(self):\n        self.env["one"]._ground()\n',
        }
    )
    assert [text.split(": ")[1] for text in built.upward()] == ["base calls _top, which stands above it, in plan"]
    assert len(list(built.unshared())) == 2
