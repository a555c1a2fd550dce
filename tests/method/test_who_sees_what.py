"""The page on rights is the table that the system tests try."""

import importlib.util
import pathlib

TOOL = pathlib.Path(__file__).parent.parent.parent / "tools" / "who_sees_what.py"


def test_the_page_is_up_to_date():
    spec = importlib.util.spec_from_file_location("who_sees_what", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.PAGE.read_text() == tool.page(), "run tools/who-sees-what"
