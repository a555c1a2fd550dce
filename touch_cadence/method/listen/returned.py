"""What mail servers report about a mail of ours: that it did not arrive, that it waits, that it arrived, or that somebody complained
(RFC 3464, RFC 5965, and whatever else servers write).

Status codes are what a server chose, its words what it means: "5.7.1 User unknown" is a wrong address, "5.1.1 blocked using Spamhaus" is none.
So the words are looked at first. What servers really say stands in the tables; a server that is met later is a line in a table.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable
from email.header import decode_header, make_header
from email.message import Message
from typing import NamedTuple

from ..client import mail

# the address does not exist, or is closed for good
HARD = "hard"
# full, slow or down: the same mail may arrive later
SOFT = "soft"
# the server does not want us, or this mail; the address is right
POLICY = "policy"
# it is still being tried
DELAYED = "delayed"
# nothing failed
DELIVERED = "delivered"
READ = "read"
# the client calls the mail spam
COMPLAINT = "complaint"

FAILED = frozenset({HARD, SOFT, POLICY})
# of a part that are read: reports are short, and any mail is looked at
MOST_LETTERS = 100_000
# beginnings of the types of parts that hold words; of some reports nobody names the type
_WRITTEN = ("text/", "message/", "multipart/")
Words = tuple[str, ...]

# ------------------------------------------------------------------
# What servers say
# ------------------------------------------------------------------

# All are compared in lower case, with single blanks. The first table that knows a word decides.

# an address that is wrong, whatever else is said
HARD_WORDS: Words = (
    "user unknown", "unknown user", "user not known", "recipient not known", "invalid final delivery userid", "not listed in", "not a valid user",
    "does not have a final email delivery point", "unknown alias", "unknown recipient", "recipient unknown", "unknown address", "address unknown", "unknown mailbox",
    "unknown local part", "unknown local-part", "unknown virtual", "unknown or illegal alias", "unknown account", "unknown email",
    "no such user", "no such recipient", "no such mailbox", "no such person", "no such address", "no such account", "no such domain",
    "no such local user", "no such alias", "not our customer", "no mailbox here", "no mailbox by that name", "no mailbox found", "not a valid mailbox",
    "no user here", "no account by that name", "does not exist", "doesn't exist", "doesn&#39;t exist", "do not exist", "not exist",
    "user not found", "recipient not found", "mailbox not found", "address not found", "account not found", "not found by smtp address lookup",
    "recipientnotfound", "couldn't be found", "could not be found", "wasn't found at", "was not found at", "cannot find your recipient",
    "user doesn't", "user doesnt", "isn't a valid", "not a valid recipient", "not a valid user", "not a known user", "not known at",
    "invalid recipient", "invalid mailbox", "invalid address", "invalid user", "bad address", "bad destination", "illegal alias", "bad recipient",
    "nonexistent", "non-existent", "non existent", "non existant", "unroutable", "unrouteable", "no valid recipient", "no valid recipients",
    "mailbox unavailable", "mailbox is unavailable", "mailbox not available", "mailbox name not allowed", "mailbox disabled", "mailbox is disabled",
    "mailbox is inactive", "mailbox inactive", "mailbox currently suspended", "user disabled", "user is disabled", "account disabled",
    "account is disabled", "account has been disabled", "account that you tried to reach is disabled", "account inactive", "account is inactive",
    "account expired", "account has expired", "inactive user", "inactive account", "inactive mailbox", "account closed", "account has been closed",
    "account is closed", "account terminated", "address no longer", "no longer valid", "no longer available", "no longer in use", "no longer active",
    "no longer on server", "no longer works", "has left", "recipient no longer", "deactivated", "discontinued", "closed mailbox",
    "domain not found", "host not found", "host unknown", "unknown host", "unknown domain", "name or service not known", "nxdomain",
    "domain name not found", "dns domain", "doesn't accept mail", "does not accept mail", "nullmx", "null mx", "no mx or a",
    "not a local recipient", "not local recipient", "undeliverable address", "delivery to this address is restricted", "addressee unknown",
    "recipient address rejected: access denied", "recipient rejected: no account", "recipient address rejected: undeliverable",
    # other languages
    "unbekannter empfänger", "empfänger unbekannt", "empfaenger unbekannt", "empfänger existiert nicht", "benutzer unbekannt", "postfach existiert nicht",
    "adresse existiert nicht", "nicht gefunden", "nicht vorhanden", "gibt es nicht", "konto deaktiviert", "utilisateur inconnu",
    "destinataire inconnu", "adresse inconnue", "n'existe pas", "destinataire invalide", "boîte inexistante", "introuvable", "adresse d au moins un destinataire invalide",
    "no existe", "usuario desconocido", "destinatario desconocido", "no se encontró", "utente sconosciuto", "utente non", "non esiste", "indirizzo inesistente",
    "destinatario sconosciuto", "não existe", "usuário desconhecido", "nao existe", "nie ma takiego", "nieznany użytkownik", "nie istnieje",
    "bestaat niet", "onbekende gebruiker", "niet gevonden", "не существует", "не найден", "нет такого", "такого пользователя нет", "пользователь не",
    "несуществующ", "nu există", "nu exista", "utilizator necunoscut", "destinatar necunoscut", "inte hittas", "findes ikke", "bulunamadı", "不存在", "見つかりません",
)  # fmt: skip
# we, or this mail, are not wanted; stronger than "rejected", weaker than a wrong address
POLICY_WORDS: Words = (
    "spam", "blocked", "block list", "blocklist", "blacklist", "black list", "blacklisted", "denylist", "reputation", "spamhaus", "barracuda",
    "sorbs", "spamcop", "rbl", "dnsbl", "listed at", "listed by", "is listed", "dmarc", "spf", "dkim", "unauthenticated",
    "not authenticated", "authentication", "not authorized", "not authorised", "unauthorized", "policy", "policies", "access denied", "permission",
    "relay access denied", "relaying denied", "relay not permitted", "unable to relay", "content rejected", "message rejected", "message refused",
    "message content", "virus", "malware", "phish", "unsolicited", "bulk mail", "suspicious", "sender rejected", "sender denied", "sender address rejected",
    "sender verify failed", "sender verification", "reverse dns", "ptr record", "helo", "bad sender", "not accepting mail from", "prohibited",
    "junkmail", "abuse", "complaint", "banned", "firewall", "attachment", "restricted", "rejected by the recipient", "whitelist", "allowlist",
    "unwanted", "verboten", "abgelehnt", "gesperrt", "refusé", "rechazado", "rifiutato", "отклонен", "заблокирован", "отвергнут", "respins", "odrzucon",
)  # fmt: skip
# the same mail may arrive later
SOFT_WORDS: Words = (
    "mailbox full", "mailbox is full", "full mailbox", "over quota", "overquota", "over-quota", "quota exceeded", "exceeded quota",
    "exceeds quota", "quota violation", "quota", "out of storage", "storage space", "insufficient system", "insufficient storage", "insufficient disk",
    "disk full", "disk space", "exceeded storage", "exceeded its storage", "mailbox size", "inbox is full", "too many messages in",
    "try again", "try later", "retry", "retrying", "temporar", "greylist", "graylist", "grey-list", "deferred", "deferral", "rate limit", "rate-limit", "too many connections",
    "too many recipients", "too many messages", "too busy", "too much mail", "receiving mail too quickly", "receiving mail at a rate",
    "timed out", "timeout", "time out", "connection refused", "connection reset", "connection dropped", "connection lost", "lost connection",
    "connection died", "no route to host", "network is unreachable", "unreachable", "not responding", "did not respond", "no answer from host",
    "service unavailable", "service not available", "server busy", "server error", "internal error", "local error", "unable to connect", "could not connect",
    "cannot connect", "bad connection", "loop", "too many hops", "hop count", "message too large", "message size", "too big", "exceeds size", "size limit",
    "size exceeds", "could not be delivered within", "expired", "in the queue too long", "lookup failure", "server failure", "resource",
    "name server", "dns error", "system not accepting", "not accepting", "currently unavailable", "postfach voll", "postfach ist voll", "speicherplatz",
    "boîte pleine", "boite pleine", "buzón lleno", "buzon lleno", "bandeja llena", "casella piena", "caixa cheia", "skrzynka pełna", "skrzynka jest pełna", "przepełnion",
    "postvak vol", "ящик переполнен", "переполнен", "превышена квота", "căsuță plină", "casuta plina", "spațiu",
)  # fmt: skip
# a refusal that is about the sender: stronger than all others, since servers close such words with "recipient … does not exist here"
STRONG_POLICY_WORDS: Words = (
    "spamhaus", "spamcop", "barracuda", "sorbs", "using rbl", "blocked using", "block list", "blocklist", "blacklisted", "in a black list", "is on our block",
    "part of their network is on", "sender address rejected", "sender rejected", "sender verify failed", "sender denied", "detected as spam", "looks like spam",
    "marked as spam", "identified as spam", "rejected as spam", "considered spam", "suspected spam", "spam message", "spam detected", "spam content", "dmarc",
    "spf check", "spf fail", "fails spf", "dkim", "poor reputation", "bad reputation", "low reputation", "reputation of", "unauthenticated", "unsolicited",
    "relay access denied", "relaying denied", "unable to relay", "relay not permitted", "virus", "malware", "phishing",
    "your account", "sender address", "sender domain", "sender's domain", "domain of sender", "helo command", "helo host", "ptr record", "spf record", "reverse dns", "reverse hostname",
    "reverse lookup", "client host rejected", "whitelist", "allowlist", "policy restriction", "policy reason", "local policy", "security policy", "from address", "mail from command",
)  # fmt: skip
# the sender, named before what is wrong with it
_SENDER = re.compile(
    r"\b(?:sender|mail from|from)\b:?\s*<?[^\s<>]+@[^\s<>]+>?[^.;]{0,40}(?:not exist|exist|unknown|not found|invalid|rejected|denied|not allowed|no such)"
)
# a mailbox that only waits, though the words sound final; before the wrong addresses
STRONG_SOFT_WORDS: Words = (
    "mailbox full", "mailbox is full", "over quota", "overquota", "quota exceeded", "exceeded quota", "out of storage", "inbox is full", "greylist", "graylist", "temporarily", "not found, try again",
    "temporary", "try again later", "please try again", "too many connections", "rate limit", "receiving mail too quickly", "receiving mail at a rate", "postfach voll",
    "ящик переполнен", "mailbox size limit", "mailbox for user is full", "insufficient system storage", "insufficient disk",
)  # fmt: skip

# enhanced status codes (RFC 3463, and Microsoft's), where the words say nothing
HARD_STATUS = frozenset(
    {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.1.20", "5.2.1", "5.4.1", "5.4.4", "5.4.310", "5.7.100"}
)
POLICY_STATUS = re.compile(r"5\.(?:7|6)\.\d+|5\.1\.[789]|5\.1\.90|5\.2\.(?:0|4)$")
# what a server answers without an enhanced code (RFC 5321)
HARD_REPLY = frozenset({"550", "551", "553"})


class Report(NamedTuple):
    """What is said of one recipient.

    ``kind``: see above; ``address``: whom the mail was for, in lower case, empty where nobody is named; ``status``: as "5.1.1", empty where none is
    given; ``words``: what the server said, in one line.
    """

    kind: str
    address: str
    status: str = ""
    words: str = ""


def classify(words: str, status: str = "") -> str:
    """Tell whether a refusal is for good, for now, or about us; also of what a server says while a mail is handed over.

    :param words: what the server said, in any language
    :param status: the enhanced status code, such as "5.1.1"; empty: the one in the words
    :return: :data:`HARD`, :data:`SOFT` or :data:`POLICY`; soft where nothing is known, so that no right address is closed
    """
    text = " ".join(words.lower().replace("’", "'").split())
    status = status or _find_status(text)
    reply = _find_reply(text)
    if status.startswith("4") or (not status and reply.startswith("4")):
        return POLICY if _says(text, STRONG_POLICY_WORDS) else SOFT
    if _SENDER.search(text):
        return POLICY
    for kind, table in ((POLICY, STRONG_POLICY_WORDS), (SOFT, STRONG_SOFT_WORDS), (HARD, HARD_WORDS)):
        if _says(text, table):
            return kind
    if status in HARD_STATUS:
        return HARD
    for kind, table in ((POLICY, POLICY_WORDS), (SOFT, SOFT_WORDS)):
        if _says(text, table):
            return kind
    if POLICY_STATUS.match(status):
        return POLICY
    if status in {"", "5.0.0", "5.5.0"} and reply in HARD_REPLY:
        return HARD
    return SOFT


def read(message: Message, ours: Collection[str] = ()) -> list[Report]:
    """Read what a mail reports of mails that were sent.

    :param message: as it arrived; it may be malformed in any way
    :param ours: addresses that are never the recipient: our own
    :return: a report for each recipient that is named; empty where the mail is no report
    """
    parts = list(_walk(message))
    types = [_type(part) for part in parts]
    texts = [(kind, _text(part)[:MOST_LETTERS]) for part, kind in zip(parts, types) if not kind or kind.startswith(_WRITTEN)]
    top = _type(message, whole=True)
    report = about[1] if (about := _REPORT_TYPE.match(top)) else ""
    if report == "feedback-report" or "message/feedback-report" in types:
        return [_complaint(texts)]
    if report == "disposition-notification" or "message/disposition-notification" in types:
        return [Report(READ, _of_field("\n".join(text for _kind, text in texts), "final-recipient"))]
    own = {one.lower() for one in ours} | {mail.find_address(_header(message, "to")), mail.find_address(_header(message, "from"))}
    said = _said(texts)
    told = _before_copy(said)
    begins = _RECIPIENTS.search(told)
    told = told[begins.start() :] if begins else told
    if report != "delivery-status" and "message/delivery-status" not in types and not _is_servers(message, told, bool(begins)):
        return _unsigned(told, _header(message, "subject"), own) if begins else []
    blocks = [block for kind, text in texts if kind == "message/delivery-status" for block in _blocks(text)]
    blocks = blocks or [block for block in _blocks(said) if "final-recipient" in block or "original-recipient" in block]
    if reports := [one for block in blocks if (one := _of_block(block, said))]:
        return reports
    # a server that looks for viruses has put the report into a mail of its own
    for part in parts:
        for inner in part.get_payload() if _type(part) == "message/rfc822" and isinstance(part.get_payload(), list) else ():
            if isinstance(inner, Message) and _type(inner) == "multipart/report" and (found := read(inner, own)):
                return found
    named = [address for address in mail.find_addresses(_header(message, "x-failed-recipients")) if address not in own]
    return _of_text(told, _header(message, "subject"), named, own)


_REPORT_TYPE = re.compile(r"\s*multipart/report\b.*\breport-type\s*=\s*\"?([\w-]+)", re.DOTALL)


def _is_servers(message: Message, told: str, begins: bool) -> bool:
    """Whether a mail server wrote, and no person who passes its words on: they paste them, attach the report, or write of a parcel that did not
    arrive.

    :param begins: the text names recipients as servers do
    """
    sender, subject = _header(message, "from"), _header(message, "subject")
    headers = mail.read_headers(message)
    names = {name.lower() for name, _value in headers}
    address = mail.find_address(sender)
    known = mail.is_bounce_subject(subject)
    # people sit at some postmasters': they answer, and give no codes
    if address.startswith("postmaster@") and not (begins or known or ("in-reply-to" not in names and _refusal(told))):
        return False
    if "x-failed-recipients" in names or (sender.strip() and not address) or mail.is_mail_server(headers, subject, sender):
        return True
    path = _header(message, "return-path")
    return known and ("smtp" in address or "<>" in path or mail.find_address(path).startswith("mailer-daemon@"))


def _unsigned(told: str, subject: str, own: Collection[str]) -> list[Report]:
    """:return: of a mail that carries no sign of a server, only what nobody but a server writes: under a subject of theirs, an address with the code
    of its refusal"""
    if not mail.is_bounce_subject(subject):
        return []
    found = _of_text(told, subject, [], own)
    return found if any(one.address and (one.status or _find_reply(one.words)) for one in found) else []


# names of headers: of the report, and of the copy of our mail
_ANSWERED = frozenset({"in-reply-to", "references", "x-original-message-id", "original-message-id"})
_NAMED = _ANSWERED | {"message-id", "x-microsoft-original-message-id"}
_ID = re.compile(r"<[^<>\s]{1,400}>")
_ID_LINE = re.compile(r"(?im)^[\t >]*(?:message-id|original-message-id|in-reply-to|references)\s*:(.{1,1000})$")


def message_ids(message: Message) -> list[str]:
    """:return: the ids of mails that a report names: that it answers, or of which it holds a copy; each once, the likeliest first"""
    found: list[str] = []
    parts, first = [message], True
    while parts:
        part = parts.pop(0)
        names = _ANSWERED if first else _NAMED
        first = False
        for name, value in part.raw_items():
            if name.lower() in names:
                found += _ID.findall(str(value))
        payload = part.get_payload()
        if isinstance(payload, list):
            parts += [one for one in payload if isinstance(one, Message)]
        else:
            found += [one for line in _ID_LINE.findall(_text(part)[:MOST_LETTERS]) for one in _ID.findall(line)]
    return list(dict.fromkeys(found))


# ------------------------------------------------------------------
# A report in fields
# ------------------------------------------------------------------


def _of_block(block: dict[str, str], said: str) -> Report | None:
    """:param block: the fields of one recipient (RFC 3464)
    :param said: what the report tells people: some servers name the cause only there"""
    final = mail.find_address(block.get("final-recipient", ""))
    address = mail.find_address(block.get("original-recipient", "")) or final
    if not final and not block.get("status") and not block.get("action"):
        return None
    action = block.get("action", "").strip().lower().split(" ")[0]
    words = " ".join(block.get("diagnostic-code", "").split())
    words = re.sub(r"^(?:smtp|x-\S+?)\s*;\s*", "", words, flags=re.IGNORECASE)
    status = _find_status(block.get("status", ""))
    if action in {"delivered", "relayed", "expanded"} or (not action and status.startswith("2")):
        return Report(DELIVERED, address, status, words)
    if action == "delayed":
        return Report(DELAYED, address, status, words)
    if not action and not status and not words:
        return None
    if status in {"", "5.0.0", "4.0.0"}:  # the code that the other server gave says more
        status = _find_status(words) or status
    told = words or _near(said, address)
    return Report(classify(told, status), address, status, told)


# what a feedback report may be about that is a client's complaint (RFC 5965, RFC 6430, RFC 6591)
_COMPLAINTS = frozenset({"", "abuse", "fraud", "opt-out", "opt-out-list", "other"})


def _complaint(texts: Iterable[tuple[str, str]]) -> Report:
    whole = "\n".join(text for _kind, text in texts)
    about = re.search(r"(?im)^feedback-type[\t ]*:[\t ]*([\w-]*)", whole)
    if about and about[1].lower() not in _COMPLAINTS:
        return Report(DELIVERED, "")  # "not spam", or how a signature was checked
    for field in ("original-rcpt-to", "removal-recipient", "x-original-to", "to"):
        if address := _of_field(whole, field):
            return Report(COMPLAINT, address)
    return Report(COMPLAINT, "")


def _of_field(text: str, name: str) -> str:
    found = re.findall(rf"(?im)^{name}[\t ]*:(.*)$", text)
    return next((address for value in found if (address := mail.find_address(value))), "")


# ------------------------------------------------------------------
# A report in words
# ------------------------------------------------------------------

# where the copy of our own mail begins
_COPY = re.compile(
    r"(?im)^[-\t >*=_]*(?:below this line is a copy|this is a copy of (?:the|your) message|original message (?:follows|headers)|"
    r"copy of the (?:original )?message|included is a copy|message header follows|returned message follows|"
    r"the (?:header|headers) of the original message|-{2,}\s*original message|unsent message|message from your server|"
    r"received:\s+(?:from|by)|return-path:\s*<|forwarded message|исходное сообщение|ursprüngliche nachricht|message d'origine).*$"
)
# what stands before the recipients; what is above it tells of our own mail
_RECIPIENTS = re.compile(
    r"(?i)(?:did not|didn't|could not|couldn't|can't|cannot|not) (?:reach|be delivered to|been delivered to)\b|failed recipients?\b|failed addresses|"
    r"following (?:address|addresses|recipient|recipients) (?:had|failed|did not)|unable to deliver (?:message|your message|mail)? ?to\b|"
    r"(?:message|delivery) (?:could not be|has|have)? ?(?:delivered|failed) (?:to|for)\b|to the following recipients? failed|has failed to these recipients|"
    r"pas pu (?:être|etre) (?:délivré|delivre|remis) (?:à|a)\b|nicht (?:an|zugestellt)|rcpt to:\s*<|returned an error|permanent fatal errors|"
    r"the error was|intended recipient"
)
_DELAYED = re.compile(
    r"(?i)delivery (?:is |has been )?delayed|delayed mail|delay(?:ed)? (?:notification|\(relay)|warning: (?:message|could not send)|"
    r"will (?:be retried|continue to|retry|keep trying)|still being (?:tried|retried)|has not yet been delivered|not been delivered yet|"
    r"you do not need to resend|(?:please )?do not resend|attempts will continue|no action is required"
)


def _of_text(text: str, subject: str, named: list[str], own: Collection[str]) -> list[Report]:
    found = named or [address for address in _addresses(text) if address not in own and not _is_postmaster(address)]
    if _DELAYED.search(f"{subject}\n{text}") and classify(text) == SOFT:
        return [Report(DELAYED, address, _find_status(text)) for address in found[:1]]
    if not found:
        words = _first_words(text)
        return [Report(classify(text), "", _find_status(text), words)]
    if not named:
        # of many addresses in prose the first is the recipient, others stand where a server names its staff; each with words of its own counts
        found = [address for at, address in enumerate(found) if not at or _refusal(_near(text, address)) or _stands_alone(text, address)]
    return [_of_near(text, address) for address in found]


def _addresses(text: str) -> list[str]:
    """:return: the addresses of a report, each once: also "[a@b.example]:550 a@b.example...User unknown" and "SMTP=a@b.example" """
    plain = re.sub(r"(?i)\.{2,}|\bsmtp=|[\[\]]", " ", text)
    return list(dict.fromkeys(mail.find_addresses(plain)))


def _of_near(text: str, address: str) -> Report:
    near = _near(text, address)
    # of a talk between servers only what refused counts
    refusing = " ".join(line.strip() for line in text.splitlines() if _REFUSING.match(line) and address in line.lower())
    words = refusing or (near if _refusal(near) else text)
    return Report(classify(words), address, _find_status(words), _first_words(near or text))


def _refusal(words: str) -> bool:
    """:return: whether the words say why"""
    low = words.lower()
    return bool(_find_status(low) or _find_reply(low)) or any(_says(low, table) for table in (HARD_WORDS, STRONG_POLICY_WORDS, SOFT_WORDS))


def _stands_alone(text: str, address: str) -> bool:
    """:return: whether the address has a line of its own, as in a list of recipients"""
    return any(line.strip(" \t<>:*-,;").lower() == address for line in text.splitlines())


def _near(text: str, address: str) -> str:
    """:return: the lines from the address to the next address or the next but one blank line"""
    if not address:
        return ""
    lines = text.splitlines()
    at = next((number for number, line in enumerate(lines) if address in line.lower()), None)
    if at is None:
        return ""
    kept, blanks = [lines[at]], 0
    for line in lines[at + 1 : at + 16]:
        blanks += not line.strip()
        if blanks > 1 or (mail.find_address(line) not in {"", address} and not _find_reply(line)):
            break
        kept.append(line)
    return " ".join(" ".join(kept).split())


def _before_copy(text: str) -> str:
    found = _COPY.search(text)
    head = text[: found.start()] if found else text
    return head if head.strip() else text


def _first_words(text: str) -> str:
    return " ".join(text.split())[:500]


def _is_postmaster(address: str) -> bool:
    local = re.sub(r"[^a-z]", "", address.partition("@")[0])
    return local in mail.BOUNCE_SENDERS or local in {"abuse", "helpdesk", "admin", "administrator"}


# ------------------------------------------------------------------
# Codes
# ------------------------------------------------------------------

# of 4 and 5 each subject that there is; of 2 only what says "it worked", not the version of a program
_STATUS = re.compile(r"(?<![\d.])([45]\.[0-7]\.\d{1,3}|2\.[0-7]\.\d{1,3}(?=\s*$))(?![\d.]*\d)")
# not "550 messages", nor the number of a house
_REPLY = re.compile(r"(?<![\d.\w-])([45][0-5]\d)(?=[\s-])(?!\s*(?:messages?|bytes|mb|kb)\b)")
_REFUSING = re.compile(r"\s*[45][0-5]\d[ -]")


def _find_status(text: str) -> str:
    found = _STATUS.search(text)
    return found[1] if found else ""


def _find_reply(text: str) -> str:
    found = _REPLY.search(text)
    return found[1] if found else ""


def _says(text: str, table: Iterable[str]) -> bool:
    return any(words in text for words in table)


# ------------------------------------------------------------------
# The mail, however broken
# ------------------------------------------------------------------


def _header(message: Message, name: str) -> str:
    value = next((str(raw) for key, raw in message.raw_items() if key.lower() == name), "")
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError, UnicodeError):
        return value


def _type(part: Message, whole: bool = False) -> str:
    """:return: the type of a part in lower case; ``whole``: with its parameters"""
    value = next(iter(mail.content_types(part)), "").lower()
    return value if whole else value.split(";")[0].strip()


def _walk(message: Message) -> Iterable[Message]:
    """:return: the parts of a mail, not those of the mail that it returns; the report's own fields are parts"""
    parts = [message]
    while parts:
        part = parts.pop(0)
        yield part
        payload = part.get_payload()
        if isinstance(payload, list) and _type(part) not in {"message/rfc822", "text/rfc822-headers", "message/delivery-status"}:
            parts[:0] = [one for one in payload if isinstance(one, Message)]


