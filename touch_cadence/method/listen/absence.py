"""When somebody who is away is back: the day that an automatic answer names (R44).

"Back on 12 December", "bis einschließlich 8.1.", "с 1 по 9 января", "12月20日まで". Tables of words in many languages; a date counts only beside a
word that says what it means, so that the day of a meeting or of a law is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta

# days ahead that are believed
MOST_DAYS = 200
# of a text that are read
MOST_LETTERS = 5000

# beginnings of names of months, without case and accents; the longest that fits decides
MONTHS = (
    "jan ian janv ene gen sty stycz янв січ led tammi ocak ιαν ינו ينا",
    "feb fev febr lut luty фев лют unor helmi subat φεβ פבר فبر",
    "mar mrt mars marz marc maerz мар бер brez maalis mart mrz μαρ מרץ مار",
    "apr avr abr kwi kwie апр квіт dub huhti nisan απρ אפר أبر ابر",
    "may mai mag maj мая май трав kvet touko mayis maio mei μαι μαϊ מאי ماي",
    "jun juin giu cze czer июн черв cerv kesa haz ιουν יונ يوني",
    "jul juil lug lip июл лип cervenc heina tem ιουλ יול يولي",
    "aug aout ago sie sierp авг серп srp elo agu αυγ אוג أغس اغس",
    "sep sept set wrz сен вер zar syys eyl σεπ ספט سبت",
    "oct okt ott out paz pazdz окт жовт rij loka eki οκτ אוק أكت اكت",
    "nov noi lis listop ноя лист marras kas νοε נוב نوف",
    "dec dez dic deс gru grudz дек груд pros joulu ara δεκ דצמ ديس",
)
# beginnings of names of days of the week, Monday first
WEEKDAYS = (
    "monday montag lundi lunes lunedi maandag segunda poniedzial понедельник понеділ luni pazartesi pondeli mandag mandag maanantai hetfo",
    "tuesday dienstag mardi martes martedi dinsdag terca wtorek вторник вівтор marti sali utery tirsdag tisdag tiistai kedd",
    "wednesday mittwoch mercredi miercoles mercoledi woensdag quarta sroda srode среду среда серед miercuri carsamba stredu streda onsdag keskiviikko szerda",
    "thursday donnerstag jeudi jueves giovedi donderdag quinta czwartek четверг четвер joi persembe ctvrtek torsdag torstai csutortok",
    "friday freitag vendredi viernes venerdi vrijdag sexta piatek пятниц п'ятниц vineri cuma patek fredag perjantai pentek",
    "saturday samstag sonnabend samedi sabado sabato zaterdag sobota суббот субот sambata cumartesi lordag lauantai szombat",
    "sunday sonntag dimanche domingo domenica zondag niedziel воскресен неділ duminica nedele sondag sunnuntai vasarnap",
)
# the day on which somebody is back stands behind these
BACK = (
    "back in the office on", "back in office on", "back at my desk on", "back at work on", "be back on", "back on", "be back", "am back", "back from", "returning on",
    "returning", "return on", "return to the office on", "returns on", "will return", "return date", "return", "available again from", "available again on", "available again",
    "reachable again from", "in the office again on", "in the office again from", "resume work on", "reopen on", "reopen", "open again on", "open again from", "again from", "again on",
    "bin ich wieder", "wieder im büro ab", "wieder erreichbar ab", "wieder ab dem", "wieder ab", "wieder am", "wieder da am", "wieder da ab", "wieder da", "wieder im büro am", "wieder im büro", "erreichbar ab", "zurück am", "zurück ab", "zurück sein am", "rückkehr am", "ab dem", "ab montag, dem",
    "wieder für sie da ab", "kehre am", "kehre ich am", "bin am", "bin ab", "sind wir ab", "de retour le", "de retour à partir du", "de retour", "retour le", "serai de retour", "à compter du", "à partir du",
    "reprendrai le", "vuelvo el", "regreso el", "regresaré el", "volveré el", "de vuelta el", "me reincorporo el", "a partir del", "rientro il", "rientrerò il", "di nuovo in ufficio il", "di ritorno il", "tornerò il",
    "a partire dal", "terug op", "weer aanwezig op", "weer bereikbaar vanaf", "weer terug op", "ben weer", "vanaf", "de volta em", "de volta no dia", "regresso em", "regresso a", "voltarei a", "voltarei em", "voltarei no dia", "regressarei a", "volto a", "retorno em", "retornarei em", "volto em", "a partir de",
    "wracam", "wrócę", "powrót", "ponownie od", "będę dostępny od", "буду на рабочем месте с", "вернусь", "вернётся", "вернется", "выйду", "выхожу", "буду на месте с", "буду в офисе с", "возвращаюсь", "начиная с",
    "повернуся", "повертаюсь", "revin pe", "revin în", "revin in", "mă întorc pe", "ma intorc pe", "mă întorc", "ma intorc", "voi reveni pe", "voi reveni", "începând cu", "incepand cu", "din data de",
    "tillbaka den", "tillbaka", "tilbage den", "tilbage", "tilbake", "palaan", "zpět v kanceláři", "zpět", "späť", "döneceğim", "geri döneceğim", "επιστρέφω στις", "επιστροφή",
)  # fmt: skip
# ... or before these
BACK_AFTER = (
    "wieder im büro", "wieder erreichbar", "wieder da", "wieder zurück", "zurück", "wieder für sie", "weer aanwezig", "weer bereikbaar", "weer terug", "терug", "снова на связи", "снова в офисе", "выйду на работу",
    "i will be back", "i'll be back", "i am back", "tarihinde döneceğim", "tarihinde ofiste", "に戻", "より通常", "から出社", "起恢复", "返回",
)  # fmt: skip
# the last day away stands behind these
UNTIL = (
    "until and including", "up to and including", "until", "untill", "till", "through", "thru", "to", "bis einschließlich", "bis einschliesslich", "bis einschl.", "bis inkl.", "bis inklusive", "bis zum", "bis", "jusqu'au", "jusqu'à",
    "au", "hasta el", "hasta", "al", "fino al", "fino a", "sino al", "tot en met", "t/m", "tot", "até", "ate o dia", "a", "do dnia", "do", "включительно до", "до", "по", "până la", "pana la", "până pe", "pana pe", "până în", "pana in",
    "till och med", "t.o.m.", "til og med", "til", "saakka", "do", "až do", "έως", "μέχρι", "-", "–", "—", "~", "〜",
)  # fmt: skip
# ... or before these
UNTIL_AFTER = ("tarihine kadar", "kadar", "-ig", "ig ", "saakka", "asti", "まで", "为止", "止", "까지")
# words for the day itself that may stand between
_BETWEEN = (
    r"[\s,:(]*(?:(?:on|the|den|dem|der|am|le|el|il|op|de|em|w|dniu|dnia|pe|data|zi|ziua|dia|day|of|do|с|в|на|числа|mit|incl\.?|inclusive|"
    r"mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|пн|вт|ср|чт|пт|сб|вс"
    rf"|(?:{'|'.join(sorted(' '.join(WEEKDAYS).split(), key=len, reverse=True))})[^\W\d_]*(?:-feira)?)\.?[\s,:(]+){{0,4}}"
)
# no full sentence lies between the word and the day
_NEAR = 60
# letters between the two days of "from 1 to 9 December"
_RANGE = 30
# "9-17", "9h-17h", "9:00", "9 Uhr"
_HOURS = re.compile(r"\b\d{1,2} ?(?:h\b|uhr|:\d\d|[ap]\.?m)|\b\d{1,2} ?[-–] ?\d{1,2}\b")
# a full stop behind a word; not behind "8.12." nor before it
_SENTENCE = re.compile(r"(?:(?<=[^\W\d_])[.!?]+|(?<=20\d\d)\.)\s+(?=[^\W\d_])|\n\s*\n|。")


# of hours, offers and colleagues: days in such a sentence are no absence, unless it says so
NO_ABSENCE = (
    "valid", "offer", "discount", "% off", "opening hours", "office hours", "business hours", "working hours", "hours are", "hours:", "open from", "open until", "available until", "reachable until",
    "gültig", "angebot", "rabatt", "öffnungszeit", "sprechzeit", "geöffnet", "geschäftszeit", "bürozeit", "erreichbar bis", "valable", "offre", "remise", "horaires", "ouvert", "disponible jusqu",
    "válido", "oferta", "descuento", "horario", "abierto", "disponible hasta", "valido fino", "offerta", "sconto", "orari", "aperto", "disponibile fino", "geldig", "aanbieding", "korting", "openingstijden",
    "bereikbaar tot", "promoção", "desconto", "horário", "aberto", "ważn", "promocj", "godziny", "czynne", "действу", "скидк", "акци", "часы работы", "время работы", "режим работы", "открыт", "на связи до",
    "valabil", "reducere", "program de lucru", "orar", "öppettider", "åbningstider", "geçerli", "indirim", "営業時間",
)  # fmt: skip
ABSENT = (
    "out of office", "out of the office", "out of town", "ooo", "away", "absent", "absence", "leave", "vacation", "holiday", "not in the office", "unavailable", "not available", "off work", "back", "return", "closed",
    "abwesen", "urlaub", "nicht im büro", "nicht im haus", "außer haus", "nicht erreichbar", "ferien", "geschlossen", "wieder", "zurück", "congé", "vacances", "retour", "fermé", "fuera de", "ausen", "vacaciones", "regres",
    "volver", "cerrad", "ferie", "assen", "fuori", "rientr", "chius", "afwez", "vakantie", "verlof", "terug", "gesloten", "férias", "ferias", "volt", "fechad", "urlop", "nieobecn", "wrac", "отпуск", "отсутств", "не будет",
    "вернусь", "закрыт", "відпуст", "concediu", "reven", "închis", "semester", "tillbaka", "tilbage", "izin", "ofis dış", "tatil", "不在", "休",
)  # fmt: skip
# words that mean "until" only behind another day, or where somebody says that he is away: "to 12 March Street"
WEAK = ("to", "au", "al", "a", "do", "-", "–", "—", "~", "〜", "по")


def back_on(text: str, sent: date, american: bool = False) -> date | None:
    """Tell the first day on which the writer of an automatic answer can be reached again.

    :param text: of the answer, without what it quotes
    :param sent: the day on which it was written, where the writer is
    :param american: the writer writes the month first (12/05 is the 5th of December)
    :return: the day, later than ``sent`` and at most :data:`MOST_DAYS` ahead; None where none is named. Of several days the last counts, and
        one of coming back before one of being away.
    """
    sentences = [_fold(one) for one in _SENTENCE.split(text[:MOST_LETTERS])]
    sentences = [one for one in sentences if _ABSENT.search(one) or not _NO_ABSENCE.search(one)]
    # who writes 12/24 writes 1/2 so, too
    american = american or any(int(one["month"]) > 12 >= int(one["day"]) for plain in sentences for one in _SLASH.finditer(plain))
    dates = [(plain, _dates(plain, sent, american)) for plain in sentences]
    # "Monday to Friday, 9-17" is no absence
    weekdays = ((plain, _weekdays(plain, sent)) for plain in sentences if _ABSENT.search(plain) or not _HOURS.search(plain))
    for known in (dates, weekdays):  # "Monday, 7 December" is no next Monday
        days = [said for plain, found in known for said in _meanings(plain, found)]
        for meaning, later in (("back", 0), ("until", 1)):
            found = [day + timedelta(days=later) for its, day in days if its == meaning]
            ahead = [day for day in found if sent < day <= sent + timedelta(days=MOST_DAYS)]
            if ahead:
                return max(ahead)
    return None


def _meanings(plain: str, known: list[tuple[int, int, date]]) -> Iterable[tuple[str, date]]:
    """:param known: the days of a sentence, with where they stand
    :return: what each means, and the day"""
    absent = bool(_ABSENT.search(plain))
    ends = [end for _start, end, _day in known]
    for start, end, day in known:
        ranges = any(start - _RANGE <= one < start for one in ends)
        yield _meaning(plain[max(0, start - _NEAR) : start], plain[end : end + _NEAR], absent or ranges), day


def _meaning(before: str, after: str, certain: bool) -> str:
    """:param certain: it stands behind another day, or the sentence says that somebody is away"""
    # after the day: "am 12.12. wieder im Büro"; stronger than a mere dash or "to" before it
    if _AFTER_BACK_RE.match(after):
        return "back"
    if _AFTER_UNTIL_RE.match(after):
        return "until"
    ends = [
        (found.end(1), len(found[1]), kind)
        for kind, pattern in (("back", _BACK_RE), ("until", _UNTIL_RE))
        if (found := pattern.search(before)) and (kind == "back" or certain or found[1] not in WEAK)
    ]
    return max(ends)[2] if ends else ""


# ------------------------------------------------------------------
# Days
# ------------------------------------------------------------------


def _dates(text: str, sent: date, american: bool) -> list[tuple[int, int, date]]:
    """:return: (start, end, day) of each date in the text, those without a year as the next one"""
    found: list[tuple[int, int, date]] = []
    for pattern, order in _PATTERNS:
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end, _day in found):
                continue
            day = _day_of(match.groupdict(), "american" if order == "slash" and american else order, sent)
            if day:
                found.append((match.start(), match.end(), day))
    return sorted(found)


def _weekdays(text: str, sent: date) -> list[tuple[int, int, date]]:
    """:return: (start, end, day) of each day of the week in the text, as the next one"""
    known = [(one, _of_names(one[0], _WEEKDAY_OF)) for one in _WORD.finditer(text)]
    return [
        (one.start(), one.end(), sent + timedelta(days=(number - sent.weekday() - 1) % 7 + 1))
        for one, number in known
        if number is not None
    ]


def _day_of(parts: dict[str, str | None], order: str, sent: date) -> date | None:
    day, year = int(parts["day"] or 0), parts.get("year")
    if order == "name":
        month = _of_names(parts["month"] or "", _MONTH_OF)
        if month is None:
            return None
        return _dated(day, month + 1, year, sent)
    month = int(parts["month"] or 0)
    if order == "american":
        day, month = month, day
    # 12/05 is the 12th of May but in the USA; where that lies behind us, or is no day, it is the 5th of December
    first = _dated(day, month, year, sent)
    if order == "slash" and (first is None or not sent < first <= sent + timedelta(days=MOST_DAYS)):
        return _dated(month, day, year, sent) or first
    return first


def _dated(day: int, month: int, year: str | None, sent: date) -> date | None:
    try:
        if year:
            number = int(year)
            return date(number + 2000 if number < 100 else number, month, day)
        this = date(sent.year, month, day)
        # a day some weeks ago is this year's: an answer that nobody has switched off
        return this if this >= sent - timedelta(days=120) else date(sent.year + 1, month, day)
    except ValueError:
        return None


def _of_names(word: str, names: dict[str, int]) -> int | None:
    for length in range(len(word), 1, -1):
        if word[:length] in names:
            return names[word[:length]]
    return None


def _fold(text: str) -> str:
    """:return: the text in lower case and without accents, each sign for one, so that places stay"""
    result = []
    for sign in text.lower():
        base = unicodedata.normalize("NFD", sign)[:1] if unicodedata.category(sign) == "Ll" and sign not in "йїі" else sign
        result.append({"’": "'", "\u00a0": " ", "ı": "i"}.get(base, base))
    return " ".join("".join(result).split())


def _alternatives(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(_fold(word)) for word in sorted(words, key=len, reverse=True))


_MONTH_OF = {_fold(name): number for number, names in enumerate(MONTHS) for name in names.split()}
_WEEKDAY_OF = {_fold(name)[:6] if len(name) > 6 else _fold(name): number for number, names in enumerate(WEEKDAYS) for name in names.split()}
_NO_ABSENCE, _ABSENT = (re.compile(_alternatives(words)) for words in (NO_ABSENCE, ABSENT))
_BACK_RE = re.compile(rf"(?<!\w)({_alternatives(BACK)}){_BETWEEN}$")
_UNTIL_RE = re.compile(rf"(?<!\w)({_alternatives(UNTIL)}){_BETWEEN}$")
_AFTER_BACK_RE = re.compile(
    rf"[\s.,)]*(?:(?:bin ich|sind wir|ist er|ist sie|ben ik|wieder persönlich|i|we|he|she)\s+)?(?:{_alternatives(BACK_AFTER)})"
)
_AFTER_UNTIL_RE = re.compile(rf"[\s.,)]*(?:{_alternatives(UNTIL_AFTER)})")
_YEAR = r"(?P<year>20\d\d|\d\d(?!\d))"
_WORD = re.compile(r"(?<!\w)[^\W\d_]{3,14}(?!\w)")
_SLASH = re.compile(r"(?<![\d/])(?P<day>\d\d?)/(?P<month>\d\d?)(?![\d/])")
_PATTERNS = (
    (re.compile(r"(?<!\d)(?P<year>20\d\d)-(?P<month>\d\d?)-(?P<day>\d\d?)(?!\d)"), "iso"),
    (re.compile(r"(?:(?P<year>20\d\d)年)?(?P<month>\d\d?)月(?P<day>\d\d?)日"), "iso"),
    (re.compile(r"(?:(?P<year>20\d\d)년 ?)?(?P<month>\d\d?)월 ?(?P<day>\d\d?)일"), "iso"),
    (re.compile(rf"(?<![\d.])(?P<day>\d\d?)\. ?(?P<month>\d\d?)\.? ?{_YEAR}(?![\d.]?\d)"), "dots"),
    (re.compile(r"(?<![\d.])(?P<day>\d\d?)\. ?(?P<month>\d\d?)(?:\.(?! ?\d)|(?=[\s,;)!]|$))"), "dots"),
    (re.compile(rf"(?<![\d/])(?P<day>\d\d?)[/-](?P<month>\d\d?)[/-]{_YEAR}(?![\d/])"), "slash"),
    (_SLASH, "slash"),
    (
        re.compile(
            r"(?<![\d.])(?P<day>\d\d?)(?:st|nd|rd|th|er|º|ª|\.)?(?: (?:de|of)(?= ))? ?(?P<month>[^\W\d_]{3,12})\.?(?:,? (?:de |del )?(?P<year>20\d\d))?(?!\d)"
        ),
        "name",
    ),
    (re.compile(r"(?<!\w)(?P<month>[^\W\d_]{3,12})\.? (?P<day>\d\d?)(?:st|nd|rd|th)?(?!\d)(?:,? (?P<year>20\d\d))?"), "name"),
)
