"""The page for other addons shows the code of the example, whole and as it is tried."""

import pathlib
import re

ROOT = pathlib.Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "tests" / "addons" / "touch_cadence_example"
SHOWN = re.compile(r"^`([\w/.]+)`:\n\n```\w+\n(.*?)\n```$", re.DOTALL | re.MULTILINE)


def test_the_page_shows_the_code_of_the_example():
    shown = dict(SHOWN.findall((ROOT / "docs" / "extending.md").read_text()))
    files = {str(path.relative_to(EXAMPLE)) for path in (*EXAMPLE.glob("models/*.py"), *EXAMPLE.glob("data/*.xml"))}
    assert set(shown) == files - {"models/__init__.py"}
    for name, code in shown.items():
        assert code == (EXAMPLE / name).read_text().rstrip("\n"), f"docs/extending.md shows another {name} than the example has"