def _text(part: Message) -> str:
    """:return: the text of a part, decoded as well as it can be"""
    payload = part.get_payload()
    if isinstance(payload, list):
        if _type(part) == "message/rfc822" or _type(part).startswith("multipart/"):
            return ""
        return "\n\n".join(_fields(one) for one in payload if isinstance(one, Message))
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return str(payload or "")
    found = mail.CHARSET.search(_type(part, whole=True))
    try:
        return raw.decode(found[1] if found else "utf-8", errors="replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", errors="replace")


def _fields(block: Message) -> str:
    rest = block.get_payload()
    lines = [f"{name}: {' '.join(str(value).split())}" for name, value in block.raw_items()]
    return "\n".join([*lines, "", rest if isinstance(rest, str) else ""]).strip("\n")


def _said(texts: Iterable[tuple[str, str]]) -> str:
    """:return: what the report tells people"""
    # some servers announce parts and send none
    told = [
        (kind, text) for kind, text in texts if (kind in {"", "text/plain", "text/html"} or kind.startswith("multipart/")) and text.strip()
    ]
    plain = [text for kind, text in told if kind != "text/html"]
    return "\n\n".join(plain or [_without_tags(text) for _kind, text in told])


def _without_tags(source: str) -> str:
    kept, at = [], 0
    while found := _UNSEEN.search(source, at):  # step by step: a thousand that do not end would each be looked for
        kept.append(source[at : found.start()])
        end = _UNSEEN_END[found[1].lower()].search(source, found.end())
        if not end:
            break
        at = end.end()
    else:
        kept.append(source[at:])
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]*>", "\n", " ".join(kept))
    text = re.sub(r"<[^<>@]*>", " ", text)
    return html.unescape(text)


_UNSEEN = re.compile(r"(?i)<(style|script|head)\b")
_UNSEEN_END = {name: re.compile(rf"(?i)</{name}\b[^<>]*>") for name in ("style", "script", "head")}


def _blocks(text: str) -> list[dict[str, str]]:
    """:return: the fields of each block of a delivery status, names in lower case; a value may go on in the next line"""
    result: list[dict[str, str]] = []
    for block in re.split(r"\r?\n[ \t]*\r?\n", text):
        fields: dict[str, str] = {}
        last = ""
        for line in block.splitlines():
            if line[:1] in " \t" and last:
                fields[last] += " " + line.strip()
            elif found := re.match(r"([A-Za-z][A-Za-z-]*)\s*:(.*)", line):
                last = found[1].lower()
                fields.setdefault(last, found[2].strip())
            else:
                last = ""
        if fields:
            result.append(fields)
    return result
