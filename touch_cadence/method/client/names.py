"""First names of persons: what stands behind "Dear …" in a mail or text (R42).

A wrong half of a name is worse than a whole one: where it is not sure which word is the first name, the whole name is used, and never a title.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

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
fru frøken herre lieutenant colonel rabbi imam dear mstr rndr mudr judr mvdr phdr paeddr thdr bc bca magª maga dª dña cav ddr bakk
sn sayın κος κα κ κύριος κυρία κύριο السيد السيدة الأستاذ الدكتور د أ م shri smt sehr geehrter geehrte lieber liebe freiherr freifrau bapak ibu khun datuk dato
"""
TITLES = frozenset(_TITLES.split())
# a title only where two more words follow: they are first names, too, or parts of names
_DOUBTFUL = "m mm me fr pan pane don dame master lord lady miss father judge mag maj col hon sig d vej пан пани тов p graf gräfin baron baronin prinz prinzessin sri sheikh av at"
DOUBTFUL = frozenset(_DOUBTFUL.split())
# with one word behind it the whole name, unless it is mostly a first name
MOSTLY_NAMES = frozenset(["don", "maj"])
# they go on with a title before them: "Dr. rer. nat. Eva Huber", but Phil Collins
FACULTIES = frozenset(
    [
        "med",
        "phil",
        "jur",
        "rer",
        "nat",
        "pol",
        "oec",
        "hc",
        "mult",
        "hab",
        "inż",
        "inz",
        "habil",
        "fh",
        "arch",
        "dent",
        "iur",
        "em",
        "vet",
        "theol",
        "pharm",
        "techn",
        "mont",
    ]
)
# degrees behind a name
_SUFFIXES = "jr sr ii iii iv phd md mba msc bsc ma ba llm esq cpa dds mph ret obe cbe rn pmp cfa dr ing dipl-ing mag csc drsc dis phd bsc meng beng mphil acca frcs kc qc ceo cfo cto coo cmo cio vp svp evp eidg dipl fh"
SUFFIXES = frozenset(_SUFFIXES.split())
# a name that holds one of these belongs to a company, a department, or more than one person
_NO_PERSON = """
gmbh ag kg ohg gbr ug ev se sa sas sarl eurl srl spa snc sl slu bv nv vof bvba sprl cv ltd limited llc llp plc inc corp corporation company co
gesellschaft stichting vzw asbl sp zoo sc ооо оао зао пао ип ао as oy oyj ab aps a/s kft bt doo sro pty bhd lda ltda eireli pfa scs
sales office info team support service accounting buchhaltung einkauf verkauf vertrieb purchasing purchase reception empfang department
abteilung direction secretariat sekretariat administration management school schule université university hotel restaurant group gruppe
groupe familia família famiglia famille rodzina rodina család perhe ailesi семья fam eheleute eheleut couple épx gebr gebrüder tisztelt úr
úrhölgy asszony özv ifj manager managing head chief director direktor directeur director directora geschäftsführer geschäftsführung owner
inhaber the accounts payable receivable procurement marketing rezeption recepción accueil hotline helpdesk kunde kundin client customer
unknown unbekannt inconnu attn attention l'attention zhd z.hd c/o hd hallo hello hi to whom holding solutions consulting services systems
technologies bäckerei metzgerei autohaus zahnarztpraxis arztpraxis apotheke rechtsanwälte rechtsanwalt steuerberater notar offices firm pizzeria
ristorante trattoria café stadt city comune gemeente mairie gemeinde ayuntamiento ville ministry ministerium clinic klinik hospital ambulance
foundation stiftung institute institut association associates partners фоп тов αε επε οε γμβη şti aş ooo tov kk d.o.o u + oder or og och ve
i e y en ja
отдел отделение закупок закупки снабжение снабжения бухгалтерия приёмная приемная дирекция директор администрация менеджер секретарь продаж
serviciul achiziții achizitii contabilitate vânzări vanzari secretariat
groupe verein bank praxis kanzlei studio shop familie family famille und & and et и și
"""
NO_PERSON = frozenset(_NO_PERSON.split())
# the small words of a family name; a name that begins with one has the family name first
_PARTICLES = "van von der den de del della dal dei di da do dos das du la le el al bin ibn zu zum zur ter ten op het 't af av"
PARTICLES = frozenset(_PARTICLES.split())
# the first half of an Arabic first name, which is none without the other: "Abdul Rahman"
_HALF = frozenset(["abd", "abdel", "abdul", "abdal", "abu", "abou", "umm", "عبد", "أبو", "ابو", "أم", "ام"])
# families that stand before the first name, written without the signs by which their language is told: the whole name
_FAMILIES = """
nguyen tran pham hoang huynh phan dang bui ngo duong vuong truong li ma hu lu yu wang zhang liu chen zhao zhou huang xie zheng guo xu zhu park choi jeong kang yoon
"""
FAMILIES = frozenset(_FAMILIES.split())
# families by their endings: with one of them first, and none last, the family stands first ("Петров Иван", "Popescu Ion", "Nováková Eva")
_FAMILY_END = re.compile(
    r"\w{2,}(?:ов|ев|ёв|ова|ева|ёва|ский|ская|цкий|цкая|енко|чук|escu|eanu|ović|ević|ovic|evic|owski|owska|ewski|ewska|iński|ińska|enko|ová|czyk|wicz"
    r"|opoulos|opoulou|όπουλος|οπούλου|idis|shvili)", re.IGNORECASE
)  # fmt: skip
# countries and languages in which the family mostly stands first, also in Latin letters
FAMILY_FIRST = frozenset(["HU", "JP", "CN", "TW", "HK", "KR", "KP", "VN", "hu", "ja", "zh", "ko", "vi"])
# endings of Slavic patronymics, which follow the first name: "Ivanov Ivan Ivanovich"
_PATRONYMIC = re.compile(r"\w+(ович|евич|ич|овна|евна|ична|ovich|evich|ovna|evna|yevich|yevna)", re.IGNORECASE)
# families stand first there; the given name is not the first word
_FAMILY_FIRST = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_VIETNAMESE = re.compile("[ơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


# nobody has a longer name, and what stands in brackets is looked for from each of them
MOST_LETTERS = 300


def first_name(name: str | None, places: Collection[str | None] = ()) -> str:
    """The first name of a person.

    * Emoji and other signs are no part of a name, titles before it and degrees behind it neither.
    * "Last, First" is turned round; of a Slavic name with a patronymic the word before it is taken.
    * A family in capitals before other words, or one told by its ending, stands first: the word behind it is taken.
    * Initials, a title with one word, companies, couples, roles, and names of cultures that put the family first give the whole name.

    :param places: country and language of the person, as codes: in some the family stands first
    :return: the first name, or the whole name where it is not sure; empty for no name
    """
    whole = written = _clean(name)
    if "@" in whole:
        return whole
    parts = [part.strip() for part in whole.split(",")]
    while len(parts) > 1 and _is_behind(parts[-1]):
        parts.pop()
    family, given = parts[0], parts[-1]
    turned = len(parts) == 2
    if turned:
        whole = f"{given} {family}"
    words = (given if turned else family).split()
    named = len(words)
    while words and (_is_title(words) or (len(words) < named and _bare(words[0]) in FACULTIES)):
        words.pop(0)
    while len(words) > 1 and _bare(words[-1]) in SUFFIXES:
        words.pop()
    if not _is_person(written, words):
        return written
    # "Dr. Meier": the only word behind a title is the family name
    if (len(words) == 1 and named > 1 and not turned) or not _is_first_name(words, whole):
        return whole
    if turned or len(words) == 1:
        return words[0]
    if _has_patronymic(words):
        return words[1]
    return _behind_family(words) or (words[0] if _is_sure(words, places) else whole)


def _is_title(words: list[str]) -> bool:
    first = _bare(words[0])
    # "Dr.h.c." and "Prof.Dr." are several
    if len(pieces := [piece for piece in words[0].lower().split(".") if piece]) > 1 and all(
        piece in TITLES or piece in FACULTIES or piece in ("h", "c") for piece in pieces
    ):
        return True
    return first in TITLES or (first in DOUBTFUL and len(words) > 2)


def _is_behind(text: str) -> bool:
    """:return: whether it is no name that stands behind a comma: degrees, a role, a company"""
    return _is_all(text, SUFFIXES) or any(_bare(word) in NO_PERSON for word in text.split())


def _is_person(written: str, words: list[str]) -> bool:
    """:return: whether a name is one person's, and not a company's, a couple's or a department's"""
    return bool(words) and not any(_bare(word) in NO_PERSON and not _is_initial(word) for word in written.split()) and "/" not in written


def _is_initial(word: str) -> bool:
    letters = [piece for piece in re.split(r"[.\-]", word) if piece]
    return word.endswith(".") and word != word.lower() and bool(letters) and all(len(piece) == 1 for piece in letters)


def _behind_family(words: list[str]) -> str:
    """:return: the word behind a family that is told by its letters; empty where none is"""
    small = [word for word in words if word != word.upper()]
    large = [word for word in words if word == word.upper()]
    # "DUPONT Jean", "GARCÍA LÓPEZ Juan"; not "AJ Smith"
    if (
        small
        and large
        and words == large + small
        and small[0][0].isupper()
        and all(len(word) > 3 and word != word.lower() for word in large)
    ):
        return small[0]
    first, *others = words
    if len(others) == 1 and _ends_as_family(first) and not _ends_as_family(others[0]) and not _is_initial(others[0]):
        return others[0]
    return ""


def _ends_as_family(word: str) -> bool:
    return bool(_FAMILY_END.fullmatch(word)) and word.lower() != "яков"


def _is_sure(words: list[str], places: Collection[str | None]) -> bool:
    """:return: whether the first of several words is the first name"""
    first, *others = words
    if _bare(first) in DOUBTFUL - MOSTLY_NAMES or _bare(first) in FAMILIES or _bare(first) in _HALF or all(map(_is_initial, others)):
        return False
    # "Kim Min-su"
    if re.fullmatch(r"[A-Z][a-z]+-[a-z]+", others[0]):
        return False
    # "AJ Smith", "CEO Acme"
    if first == first.upper() != first.lower() and len(first) < 4 and others[-1] != others[-1].upper():
        return False
    return not FAMILY_FIRST.intersection((place or "").split("_")[0] for place in places)


def _is_first_name(words: list[str], whole: str) -> bool:
    if _FAMILY_FIRST.search(whole) or _VIETNAMESE.search(whole):
        return False
    first = words[0]
    # "J.", "J.-P.", and what is begun by the family name
    letters = first.replace(".", "").replace("-", "")
    return len(letters) > 1 and not first.endswith(".") and _bare(first) not in PARTICLES and not any(char.isdigit() for char in first)


def _has_patronymic(words: list[str]) -> bool:
    return len(words) == 3 and bool(_PATRONYMIC.fullmatch(words[2]))


def _clean(name: str | None) -> str:
    """:return: the name without signs, without what stands in brackets or quotes, with single spaces"""
    text = unicodedata.normalize("NFC", (name or "")[:MOST_LETTERS])
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]|<[^>]*>|\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]", " ", text)
    text = re.sub("[\ufe00-\ufe0f]", " ", text)  # they belong to emoji
    kept = "".join(char if unicodedata.category(char)[0] in "LM" or char.isdigit() or char in ".,'’-&/+@ª " else " " for char in text)
    return " ".join(kept.split()).strip(" ,-/'@")


def _bare(word: str) -> str:
    return word.lower().replace(".", "").strip(",")


def _is_all(text: str, words: frozenset[str]) -> bool:
    return all(_bare(word) in words for word in text.replace(",", " ").split())


def known(name: str | None) -> str:
    """:return: the name; empty where it is only the address by which a contact was made: nobody is greeted by it"""
    return "" if name and "@" in name and " " not in name.strip() else name or ""


def person_and_company(person: str | None, company: str | None) -> str:
    """:return: "Anna Weber · Azure Interior": those that are known, each once"""
    return " · ".join(dict.fromkeys(name for name in map(known, (person, company)) if name))
