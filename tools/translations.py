"""Translations are whole: every text of the template stands in every language, with the same places and tags, and nothing is left over.

tools/translations.py            checks them (part of make lint)
tools/translations.py --update   brings the files in line with the template: new texts come in empty, gone ones go
"""

import re
import sys
from pathlib import Path

import polib

I18N = Path(__file__).resolve().parents[1] / "touch_cadence" / "i18n"
MARKS = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\{.*?\}\}|\$\{.*?\}|</?\w+")
# what people read inside of a tag
READ = re.compile(r'\b(?:title|alt|placeholder|aria-label)="[^"]*"')


def marks(text):
    """:return: places for values and tags of a text, in any order: what a translation keeps"""
    return sorted(MARKS.findall(READ.sub("", text)))


def findings(template, translated):
    """:return: sentences about what is wrong in one language"""
    known = {entry.msgid for entry in template}
    for entry in translated:
        if entry.obsolete or entry.msgid not in known:
            yield f"is no text of ours any more: {entry.msgid[:100]!r}"
        elif entry.fuzzy:
            yield f"is only guessed: {entry.msgid[:100]!r}"
        elif entry.msgstr and marks(entry.msgid) != marks(entry.msgstr):
            yield f"has other places or tags: {entry.msgid[:100]!r} -> {entry.msgstr[:100]!r}"
        elif entry.msgstr and (entry.msgid[:1].isspace(), entry.msgid[-1:].isspace()) != (
            entry.msgstr[:1].isspace(),
            entry.msgstr[-1:].isspace(),
        ):
            yield f"has other blanks at its ends: {entry.msgid[:100]!r}"
    done = {entry.msgid for entry in translated if entry.msgstr}
    yield from (f"is not translated: {entry.msgid[:100]!r}" for entry in template if entry.msgid not in done)


def update(template, path):
    """Bring one language in line with the template; what is translated stays."""
    translated = polib.pofile(str(path), wrapwidth=78)
    before = {entry.msgid: entry.msgstr for entry in translated}
    new = polib.POFile(wrapwidth=78)
    new.metadata = translated.metadata
    for entry in template:
        new.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=before.get(entry.msgid, ""),
                occurrences=entry.occurrences,
                comment=entry.comment,
                flags=entry.flags,
            )
        )
    new.save(str(path))


def main():
    template = polib.pofile(str(I18N / "touch_cadence.pot"))
    languages = sorted(I18N.glob("*.po"))
    if "--update" in sys.argv:
        for path in languages:
            update(template, path)
        return 0
    wrong = [f"{path.name}: {said}" for path in languages for said in findings(template, polib.pofile(str(path)))]
    if not languages:
        wrong.append("there are no translations")
    print("\n".join(wrong[:40]))
    if len(wrong) > 40:
        print(f"… and {len(wrong) - 40} more")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
