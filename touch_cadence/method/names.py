"""First names of persons: what stands behind "Dear …" in a mail or text (R42).

A wrong half of a name is worse than a whole one: where it is not sure which word is the first name, the whole name is used, and never a title.
"""

from __future__ import annotations

import re
import unicodedata

# All words are in lower case and without dots.
# words before a name that are none: English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Russian, Romanian, their neighbours
_TITLES = """
mr mrs ms mx sir madam dr prof professor doctor rev reverend capt captain lt sgt eng engr
herr frau fräulein hr dipl-ing diplom-ingenieur ing dkfm univ-prof priv-doz pd dipl dipl-kfm
monsieur madame mademoiselle mme mlle mmes maître maitre docteur professeur
señor señora señorita senor senora sr sra srta srs doña dona lic licenciado licenciada ingeniero arq abog dra
signor signora signorina sigra signa dott dottssa dottore dottoressa avv avvocato geom rag arch profssa
dhr heer mevr mw mevrouw meneer drs ir mrdrs
senhor senhora engenheiro engenheira exmo exma
szanowny szanowna inż mgr pani
г-н г-жа господин госпожа гн гжа уважаемый уважаемая проф инж
domnul doamna domnișoara domnisoara dl dna d-na d-l d-ra conf lect
fru frøken herre
"""
TITLES = frozenset(_TITLES.split())
# a title only where two more words follow: they are first names, too, or parts of names
_DOUBTFUL = "m mm me fr pan pane don dame master lord lady miss father judge mag maj col hon sig da d vej пан пани тов"
DOUBTFUL = frozenset(_DOUBTFUL.split())
# they go on with a title before them: "Dr. rer. nat. Eva Huber", but Phil Collins
FACULTIES = frozenset(["med", "phil", "jur", "rer", "nat", "pol", "oec", "hc", "mult", "hab", "inż", "inz", "habil"])
# degrees behind a name
_SUFFIXES = "jr sr ii iii iv phd md mba msc bsc ma ba llm esq cpa dds mph ret obe cbe rn pmp cfa dr ing dipl-ing mag"
SUFFIXES = frozenset(_SUFFIXES.split())
# a name that holds one of these belongs to a company, a department, or more than one person
_NO_PERSON = """
gmbh ag kg ohg gbr ug ev se sa sas sarl eurl srl spa snc sl slu bv nv vof bvba sprl cv ltd limited llc llp plc inc corp corporation company co
gesellschaft stichting vzw asbl sp zoo sc ооо оао зао пао ип ао as oy oyj ab aps a/s kft bt doo sro pty bhd lda ltda eireli pfa scs
sales office info team support service accounting buchhaltung einkauf verkauf vertrieb purchasing purchase reception empfang department
abteilung direction secretariat sekretariat administration management school schule université university hotel restaurant group gruppe
groupe verein bank praxis kanzlei studio shop familie family famille und & and et и și
"""
NO_PERSON = frozenset(_NO_PERSON.split())
# the small words of a family name; who begins with one has the family name first
_PARTICLES = "van von der den de del della di dos das du la le el al bin ibn zu zum zur ter ten op het 't af av"
PARTICLES = frozenset(_PARTICLES.split())
# endings of Slavic patronymics, which follow the first name: "Ivanov Ivan Ivanovich"
_PATRONYMIC = re.compile(r"\w+(ович|евич|ич|овна|евна|ична|ovich|evich|ovna|evna|yevich|yevna)", re.IGNORECASE)
# families stand first there; the given name is not the first word
_FAMILY_FIRST = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_VIETNAMESE = re.compile("[ơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


def first_name(name: str | None) -> str:
    """The first name of a person.

    * Emoji and other signs are no part of a name, titles before it and degrees behind it neither.
    * "Last, First" is turned round; of a Slavic name with a patronymic the word before it is taken.
    * Initials, a title with one word, companies, couples, and names of cultures that put the family first give the whole name.

    :return: the first name, or the whole name where it is not sure; empty for no name
    """
    whole = _clean(name)
    family, comma, given = (part.strip() for part in whole.partition(","))
    turned = bool(comma) and not _is_all(given, SUFFIXES) and "," not in given
    if turned:
        whole = f"{given} {family}"
    words = (given if turned else family).split()
    named = len(words)
    while words and (_is_title(words) or (len(words) < named and _bare(words[0]) in FACULTIES)):
        words.pop(0)
    while len(words) > 1 and _bare(words[-1]) in SUFFIXES:
        words.pop()
    # "Dr. Meier": the only word behind a title is the family name
    only = len(words) == 1 and named > 1 and not turned
    return whole if only or not words or not _is_first_name(words, whole) else words[1 if _has_patronymic(words) else 0]


def _is_title(words: list[str]) -> bool:
    first = _bare(words[0])
    return first in TITLES or (first in DOUBTFUL and len(words) > 2)


def _is_first_name(words: list[str], whole: str) -> bool:
    if any(_bare(word) in NO_PERSON for word in whole.split()) or _FAMILY_FIRST.search(whole) or _VIETNAMESE.search(whole):
        return False
    first = words[0]
    # "J.", "J.-P.", and what is begun by the family name
    letters = first.replace(".", "").replace("-", "")
    return len(letters) > 1 and not first.endswith(".") and _bare(first) not in PARTICLES and not any(char.isdigit() for char in first)


def _has_patronymic(words: list[str]) -> bool:
    return len(words) == 3 and bool(_PATRONYMIC.fullmatch(words[2]))


def _clean(name: str | None) -> str:
    """:return: the name without signs, without what stands in brackets or quotes, with single spaces"""
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]|\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]", " ", unicodedata.normalize("NFC", name or ""))
    text = re.sub("[\ufe00-\ufe0f]", " ", text)  # they belong to emoji
    kept = "".join(char if unicodedata.category(char)[0] in "LM" or char.isdigit() or char in ".,'’-&/ " else " " for char in text)
    return " ".join(kept.split()).strip(" ,-/")


def _bare(word: str) -> str:
    return word.lower().replace(".", "").strip(",")


def _is_all(text: str, words: frozenset[str]) -> bool:
    return all(_bare(word) in words for word in text.replace(",", " ").split())
