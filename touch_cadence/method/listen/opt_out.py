"""What a client means by a text message: STOP and its forms, and the way back (R44).

The networks' own word is STOP; people write it in their language, with a please or a full stop. A message that says more is no keyword:
"Stop by tomorrow" is an invitation.
"""

from __future__ import annotations

import re
import unicodedata

STOP = "stop"
START = "start"

_STOP = """
    stop stopall unsubscribe cancel end quit optout revoke stopp
    abmelden abbestellen stoppen kündigen austragen
    arret arrêt arrêter arreter désinscription desinscription désabonner
    baja alto cancelar parar detener
    basta annulla annullare cancella disiscrivi disiscrivimi
    afmelden uitschrijven
    sair remover pare descadastrar
    rezygnuję rezygnuje rezygnacja wypisz wypisuję koniec
    стоп отписаться отписка отпишите отменить хватит
    відписатися відписка
    dezabonare dezabonează dezaboneaza oprire opriți opriti anulare
    avsluta avregistrera afmeld afmeldt framelding avslutt
    odhlásit odhlasit zrušit dur iptal çık ret abbrechen leiratkozás
    停止 退订 退訂 配信停止 停 توقف إلغاء עצור הסר
"""
_START = "start unstop subscribe anmelden старт подписаться abonare začít zacznij"
# words that add nothing to one of those
_FILLERS = """
    please pls thanks thank you now sms text texts texting messages message this all me it the
    bitte danke jetzt nachrichten keine
    merci svp s'il vous plaît plait maintenant les vos messages
    por favor gracias ya mensajes os
    per favore grazie ora messaggi
    alstublieft aub graag dank berichten
    obrigado obrigada mensagens
    proszę prosze dziękuję wiadomości
    пожалуйста спасибо смс сообщения мне меня
    будь ласка дякую
    vă rog va rog mulțumesc multumesc mesaje
    tack tak lütfen prosím
"""
# whole sentences that mean the same
STOP_SENTENCES = (
    "opt out", "opt-out", "stop all", "stop it", "remove me", "remove me from your list", "take me off your list", "do not contact me", "don't contact me", "do not text me", "don't text me",
    "do not message me", "don't write to me", "no more messages", "no more texts", "leave me alone", "bitte nicht mehr", "keine nachrichten mehr", "keine sms mehr", "keine weiteren nachrichten",
    "schreiben sie mir nicht mehr", "lassen sie mich in ruhe", "ne me contactez plus", "plus de messages", "ne m'écrivez plus", "arrêtez de m'écrire", "no me escriba más", "no me contacten",
    "no más mensajes", "darme de baja", "dar de baja", "non scrivetemi più", "non contattatemi", "niet meer sturen", "geen berichten meer", "não me contacte", "nao me escreva mais",
    "proszę nie pisać", "nie piszcie", "wypisz mnie", "не пишите мне", "не пишите мне больше", "больше не пишите", "не надо писать", "уберите меня из списка", "отстаньте", "не звоните и не пишите",
    "dezabonează-mă", "dezabonați-mă", "nu îmi mai scrieți", "nu-mi mai scrieți", "nu imi mai scrieti", "nu mă mai contactați", "nu ma mai contactati", "fără mesaje", "sluta skriva", "ikke flere beskeder",
)  # fmt: skip


def on_text(text: str) -> str:
    """:param text: of a message that a client sent
    :return: :data:`STOP`, :data:`START`, or empty: it says something else, and a person reads it
    """
    words = _words(text)
    if not words or len(words) > 8:
        return ""
    if " ".join(words) in _SENTENCES:
        return STOP
    said = [word for word in words if word not in _FILLERS_FOLDED and not word.isdigit()]
    # "stop stop!!", "STOP 84950", "bitte Stop"
    if said and all(word in _STOP_FOLDED for word in said):
        return STOP
    if said and all(word in _START_FOLDED for word in said):
        return START
    # a sentence with a please around it
    kept = " ".join(word for word in words if word not in _POLITE)
    return STOP if kept in _SENTENCES else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['-][^\W_]+)*", _fold(text))


def _fold(text: str) -> str:
    """:return: in lower case, without accents and invisible signs, full-width letters as usual ones"""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).replace("’", "'").casefold())
    return unicodedata.normalize("NFC", "".join(one for one in plain if unicodedata.category(one) not in ("Mn", "Cf") or one == "\u0306"))


_STOP_FOLDED, _START_FOLDED, _FILLERS_FOLDED = (frozenset(map(_fold, words.split())) for words in (_STOP, _START, _FILLERS))
_SENTENCES = frozenset(" ".join(_words(sentence)) for sentence in STOP_SENTENCES)
_POLITE = _FILLERS_FOLDED - {
    "me",
    "all",
    "it",
    "the",
    "messages",
    "keine",
    "nachrichten",
    "мне",
    "смс",
    "сообщения",
    "les",
    "vos",
    "os",
    "ya",
}
