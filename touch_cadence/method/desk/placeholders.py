"""Scripts with the client's data filled in: ``Good morning, {{ first_name }}``."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDERS = ("first_name", "name", "company", "deal", "salesperson", "our_company", "what_we_do", "agreed")
_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_TAG = re.compile(r"(<[^>]*>)")
# what an editor may put between braces and name
_SPACE = re.compile(r"&nbsp;|%20|\s")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of their names, each once; a value is never read as a text to be filled again, and none gets into a tag, where it
    could become a link or a script.

    :param text: HTML
    :param values: by name, of :data:`PLACEHOLDERS`, escaped; unknown ones become nothing
    """
    parts = _TAG.split(text)
    return "".join(part if _TAG.fullmatch(part) else _PLACE.sub(lambda found: values.get(_name(found[1])) or "", part) for part in parts)


def has_places(text: str) -> bool:
    return "{{" in text


def used(text: str) -> list[str]:
    """:return: names of the places of a text, in order"""
    return [name for name in map(_name, _PLACE.findall(text)) if name in PLACEHOLDERS]


def unknown(text: str) -> list[str]:
    """:return: what stands between braces and cannot be filled in: other names, and names inside of a tag"""
    inside = [_name(found) for part in _TAG.findall(text) for found in _PLACE.findall(part)]
    return [name for name in map(_name, _PLACE.findall(text)) if name not in PLACEHOLDERS] + inside


def _name(found: str) -> str:
    return _SPACE.sub("", found) if _SPACE.sub("", found) in PLACEHOLDERS else found.strip()
