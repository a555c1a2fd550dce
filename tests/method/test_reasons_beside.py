"""What reaches past rights says why, beside it: every sudo() and every SQL statement of the addons."""

import ast
import functools
import pathlib
import tokenize

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent
# a comment may stand so many lines above, at the head of the statement
ABOVE = 3
SQL_CALLS = {"execute", "execute_query", "execute_values", "execute_batch"}
FILES = sorted(
    path for addon in ROOT.glob("touch_cadence*") for path in addon.rglob("*.py") if not {"tests", "method", "migrations"} & set(path.parts)
)


def comments(path):
    with open(path, "rb") as file:
        return {token.start[0]: token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT}


def documented(tree):
    """:return: lines of functions whose docstring says "sudo:" or "SQL:", for what the whole function is about"""
    lines = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and any(word in (ast.get_docstring(node) or "") for word in ("sudo:", "SQL:")):
            lines |= set(range(node.lineno, node.end_lineno + 1))
    return lines


def statements(tree):
    """:return: {line: first and last line of the innermost statement around it}"""
    spans = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            last = node.body[0].lineno - 1 if hasattr(node, "body") and node.body else node.end_lineno
            for line in range(node.lineno, max(last, node.lineno) + 1):
                if line not in spans or spans[line][0] <= node.lineno:
                    spans[line] = (node.lineno, max(last, node.lineno))
    return spans


@functools.cache
def read(path):
    """:return: a file's tree, and what is said where in it; read once for all that is asked of it"""
    tree = ast.parse(path.read_text())
    return tree, comments(path), statements(tree), documented(tree)


def bare(path, wanted, word):
    """:return: the places of calls that ``wanted`` knows without a comment that says ``word`` on their lines or right above"""
    tree, said, spans, told = read(path)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and wanted(node) and node.lineno not in told:
            first, last = spans.get(node.end_lineno, (node.lineno, node.end_lineno))
            lines = range(min(first, node.lineno) - ABOVE, max(last, node.end_lineno) + 1)
            if not any(word in said.get(line, "") for line in lines):
                found.append(f"{path.relative_to(ROOT)}:{node.func.end_lineno}")
    return found


def is_sudo(node):
    """Also of ``env(su=True)``; ``sudo(False)`` takes rights away."""
    return node.func.attr == "sudo" and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value is False)


def is_sql(node):
    return node.func.attr in SQL_CALLS


@pytest.mark.parametrize(("wanted", "word"), [(is_sudo, "sudo"), (is_sql, "SQL")], ids=["sudo", "SQL"])
def test_every_reach_past_rights_says_why(wanted, word):
    found = [place for path in FILES for place in bare(path, wanted, word)]
    assert not found, f"{len(found)} without a reason beside them ({word}: …):\n" + "\n".join(found)


def test_all_rights_are_asked_for_in_one_way():
    """``env(su=True)`` stands in two helpers only, which say why."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        for node in ast.walk(read(path)[0])
        if isinstance(node, ast.keyword) and node.arg == "su" and isinstance(node.value, ast.Constant) and node.value.value is True
    ]
    assert len(found) <= 2, found
