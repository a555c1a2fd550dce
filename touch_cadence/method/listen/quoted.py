"""What a client wrote, without what the mail quotes, the signature and the small print: the two lines that a salesperson reads."""

from __future__ import annotations

import re

# lines that are kept of a mail at most
MOST_LINES = 60

# where the answered mail begins: "On …, Ann wrote:", in one line or two
_WROTE = re.compile(
    r"""(?imx)^[ \t>*_]*(?:
        on\s.{4,200}?\swrote: | on\s.{4,200}?\ssent: | am\s.{4,200}?\sschrieb.{0,120}: | .{4,160}?\sschrieb\sam\s.{4,80}: | le\s.{4,200}?\s(?:a\s)?écrit\s?:
        | el\s.{4,200}?\sescribió: | il\s(?:giorno\s)?.{4,200}?\sha\sscritto: | op\s.{4,200}?\sschreef.{0,120}: | em\s.{4,200}?\sescreveu: | a\s.{4,200}?\sescreveu:
        | (?:w\sdniu|dnia)\s.{4,200}?\snapisał(?:a|\(a\))?: | .{4,160}?\s(?:пишет|писал|писала|написал|написала|написал\(а\)|написав|пише):
        | (?:în|in|pe)\s.{4,200}?\sa\sscris: | den\s.{4,200}?\s(?:skrev|skrev\s.{1,80}): | .{4,160}?\sskrev\s(?:den|følgende)?.{0,80}:
        | dne\s.{4,200}?\snapsal(?:\(a\)|a)?: | .{4,160}?\skirjoitti.{0,80}: | .{4,160}?\starihinde.{1,120}\sşunu\syazdı: | .{4,160}?\sírta.{0,80}:
        | \d{4}年.{4,160}:\s*$ | 在.{4,160}写道[:：]
    )[ \t]*$"""
)
# where a program marks the answered mail by a line or by its headers
_HEADERS = re.compile(
    r"""(?imx)^[ \t>*]*(?:
        -{2,}\s*(?:original\smessage|original-nachricht|ursprüngliche\snachricht|message\sd'origine|mensaje\soriginal|messaggio\soriginale|
            oorspronkelijk\sbericht|mensagem\soriginal|wiadomość\soryginalna|исходное\sсообщение|mesajul\soriginal|forwarded\smessage|weitergeleitete\snachricht|
            переадресованное\sсообщение|message\stransféré).*
        | _{10,}\s*
        | begin\sforwarded\smessage:.*
        | (?:\*?(?:from|von|de|da|van|od|от|від|de\sla|från|fra|lähettäjä|kimden|feladó|差出人|发件人|寄件者)\*?\s?[:：]\s?\S.{0,200}\n[ \t>*]*
            \*?(?:sent|date|gesendet|datum|envoyé|enviado|enviado\sel|inviato|data|verzonden|wysłano|отправлено|дата|надіслано|trimis|skickat|sendt|odesláno|
            lähetetty|gönderildi|tarih|to|an|à|para|a|aan|do|кому|către|送信日時|日時|发送时间|寄件日期)\*?\s?[:：])
    )"""
)
# where the signature begins
_SIGNATURE = re.compile(
    r"""(?imx)^[ \t]*(?:
        --[ \t]* | —[ \t]* | _{3,9}[ \t]*
        | (?:sent|gesendet|envoyé|enviado|inviato|verzonden|wysłane|wysłano|отправлено|надіслано|trimis|skickat|sendt|lähetetty|odesláno)\s(?:from|with|von|vom|mit|depuis|de|desde|
            da|dal|vanaf|met|z|из|с|з|din|de\spe|från|fra|via).{2,80}
        | get\soutlook\sfor\s.{2,30} | outlook\s(?:für|pour|para|per|voor)\s.{2,40} | diese\snachricht\swurde\svon\smeinem.{0,80}
        | .{0,12}iphone(?:-)?(?:から送信|發送|发送).{0,12} | 发自我的.{0,30}
    )[ \t]*$"""
)
# a greeting at the end: what stands below is a signature
_CLOSING = re.compile(
    r"""(?imx)^[ \t]*(?:(?:with\s)?(?:best|kind|kindest|warm|warmest)\s(?:regards|wishes)|regards|kindly|sincerely|yours\s(?:sincerely|faithfully|truly)|cheers|best
        |mit\s(?:freundlichen|besten|herzlichen|lieben)\sgrüßen|mit\s(?:freundlichen|besten)\sgruessen|(?:freundliche|beste|viele|liebe|herzliche|schöne)\sgrüße|mfg|lg|vg|gruß|grüße
        |(?:bien\s)?cordialement|(?:bien\sà\svous|salutations|sincères\ssalutations|meilleures\ssalutations)|(?:un\s)?(?:cordial\ssaludo|saludos(?:\scordiales)?|atentamente)
        |(?:cordiali|distinti)\ssaluti|saluti|met\s(?:vriendelijke\sgroeten?|hartelijke\sgroet)|(?:vriendelijke\s)?groeten?|groetjes|(?:com\sos\s)?(?:melhores\s)?cumprimentos|atenciosamente
        |(?:z\s(?:wyrazami\sszacunku|poważaniem)|pozdrawiam)|с\s(?:уважением|наилучшими\sпожеланиями)|з\sповагою|cu\s(?:stimă|stima|respect|drag)|med\s(?:vänlig\shälsning|vänliga\shälsningar|venlig\shilsen|vennlig\shilsen)|mvh
        |ystävällisin\sterveisin|s\s(?:pozdravem|pozdravom)|saygılarımla|iyi\sçalışmalar|üdvözlettel|με\sεκτίμηση)[ \t]*[,.!]?[ \t]*$"""
)
# the small print of companies
_PRINT = re.compile(
    r"""(?ix)(?:this\s(?:e-?mail|message|communication)(?:\s\(including[^)]*\))?(?:\s(?:and|or|is|contains|may|transmission|,)|\sand\sany\s).{0,80}?(?:confidential|privileged|intended|attach)
        |confidentiality\snotice|disclaimer\s*:|diese\s(?:e-?mail|nachricht)\s(?:enthält|ist)\s.{0,60}vertraulich|der\sinhalt\sdieser\se-?mail|ce\s(?:message|courriel|mail)\s.{0,80}confidentiel
        |este\s(?:mensaje|correo)\s.{0,100}confidencial|(?:questo|il\spresente)\smessaggio\s.{0,100}(?:riservat|confidenzial)|dit\s(?:e-mail)?bericht\s.{0,80}vertrouwelijk
        |esta\smensagem\s.{0,80}confidencial|(?:ta|niniejsza)\swiadomość\s.{0,80}(?:poufn|zawiera)|(?:это|данное|настоящее)\s(?:сообщение|письмо)\s.{0,100}конфиденциальн
        |acest\s(?:mesaj|e-?mail)\s.{0,100}confiden[țt]ial|please\sconsider\sthe\senvironment|bitte\sdenken\ssie\san\sdie\sumwelt|pensez\sà\sl'environnement
        |virus-free\.?\s*www|this\smessage\swas\ssent\sfrom\soutside|caution:\sthis\s|\[?external(?:\semail)?\]?\s*:|you\sdon't\soften\sget\semail\sfrom)"""
)


