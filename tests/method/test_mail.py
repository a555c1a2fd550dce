"""Who wrote a mail: what real systems send, and anything else."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.client import mail
from method.client.mail import AUTOMATIC, BOUNCE, NEWSLETTER, OURS, PERSON, STRANGER, Client, judge

CLIENT = Client(frozenset({"ann@acme.example", "info@acme.example"}), names=frozenset({"Ann Lee", "Acme"}))
ANSWER = "In-Reply-To: <1@our.example>\nReferences: <1@our.example>"
# a discussion list's own headers, as Google Groups and Mailman write them
GOOGLE_GROUP = """Precedence: list
Mailing-list: list buyers@googlegroups.com; contact buyers+owners@googlegroups.com
List-ID: <buyers.googlegroups.com>
X-Google-Group-Id: 123456789012
List-Post: <https://groups.google.com/group/buyers/post>, <mailto:buyers@googlegroups.com>
List-Help: <https://groups.google.com/support/>, <mailto:buyers+help@googlegroups.com>
List-Unsubscribe: <mailto:googlegroups-manage+123+unsubscribe@googlegroups.com>"""
MAILMAN = """Precedence: list
X-BeenThere: users@lists.example
X-Mailman-Version: 2.1.39
List-Id: Users <users.lists.example>
List-Unsubscribe: <https://lists.example/options/users>, <mailto:users-request@lists.example?subject=unsubscribe>
List-Post: <mailto:users@lists.example>
X-Loop: users@lists.example"""

# (name, subject, further headers, who wrote); the sender is Ann of Acme where no From is given
PERSONS = [
    ("outlook", "RE: Our offer", f"X-Mailer: Microsoft Outlook 16.0\nThread-Index: AdoX\nContent-Language: en-us\n{ANSWER}"),
    ("exchange online", "Re: Our offer", f"X-MS-Has-Attach: \nX-MS-TNEF-Correlator: \nX-MS-Exchange-Organization-SCL: 1\n{ANSWER}"),
    ("exchange suppresses answers to a person's mail", "Contract", "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply"),
    ("gmail", "Re: Our offer", f"X-Gm-Message-State: AOJu0Y\nX-Google-Smtp-Source: AGHT\n{ANSWER}"),
    ("iphone", "Re: Our offer", f"X-Mailer: iPhone Mail (20H71)\nMime-Version: 1.0 (1.0)\n{ANSWER}"),
    ("apple mail", "Our offer", "X-Mailer: Apple Mail (2.3774.300.61.1.2)"),
    ("thunderbird", "Re: Our offer", f"User-Agent: Mozilla Thunderbird\nContent-Language: de-DE\n{ANSWER}"),
    ("yahoo", "Re: Our offer", f"X-Mailer: WebService/1.1.22501 YMailNorrin\n{ANSWER}"),
    ("gmx", "Aw: Unser Angebot", f"X-UI-Sender-Class: 01bb95c1\n{ANSWER}"),
    ("lotus notes", "Re: Our offer", f"X-Mailer: Lotus Notes Release 9.0.1\nX-KeepSent: 1\n{ANSWER}"),
    ("samsung", "RE: Our offer", f"X-Mailer: Samsung Mobile\n{ANSWER}"),
    ("roundcube", "Re: Our offer", f"User-Agent: Roundcube Webmail/1.6.1\n{ANSWER}"),
    ("zimbra", "Re: Our offer", f"X-Mailer: Zimbra 8.8.15_GA (ZimbraWebClient - FF100)\n{ANSWER}"),
    ("mutt", "Re: Our offer", f"User-Agent: Mutt/2.2.9\n{ANSWER}"),
    ("odoo of the client", "Re: Our offer", f"X-Odoo-Objects: purchase.order-12\n{ANSWER}"),
    ("otrs, an agent answers", "Re: [Ticket#2026] Our offer", f"X-Mailer: OTRS Mail Service (6.0)\nX-Powered-By: OTRS\n{ANSWER}"),
    ("auto-submitted says no", "Our offer", "Auto-Submitted: no"),
    ("auto-submitted says No", "Our offer", "Auto-Submitted: No (a person)"),
    ("x-autoreply says no", "Our offer", "X-Autoreply: no"),
    ("precedence list alone", "Our offer", "Precedence: list"),
    ("list-id alone", "Our offer", "List-Id: <sales.acme.example>"),
    ("precedence normal", "Our offer", "Precedence: normal"),
    ("google groups", "Re: Our offer", GOOGLE_GROUP),
    ("mailman", "Re: [Users] Our offer", MAILMAN),
    ("sales tool with a way out, answering", "Re: Our offer", f"List-Unsubscribe: <https://hs.example/u/1>\n{ANSWER}"),
    ("about an absence", "Re: Abwesenheitsnotiz", ANSWER),
    ("about a car", "Auto: Angebot für den Golf", ""),
    ("asks for an automatic gate", "Automatic gates for our hall", ""),
    ("speaks of an absence", "Out of office furniture", ""),
    ("colleague is away", "Ben is out of the office on Monday", ""),
    ("no subject", "", ""),
    ("null sender of a forwarding server", "Re: Our offer", f"Return-Path: <>\n{ANSWER}"),
    *(
        (f"answer in {prefix}", f"{prefix} {subject}", ANSWER)
        for prefix, subject in [
            ("Ответ:", "Отпуск"),
            ("Răspuns:", "Concediu"),
            ("SV:", "Frånvaro"),
            ("Odp:", "Nieobecność"),
            ("Ynt:", "Yıllık izin"),
            ("R:", "Assenza"),
            ("回复：", "不在"),
            ("返信:", "休暇"),
            ("رد:", "خارج المكتب"),
            ("ΑΠ:", "Εκτός γραφείου"),
            ("RES:", "Férias"),
            ("RE :", "Congés"),
            ("[EXTERNAL] RE:", "Annual leave"),
            ("[EXT] AW:", "Urlaub"),
            ("WG:", "Abwesend"),
            ("TR:", "Absence"),
            ("Fwd:", "Automatic reply: x"),
        ]
    ),
    (
        "signed",
        "Re: Our offer",
        f'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="x"\n{ANSWER}',
    ),
    ("encrypted", "Re: Our offer", f'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="x"\n{ANSWER}'),
    ("a boundary that speaks of reports", "Re: Our offer", f'Content-Type: multipart/mixed; boundary="report-1"\n{ANSWER}'),
    ("outlook accepts an invitation", "Accepted: Demo", "Content-Type: text/calendar; method=REPLY; charset=UTF-8"),
    ("outlook declines", "Abgelehnt: Demo", 'Content-Type: text/calendar; charset="utf-8"; method="REPLY"'),
    (
        "google calendar accepts",
        "Accepted: Demo @ Mon Mar 2, 2026",
        "Sender: Google Calendar <calendar-notification@google.com>\nAuto-Submitted: auto-generated\nContent-Type: text/calendar; method=REPLY",
    ),
    ("another time is proposed", "New time proposed: Demo", "Auto-Submitted: auto-generated\nContent-Type: text/calendar; method=COUNTER"),
    ("salesforce, a person", "Re: Our offer", f"X-SFDC-User: 005\nX-SFDC-EmailCategory: apiSingleMail\n{ANSWER}"),
    ("mailing system, a person answers", "Re: Our offer", f"X-Mailgun-Tag: inbox\nX-CSA-Complaints: csa-complaints@eco.de\n{ANSWER}"),
    ("zammad, an agent answers", "RE: Our offer [Ticket#1]", f"X-Mailer: Zammad Mail Service\n{ANSWER}"),
    ("a scan of the order", "Scan from MFP", "From: scanner@acme.example"),
    ("a house of the client's domain", "Re: Our offer", f"From: Ann <ann@mail.acme.example>\n{ANSWER}"),
    ("the assistant", "Re: Our offer", f"From: Assistant of Ann <assistant@acme.example>\n{ANSWER}"),
    ("plus and a tag", "Re: Our offer", f"From: ann+offers@acme.example\n{ANSWER}"),
    ("google's other names", "Re: Our offer", f"From: A <A.n.n+x@googlemail.com>\nX-Known: ann@gmail.com\n{ANSWER}"),
    ("the client's private address", "Re: Our offer", f"From: Ann Lee <ann.lee.1970@hotmail.com>\n{ANSWER}"),
    ("the client's private address, turned", "Re: Our offer", f'From: "LEE, Ann" <al70@web.de>\n{ANSWER}'),
    (
        "through our google group",
        "Re: Our offer",
        f"From: 'Ann Lee' via Sales <sales@our.example>\nX-Original-From: Ann Lee <ann@acme.example>\nX-Original-Sender: ann@acme.example\n"
        f"Precedence: list\nList-ID: <sales.our.example>\nList-Post: <mailto:sales@our.example>\nList-Unsubscribe: <mailto:u@our.example>\n{ANSWER}",
    ),
    (
        "through our mailman",
        "Re: Our offer",
        f"From: Ann Lee via Sales <sales@our.example>\nReply-To: Ann Lee <ann@acme.example>\nList-Id: <s.our.example>\n{ANSWER}",
    ),
    ("vacation as a topic", "Vacation rentals for our staff", ""),
]
MACHINES = [
    ("exchange out of office", "Automatic reply: Our offer",
     f"X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\nX-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n{ANSWER}"),
    ("exchange without auto-submitted", "Abwesend", "Return-Path: <>\nX-Auto-Response-Suppress: All"),
    ("exchange, own words", "I am travelling", "Return-Path: <>\nX-Auto-Response-Suppress: All"),
    ("exchange, suppress and absence", "Out of Office: Our offer", "X-Auto-Response-Suppress: DR, OOF, AutoReply"),
    ("exchange 2003", "Out of Office AutoReply: Our offer", "X-MimeOLE: Produced By Microsoft Exchange V6.5"),
    ("gmail vacation", "Away until Monday Re: Our offer", "Precedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied"),
    ("gmail vacation, header only", "Holidays", "X-Autoreply: yes"),
    ("zimbra", "Out of office", "Auto-Submitted: auto-replied (zimbra; vacation)\nPrecedence: bulk"),
    ("sieve vacation", "Auto: Re: Our offer", ""),
    ("sieve vacation of a new mail", "Auto: Our offer", ANSWER),
    ("dovecot pigeonhole", "Auto: Our offer", "Auto-Submitted: auto-replied (vacation)\nPrecedence: bulk\nX-Sieve: Pigeonhole Sieve 0.5"),
    ("lotus notes", "Ann Lee/ACME is out of the office (returning 03/10/2026)", ANSWER),
    ("lotus notes, german", "Ann Lee ist außer Haus", ANSWER),
    ("domino", "Ann Lee is out of the office", "Auto-Submitted: auto-generated"),
    ("cpanel", "Out of office", "X-Autorespond: Our offer\nPrecedence: bulk"),
    ("exim autoreply", "Re: Our offer", "Auto-Submitted: auto-replied\nX-Precedence: auto_reply"),
    ("precedence auto_reply", "Re: Our offer", "Precedence: auto_reply"),
    ("precedence junk", "Re: Our offer", "Precedence: junk"),
    ("precedence in capitals", "Re: Our offer", "PRECEDENCE: Bulk"),
    ("plesk", "Autoreply: Our offer", "X-Autogenerated: Reply"),
    ("x-mail-autoreply", "Re: Our offer", "X-Mail-Autoreply: yes"),
    ("x-autoreply-from", "Re: Our offer", "X-AutoReply-From: ann@acme.example"),
    ("firstclass", "Re: Our offer", "X-FC-MachineGenerated: true"),
    ("delivered to an autoresponder", "Re: Our offer", "Delivered-To: Autoresponder"),
    ("mdaemon", "Re: Our offer", "Auto-Submitted: auto-replied; owner-email=ann@acme.example"),
    ("cron", "Cron <root@web> backup", "X-Cron-Env: <SHELL=/bin/sh>"),
    ("procmail", "Re: Our offer", "X-Loop: ann@acme.example"),
    ("zendesk trigger", "[Request received] Our offer", "Auto-Submitted: auto-generated\nX-Mailer: Zendesk Mailer\nX-Auto-Response-Suppress: All"),
    ("freshdesk", "Ticket Received - Our offer", "X-Auto-Response-Suppress: DR, RN, OOF, AutoReply\nAuto-Submitted: auto-replied"),
    ("otrs receipt", "[Ticket#2026112610000012] RE: Our offer", "X-OTRS-Loop: yes\nPrecedence: bulk"),
    ("jira", "[JIRA] (ACME-1) Our offer", "X-JIRA-FingerPrint: 1\nAuto-Submitted: auto-generated\nPrecedence: bulk"),
    ("request tracker receipt", "[rt.acme #12] AutoReply: Our offer", "Auto-Submitted: auto-replied\nPrecedence: bulk"),
    ("receipt in german", "Ihre Anfrage ist eingegangen", f"X-Auto-Response-Suppress: All\n{ANSWER}"),
    ("tmda", "Please confirm your message", "Precedence: bulk\nX-Delivery-Agent: TMDA/1.1.12"),
    ("boxtrapper", "Your email requires verification", "X-Boxtrapper: xYz"),
    ("spam arrest", "Re: Our offer", "From: Ann <ann-9@spamarrest.com>"),
    ("noreply", "Your order", "From: Acme <noreply@acme.example>"),
    ("no-reply of a ticket system", "Ticket 12", "From: Acme <no-reply+ticket-12@acme.example>"),
    ("do-not-reply", "Order", "From: do-not-reply@acme.example"),
    ("noreply with more words", "Order", "From: noreply-invoices@acme.example"),
    ("crm.noreply", "Order", "From: crm.noreply@acme.example"),
    ("ne pas répondre", "Commande", "From: ne-pas-repondre@acme.example"),
    ("bitte nicht antworten", "Bestellung", "From: bitte-nicht-antworten@acme.example"),
    ("read receipt", "Read: Our offer", 'Content-Type: multipart/report; report-type=disposition-notification; boundary="x"'),
    ("complaint", "Complaint", 'Content-Type: multipart/report; report-type=feedback-report; boundary="x"'),
    ("read receipt in a mixed mail", "Re: Our offer", "Content-Type: multipart/mixed; boundary=x\nContent-Type: multipart/report; boundary=y"),
    ("notes' receipt", "Return Receipt: Our offer", ANSWER),
    ("outlook's receipt", "Gelesen: Unser Angebot", ANSWER),
    ("a room accepts an invitation", "Accepted: Demo", "Content-Type: text/calendar; method=REPLY\nReturn-Path: <>\nX-Auto-Response-Suppress: All"),
    ("jira without the usual", "(ACME-1) Our offer", "X-JIRA-FingerPrint: 12"),
    ("servicenow", "INC0012 opened", "X-ServiceNow-Source: notification-1"),
    ("zammad receipt", "RE: Our offer [Ticket#1]", "Auto-Submitted: auto-generated\nX-Powered-By: Zammad\nPrecedence: bulk"),
    ("linkedin's invitation", "Ann wants to connect", "From: Ann Lee <invitations@linkedin.com>"),
    ("linkedin's message", "Ann messaged you", "From: Ann Lee <hit-reply@linkedin.com>"),
    ("docusign", "Completed: Contract", "From: Ann Lee <dse_NA4@docusign.net>"),
    ("docusign of europe", "Completed: Contract", "From: Ann Lee via DocuSign <dse@eumail.docusign.net>\nReply-To: Ann Lee <x@docusign.net>"),
    ("docusign, to be answered at the client's", "Sign: Contract",
     "From: Ann Lee via DocuSign <dse@docusign.net>\nReply-To: Ann Lee <ann@acme.example>"),
    ("stripe", "Your receipt from Acme", "From: Acme <invoice+statements+acct_1@stripe.com>"),
    ("quickbooks", "Invoice 12 from Acme", "From: Acme <quickbooks@notification.intuit.com>"),
    ("ariba", "PO 4500", "From: Acme <ordersender-prod@ansmtp.ariba.com>"),
    ("a web site's form", "Contact form", "From: WordPress <wordpress@acme.example>"),
    ("alerts@", "Alert", "From: alerts@acme.example"),
    ("mail-robot@", "x", "From: mail-robot@acme.example"),
    ("a group names the machine", "Re: x", "From: 'Acme' via Sales <sales@our.example>\nX-Original-From: noreply@acme.example"),
    ("who left", "Ann Lee has left the company", ANSWER),
    ("tagged by our mail server", "[EXTERNAL] Automatic reply: Our offer", ""),
    ("tagged twice", "[EXT] ***SPAM*** Abwesenheitsnotiz", ""),
    ("invisible sign before", "\u200bAutomatic reply: Our offer", ""),
    ("accents apart", "Re\u0301ponse automatique : offre", ""),
    ("capitals of turkish", "OTOMATİK YANIT: TEKLİF", ""),
    ("capitals of greek", "ΑΥΤΟΜΑΤΗ ΑΠΑΝΤΗΣΗ: x", ""),
    *((f"machine's subject {number}", subject, "") for number, subject in enumerate((
        "Autoresponder: Oferta", "Auto-Re: Our offer", "Otomatik cevap", "【自動返信】お問い合わせ", "自動送信", "自动答复: x", "رد تلقائي: العرض",
        "\u200fالرد التلقائي: العرض", "מענה אוטומטי: הצעה", "자동 회신: 제안", "การตอบกลับอัตโนมัติ: x", "Trả lời tự động: x", "Balasan otomatis: x",
        "پاسخ خودکار: x", "Аутоматски одговор: x", "Samodejni odgovor: x", "Automatinis atsakymas: x", "Automātiskā atbilde: x",
        "Automaatvastus: x", "Resposta automàtica: x", "ავტომატური პასუხი: x"))),
    *((f"absence {number}", subject, ANSWER) for number, subject in enumerate((
        "Нет на месте: Предложение", "Отпуск", "Sunt în concediu", "Mesaj de absență", "În afara biroului", "Jestem na urlopie", "Ofis dışında",
        "Yıllık izin", "不在通知", "부재중", "خارج المكتب", "Mimo kancelář", "Házon kívül", "Frånvaro", "Fraværende", "Annual leave", "Urlaub",
        "Betriebsferien", "Congés annuels", "Fermeture annuelle", "Niet op kantoor", "Estoy de vacaciones", "Estou de férias",
        "[EXTERN] Out of Office: x"))),
    ("subject in utf-8", "=?utf-8?q?R=C3=A9ponse_automatique_=3A_Notre_offre?=", ""),
    *(
        (f"subject of {language}", f"{subject}: 1234", "")
        for language, subject in [
            ("english", "Automatic reply"), ("english", "AUTO-REPLY"), ("german", "Automatische Antwort"), ("german", "Abwesenheitsnotiz"),
            ("french", "Réponse automatique"), ("french", "Message d'absence"), ("spanish", "Respuesta automática"),
            ("italian", "Risposta automatica"), ("dutch", "Automatisch antwoord"), ("portuguese", "Resposta automática"),
            ("polish", "Automatyczna odpowiedź"), ("russian", "Автоматический ответ"), ("russian", "Автоответ"),
            ("romanian", "Răspuns automat"), ("swedish", "Autosvar"), ("chinese", "自动回复"), ("japanese", "自動返信"),
        ]
    ),
    *(
        (f"absence in {language}", subject, "Return-Path: <>")
        for language, subject in [
            ("english", "Out of office"), ("german", "Abwesenheit: 2.-6. März"), ("french", "Absence jusqu'au 6 mars"),
            ("spanish", "Fuera de la oficina"), ("italian", "Fuori ufficio"), ("dutch", "Afwezig"), ("portuguese", "Fora do escritório"),
            ("polish", "Poza biurem"), ("russian", "Я в отпуске"), ("romanian", "În concediu"),
        ]
    ),
]  # fmt: skip
NEWSLETTERS = [
    ("mailchimp", "News of March",
     "X-Mailer: MailChimp Mailer - **CID123**\nList-ID: <a1.list-id.mcsv.net>\nFeedback-ID: 1:1.1:us1:mc\nX-Campaign: mailchimp1\n"
     "List-Unsubscribe: <https://acme.us1.list-manage.com/unsubscribe>, <mailto:unsubscribe-mc@us1.mailchimpapp.net>\n"
     "List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
    ("sendgrid", "News of March", "X-SG-EID: u001\nList-Unsubscribe: <mailto:unsubscribe@em.acme.example>"),
    ("brevo", "News of March", "X-Mailin-Campaign: 12\nList-Id: <acme.sib>\nList-Unsubscribe: <https://s.example/u>\nPrecedence: list"),
    ("odoo", "News of March", "Precedence: list\nX-Auto-Response-Suppress: OOF\nList-Unsubscribe: <https://acme.example/mailing/1/unsubscribe>"),
    ("announcements", "News", "List-Id: <news.acme.example>\nList-Post: NO\nList-Unsubscribe: <mailto:leave@acme.example>"),
    ("as an answer", "News", f"List-Id: <news.acme.example>\nList-Unsubscribe: <mailto:leave@acme.example>\n{ANSWER}"),
    *((f"without a way out: {headers.split(':')[0]}", "News of March", headers) for headers in (
        "X-Mailin-Campaign: 12\nFeedback-ID: 1.2:3:Sendinblue", "X-MC-User: 12", "X-Mailjet-Campaign: news", "X-CSA-Complaints: csa@eco.de",
        "X-SFMC-Stack: 7", "X-Mailgun-Tag: newsletter")),
    ("createsend", "News", "X-Mailer: Createsend"),
    ("cleverreach", "News", "X-Mailer: CleverReach.com"),
    ("newsletter@", "News", "From: Acme <newsletter@acme.example>"),
]  # fmt: skip
BOUNCES = [
    ("postfix", "Undelivered Mail Returned to Sender", "From: MAILER-DAEMON@mx.acme.example (Mail Delivery System)"),
    ("exim", "Mail delivery failed: returning message to sender", "X-Failed-Recipients: ann@acme.example"),
    ("exchange", "Undeliverable: Our offer", "From: postmaster@acme.example"),
    ("report", "Delivery Status Notification (Failure)", 'Content-Type: multipart/report; report-type=delivery-status; boundary="x"'),
    ("null sender", "Unzustellbar: Unser Angebot", "Return-Path: <>"),
    ("sent back to where it came from", "Re", "From: bounce-12-ann=our.example@em.acme.example"),
    ("qmail", "failure notice", "Return-Path: <>"),
]
STRANGERS = [
    ("supplier in copy", "Re: Our offer", f"From: Sam <sam@supplier.example>\n{ANSWER}"),
    ("the same free mail domain", "Re: Our offer", f"From: Bob <bob@gmail.com>\n{ANSWER}"),
    ("domain within the domain", "Re: Our offer", f"From: eve@acme.example.org\n{ANSWER}"),
    ("address in the name", "Re: Our offer", f'From: "ann@acme.example" <eve@bad.example>\n{ANSWER}'),
    ("a first name alone", "Re: Our offer", f"From: Ann <eve@bad.example>\n{ANSWER}"),
    (
        "a group's member who is not the client",
        "Re: Our offer",
        f"From: 'Ann' via S <s@our.example>\nX-Original-From: e@bad.example\n{ANSWER}",
    ),
    ("an unknown service in her name", "Ann shared", "From: Ann via Boards <hello@boards.example>\nReply-To: Ann Lee <ann@acme.example>"),
    ("a domain that ends alike", "Re: Our offer", f"From: eve@notacme.example\n{ANSWER}"),
    ("nobody", "Re: Our offer", f"From: \n{ANSWER}"),
]
TABLE = [
    *((name, subject, headers, PERSON) for name, subject, headers in PERSONS),
    *((name, subject, headers, AUTOMATIC) for name, subject, headers in MACHINES),
    *((name, subject, headers, NEWSLETTER) for name, subject, headers in NEWSLETTERS),
    *((name, subject, headers, BOUNCE) for name, subject, headers in BOUNCES),
    *((name, subject, headers, STRANGER) for name, subject, headers in STRANGERS),
]


def verdict(subject, headers, client=CLIENT, **more):
    """As the gateway has it: a mail from the wire, its headers raw, its subject decoded."""
    head = headers if "From:" in headers else f"From: Ann Lee <ann@acme.example>\n{headers}"
    wire = f"{head.strip()}\nTo: sales@our.example\nSubject: {subject}\n\nHello\n".encode()
    message = message_from_bytes(wire, policy=policy.SMTP)
    return judge(message.raw_items(), str(make_header(decode_header(subject))), str(message["From"]), client, **more)


@pytest.mark.parametrize(("subject", "headers", "kind"), [row[1:] for row in TABLE], ids=[f"{row[3]} {row[0]}" for row in TABLE])
def test_b6_b7_b9_what_real_systems_send(subject, headers, kind):
    client = Client(frozenset({"ann@gmail.com"})) if "@gmail.com" in headers else CLIENT
    assert verdict(subject, headers, client).kind == kind


def test_the_table_is_as_large_as_promised():
    assert len(TABLE) >= 100
    assert len({row[1:3] for row in TABLE}) == len(TABLE), "no mail twice"


def test_b9_whose_contact_wrote():
    of_another_company = Client(CLIENT.addresses, foreign=True)
    assert verdict("Re", "From: sam@supplier.example", Client(CLIENT.addresses, member=True)) == (PERSON, "contact")
    assert verdict("Re", "From: new@acme.example") == (PERSON, "domain")
    assert verdict("Re", "From: new@acme.example", of_another_company).kind == STRANGER
    assert verdict("Re", "From: ann@acme.example", of_another_company) == (PERSON, "address"), "two contacts with one address"
    assert verdict("Re", "From: new@gmail.com", Client(frozenset({"ann@gmail.com"}))).kind == STRANGER
    assert verdict("Re", "From: new@acme.example", Client()) == (PERSON, "record"), "of whom no address is known"
    assert verdict("Re", "", ours=True).kind == OURS
    assert verdict("Automatic reply: x", "", ours=True).kind == AUTOMATIC
    assert verdict("Re", "From: sam@supplier.example", client=None).kind == PERSON, "machines only"


def test_b9_one_mailbox_has_many_names():
    for one, other in [
        ("ann.lee@gmail.com", "a.nnlee+offers@googlemail.com"), ("ann@müller.example", "ann@xn--mller-kva.example"),
        ("ann@me.com", "ann@icloud.com"), ("ann@acme.example", "ann+1@acme.example"),
    ]:  # fmt: skip
        assert mail.mailbox(one) == mail.mailbox(other)
        assert verdict("Re", f"From: x@y.example\nX-Original-From: {other}", Client(frozenset({one}))) == (PERSON, "address")
    assert mail.mailbox("ann.lee@acme.example") != mail.mailbox("annlee@acme.example")
    assert mail.mailbox(f"ann@{'ü' * 100}.example"), "what is no host is compared as it stands"


def test_b9_who_wrote_through_a_group_of_ours():
    through = "From: 'Ann' via Sales <sales@our.example>\nX-Original-From: {}"
    assert verdict("Re", through.format("ann@acme.example"), ours=True) == (PERSON, "address"), "the group is one of us, she is not"
    assert verdict("Re", through.format("e@bad.example"), Client(CLIENT.addresses, member=True)).kind == STRANGER
    assert verdict("Re", "From: sales@our.example\nX-Original-From: sales@our.example", ours=True).kind == OURS


def test_b9_a_client_of_a_foreign_company_has_no_name_alone():
    assert verdict("Re", "From: Ann Lee <eve@bad.example>", CLIENT._replace(foreign=True)).kind == STRANGER


def test_the_headers_of_parts_but_not_of_what_is_passed_on():
    inner = "Content-Type: multipart/report; report-type=delivery-status; boundary=z\n\n--z\n\nx\n--z--\n"
    wire = (
        "From: ann@acme.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=y\n\n"
        "--y\nContent-Type: text/plain\n\nYes\n--y\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n--y--\n"
        f"--x\nContent-Type: message/rfc822\n\n{inner}\n--x--\n"
    )
    types = [value for name, value in mail.read_headers(message_from_bytes(wire.encode(), policy=policy.SMTP)) if name == "Content-Type"]
    assert sorted(types) == [
        "message/rfc822", "multipart/alternative; boundary=y", "multipart/mixed; boundary=x", "text/calendar; method=REPLY", "text/plain",
    ]  # fmt: skip


@pytest.mark.parametrize("charset", ["x-unknown", "cp-850", '"unknown-8bit"', "\\xff", "utf-8"])
def test_a_charset_that_nobody_knows_is_read(charset):
    inner = f"--x\nContent-Type: text/plain; format=flowed; charset={charset}\n\nYes\n--x--\n"
    message = message_from_bytes(f"Content-Type: multipart/mixed; boundary=x\n\n{inner}".encode(), policy=policy.SMTP)
    mail.mend_charsets(message)
    [part] = message.get_payload()
    assert part.get_content().strip() == "Yes"
    assert part.get_param("format") == "flowed"


@pytest.mark.parametrize("text", ["a", "(", "<", "@", "a@", "a.", "Re: ", "[EXT] ", "e\u0301", " via ", "text/calendar method=", "=?"])
def test_a_megabyte_takes_no_longer(text):
    began = monotonic()
    long = text * (1_000_000 // len(text))
    client = CLIENT._replace(names=frozenset({long}))
    assert judge([("Content-Type", long), ("List-Post", long), ("Reply-To", long), ("X-Original-From", long)], long, long, client).kind
    assert monotonic() - began < 10


HEADERS = st.lists(
    st.tuples(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(
                ["Auto-Submitted", "Precedence", "Return-Path", "List-Post", "Content-Type", "From", "X-Loop", "List-Unsubscribe"]
            ),
        ),
        st.text(max_size=60),
    ),
    max_size=8,
)


@given(HEADERS, st.text(max_size=60), st.text(max_size=60), st.booleans())
def test_never_raises(headers, subject, sender, ours):
    found = judge(headers, subject, sender, CLIENT, ours)
    assert found.kind in {PERSON, OURS, STRANGER, AUTOMATIC, NEWSLETTER, BOUNCE}
    assert found.why


@given(st.binary(max_size=400))
def test_never_raises_on_any_bytes(wire):
    for head in (b"From: ann@acme.example\r\n", b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"):
        message = message_from_bytes(head + wire, policy=policy.SMTP)
        assert judge(mail.read_headers(message), "", "", CLIENT).kind
        mail.mend_charsets(message)


@given(st.sampled_from([row for row in TABLE if row[3] in {AUTOMATIC, NEWSLETTER} and "From:" not in row[2]]), st.booleans())
def test_case_of_headers_does_not_matter(row, upper):
    lines = [line.partition(":") for line in row[2].split("\n") if line]
    turned = "\n".join(f"{name.upper() if upper else name.lower()}:{value}" for name, _colon, value in lines)
    assert verdict(row[1], turned).kind == row[3]


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            "Mail Delivery Failed\nMail delivery failed via SMTP server 'None'.\nSMTPRecipientsRefused: "
            "{'ann@acme.example': (550, b'5.1.1 No such user')}",
            "550 5.1.1 No such user",
        ),
        ("SMTPDataError: (554, b'5.7.1 Message\\r\\n rejected')", "554 5.7.1 Message rejected"),
        ('SMTPResponseException: (451, "Can\'t now")', "451 Can't now"),
        ("ConnectionRefusedError: [Errno 111] Connection refused", ""),
        ("(not a code, b'x')", ""),
        ("", ""),
    ],
)
def test_a_refusal_is_told_in_the_servers_words(failure, said):
    assert mail.server_words(failure) == said


@pytest.mark.parametrize(
    ("failure", "is_talk"),
    [
        ("Mail delivery failed via SMTP server 'None'.\nConnectionRefusedError: [Errno 111] Connection refused", True),
        ("[Errno -2] Name or service not known", True),
        ("No such host", False),
        ("The mailbox is full", False),
    ],
)
def test_what_a_program_reports_is_no_sentence_for_people(failure, is_talk):
    assert mail.is_machine_talk(failure) is is_talk
