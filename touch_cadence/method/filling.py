"""Scripts with the client's data filled in: ``Good morning, {{ first_name }}``."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDERS = ("first_name", "name", "company", "deal", "salesperson", "our_company")
_PLACEHOLDER = re.compile(r"\{\{\s*(\w*)\s*\}\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of their names, each once; a value is never read as a text to be filled again.

    :param values: by name, of :data:`PLACEHOLDERS`, escaped where ``text`` is HTML; what is not known becomes nothing
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or "", text)


def has_places(text: str) -> bool:
    return "{{" in text


def unknown(text: str) -> list[str]:
    """:return: names that cannot be filled in, in the order of the text"""
    return [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]