def what_they_wrote(text: str) -> str:
    """:param text: of a mail, plain
    :return: what its writer added: without quoted text, signature and small print, with single empty lines; all of it where nothing else is left
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\u200b", "").strip()
    # "On Monday, 3 May 2026 at 10:00, Ann Lee\n<ann@acme.example> wrote:" is one line
    joined = re.sub(r"(?m)^([ \t>]*(?:On|Am|Le|El|Il|Op|Em|Den|W dniu|În|Pe)\s.{5,160})\n(?=.{0,120}(?::|：)[ \t]*$)", r"\1 ", plain)
    starts = [found.start() for pattern in (_WROTE, _HEADERS) for found in [pattern.search(joined)] if found]
    # an answer below or between the quoted lines keeps its own lines
    own = joined[: min(starts)] if starts and joined[: min(starts)].strip(" \n>-_*") else joined
    if own is joined and starts:
        own = "\n".join(line for line in joined.splitlines() if not _WROTE.match(line))
    lines = [line.rstrip() for line in own.splitlines() if not line.lstrip().startswith(">")]
    kept = _without_end("\n".join(lines).strip())
    return _tidy(kept) or _tidy(plain)


def _without_end(text: str) -> str:
    """:return: the text without signature and small print; a greeting stays only where nothing stands before it"""
    found = _SIGNATURE.search(text)
    if found and text[: found.start()].strip():
        text = text[: found.start()]
    blocks = re.split(r"\n[ \t]*\n", text)
    kept = [block for at, block in enumerate(blocks) if not _PRINT.search(block)]
    text = "\n\n".join(kept)
    closings = [one for one in _CLOSING.finditer(text) if text[: one.start()].strip()]
    # what follows a greeting for more than some lines is no signature
    if closings and text[closings[-1].end() :].count("\n") <= 12:
        text = text[: closings[-1].start()]
    return text


def _tidy(text: str) -> str:
    lines = re.sub(r"\n[ \t]*(?:\n[ \t]*)+", "\n\n", text.strip()).splitlines()
    return "\n".join(lines[:MOST_LINES]).strip()
