"""Reports that mail servers of the world have sent, read by the method: other people's mails, not ours."""

import sys
from collections import Counter
from email import message_from_bytes

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "touch_cadence"))
from method.listen import returned

MAILS = ROOT / ".workbench" / "mails"


@pytest.fixture(scope="module")
def told():
    """:return: list of (file, what it says, what was read), each as a set of "kind address" """
    result = []
    for line in (ROOT / "tests" / "system" / "data" / "bounces.txt").read_text().splitlines():
        if not line.startswith("#"):
            name, _colon, right = line.partition(": ")
            [path] = MAILS.glob(f"flufl*/tests/data/{name}.txt")
            read = {f"{one.kind} {one.address}".strip() for one in returned.read(message_from_bytes(path.read_bytes()))}
            result.append((name, set() if right == "-" else set(right.split(" / ")), read))
    return result


def test_real_reports_are_read(told):
    """Some name nobody, or their recipient in a way that no other server has."""
    wrong = [(name, right, read) for name, right, read in told if right != read]
    assert len(told) == 117
    assert len(wrong) <= 7, wrong


def test_wrong_addresses_are_closed_and_right_ones_are_not(told):
    hard = [(right, read) for _name, right, read in told if any(one.startswith("hard ") for one in right)]
    others = [(right, read) for _name, right, read in told if right and not any(one.startswith("hard") for one in right)]
    found = sum(right <= read for right, read in hard)
    closed = sum(any(one.startswith("hard") for one in read) for _right, read in others)
    assert found >= 0.9 * len(hard), (found, len(hard))
    assert closed <= 0.03 * len(others), (closed, len(others))


def test_all_kinds_are_among_them(told):
    kinds = Counter(one.split(" ")[0] for _name, right, _read in told for one in right)
    assert {"hard", "soft", "policy", "delayed", "read"} <= set(kinds), kinds
