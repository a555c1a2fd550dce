"""Parameters hidden in the context are few, and stand in one list with their reasons."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDONS = [path for path in ROOT.glob("touch_cadence*") if (path / "__manifest__.py").exists()]
INSIDE = ROOT / "touch_cadence" / "models" / "base" / "inside.py"


def listed():
    found = {}
    for node in ast.parse(INSIDE.read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id in ("OURS", "OF_CALLERS"):
            found |= ast.literal_eval(node.value)
    return found


def used():
    """:return: keys of ours that our code puts into a context or reads from one; browsers put theirs in with JavaScript"""
    keys = set()
    for addon in ADDONS:
        for path in addon.rglob("*.py"):
            if "tests" in path.parts or path == INSIDE:
                continue
            text = path.read_text()
            for call in re.findall(r"with_context\((.*?)\)", text, re.S):
                keys |= set(re.findall(r"\b(touch_\w+)=", call))
            keys |= set(re.findall(r"context(?:\.get\(|\[)\s*\"(touch_\w+)\"", text))
            keys |= set(re.findall(r"(?:says|told)\([\w.]+, \"(touch_\w+)\"", text))
            keys |= set(re.findall(r"\"context\": \{[^}]*\"(touch_\w+)\"", text))
            keys |= set(re.findall(r"context = \{\*\*context[^}]*\"(touch_\w+)\"", text))
    return keys


def test_every_key_of_the_context_stands_in_the_list():
    assert used() == set(listed())


def test_each_says_why_it_is_no_argument():
    assert all(listed().values())
