"""Reports of mail servers, as the servers of the world write them."""

from email import message_from_bytes, message_from_string
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.listen import returned
from method.listen.returned import COMPLAINT, DELAYED, DELIVERED, HARD, POLICY, READ, SOFT, classify

US = "sales@our.example"
HEAD = "From: {sender}\nTo: sales@our.example\nSubject: {subject}\n"


def dsn(
    *blocks,
    text="Your message could not be delivered.",
    sender="MAILER-DAEMON@mx.acme.example",
    subject="Undelivered Mail Returned to Sender",
):
    """:return: a report in fields (RFC 3464) with a block for each recipient, and our mail returned in it"""
    parts = [
        f"Content-Type: text/plain; charset=utf-8\n\n{text}",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.example\n\n" + "\n\n".join(blocks),
        "Content-Type: message/rfc822\n\nFrom: sales@our.example\nTo: zoe@other.example\nSubject: News\n\nWrite to bob@third.example",
    ]
    body = "".join(f"\n--B\n{part}\n" for part in parts)
    return (
        HEAD.format(sender=sender, subject=subject)
        + f'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="B"\n{body}\n--B--\n'
    )


def block(action="failed", status="5.1.1", said="smtp; 550 5.1.1 User unknown", to="ann@acme.example", **others):
    fields = {"Final-Recipient": f"rfc822; {to}", "Action": action, "Status": status, "Diagnostic-Code": said, **others}
    return "\n".join(f"{name}: {value}" for name, value in fields.items() if value)


def plain(text, sender="MAILER-DAEMON@mx.acme.example", subject="failure notice", headers=""):
    return HEAD.format(sender=sender, subject=subject) + f"{headers}\n{text}\n"


ANN = "ann@acme.example"
# (what, mail, [(kind, address)])
REPORTS = [
    ("postfix", dsn(block(said="smtp; 550 5.1.1 <ann@acme.example>: Recipient address rejected: User unknown in virtual mailbox table")), [(HARD, ANN)]),
    ("exchange online", dsn(block(status="5.1.10", said="smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup")), [(HARD, ANN)]),
    ("exchange refuses", dsn(block(status="5.4.1", said="smtp;550 5.4.1 Recipient address rejected: Access denied. [X.eurprd01.prod]")), [(HARD, ANN)]),
    ("gmail", dsn(block(said="smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try\n 550-5.1.1 double-checking")), [(HARD, ANN)]),
    ("gmail, off", dsn(block(status="5.2.1", said="smtp; 550 5.2.1 The email account that you tried to reach is disabled.")), [(HARD, ANN)]),
    ("gmail, full", dsn(block(status="5.2.2", said="smtp; 552 5.2.2 The email account that you tried to reach is over quota.")), [(SOFT, ANN)]),
    ("gmail, new", dsn(block(status="4.2.1", said="smtp; 450 4.2.1 The user you are trying to contact is receiving mail too quickly.")), [(SOFT, ANN)]),
    ("gmail, us", dsn(block(status="5.7.26", said="smtp; 550-5.7.26 This mail has been blocked because the sender is unauthenticated.")), [(POLICY, ANN)]),
    ("yahoo", dsn(block(status="5.0.0", said="smtp; 554 delivery error: dd This user doesn't have a yahoo.com account (ann@acme.example) [0]")), [(HARD, ANN)]),
    ("outlook.com", dsn(block(status="5.5.0", said="smtp; 550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).")), [(HARD, ANN)]),
    ("outlook.com, us", dsn(block(status="5.7.1", said="smtp; 550 5.7.1 Unfortunately, messages from [1.2.3.4] weren't sent. Part of their network is on our block list")), [(POLICY, ANN)]),
    ("gmx", dsn(block(status="5.0.0", said="smtp; 550 Requested action not taken: mailbox unavailable")), [(HARD, ANN)]),
    ("t-online", dsn(block(status="5.0.0", said="smtp; 550 Empfaenger unbekannt / User unknown")), [(HARD, ANN)]),
    ("mail.ru", dsn(block(status="5.0.0", said="smtp; 550 Message was not accepted -- invalid mailbox. Local mailbox ann@acme.example is unavailable: user not found")), [(HARD, ANN)]),
    ("orange.fr", dsn(block(status="5.1.1", said="smtp; 550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416")), [(HARD, ANN)]),
    ("spamhaus by a wrong code", dsn(block(said="smtp; 550 5.1.1 Service unavailable; Client host [1.2.3.4] blocked using zen.spamhaus.org")), [(POLICY, ANN)]),
    ("wrong address by policy's code", dsn(block(status="5.7.1", said="smtp; 550 5.7.1 <ann@acme.example>... Unknown recipient")), [(HARD, ANN)]),
    ("no such domain", dsn(block(status="5.4.4", said="X-Postfix; Host or domain name not found. Name service error for name=acme.example type=AAAA: Host not found")), [(HARD, ANN)]),
    ("greylisted too long", dsn(block(status="4.7.1", said="smtp; 450 4.7.1 Greylisted, please try again later")), [(SOFT, ANN)]),
    ("server down", dsn(block(status="4.4.1", said="X-Postfix; connect to mx.acme.example[1.2.3.4]:25: Connection timed out")), [(SOFT, ANN)]),
    ("too large", dsn(block(status="5.3.4", said="smtp; 552 5.3.4 Message size exceeds fixed limit")), [(SOFT, ANN)]),
    ("virus scanner", dsn(block(status="5.6.1", said="smtp; 554 5.6.1 Content rejected")), [(POLICY, ANN)]),
    ("delayed", dsn(block(action="delayed", status="4.4.1", said="smtp; 451 try later")), [(DELAYED, ANN)]),
    ("success", dsn(block(action="delivered", status="2.0.0", said="smtp; 250 2.0.0 Ok")), [(DELIVERED, ANN)]),
    ("relayed", dsn(block(action="relayed", status="2.1.9", said="")), [(DELIVERED, ANN)]),
    ("an action with a comment", dsn(block(action="Failed (5.1.1)")), [(HARD, ANN)]),
    ("one arrived, one did not", dsn(block(action="relayed", status="2.1.9", said="", to="ben@acme.example"), block()), [(DELIVERED, "ben@acme.example"), (HARD, ANN)]),
    ("forwarded address", dsn(block(to="ann.lee@gmail.example", **{"Original-Recipient": "rfc822;ann@acme.example"})), [(HARD, ANN)]),
    ("two recipients", dsn(block(), block(to="ben@acme.example", status="5.2.2", said="smtp; mailbox full")), [(HARD, ANN), (SOFT, "ben@acme.example")]),
    ("fields only", dsn(block(said="", status="5.1.1")), [(HARD, ANN)]),
    ("no cause but in the text", dsn(block(said="", status="5.0.0"), text="<ann@acme.example>: unknown user"), [(HARD, ANN)]),
    ("no field at all", dsn("", text="A message could not be delivered to:\nann@acme.example\nL'adresse n'existe pas."), [(HARD, ANN)]),
    ("qmail", plain("Hi. This is the qmail-send program at mx.acme.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n"
                    "This is a permanent error; I've given up. Sorry it didn't work out.\n\n<ann@acme.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
                    "--- Below this line is a copy of the message.\n\nTo: zoe@other.example"), [(HARD, ANN)]),
    ("exim", plain("This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n"
                   "recipients. This is a permanent error. The following address(es) failed:\n\n  ann@acme.example\n    host mx.acme.example [1.2.3.4]\n"
                   "    SMTP error from remote mail server after RCPT TO:<ann@acme.example>:\n    550 5.1.1 Unknown user\n",
                   headers="X-Failed-Recipients: ann@acme.example\nAuto-Submitted: auto-replied\n", subject="Mail delivery failed: returning message to sender"), [(HARD, ANN)]),
    ("exim, full", plain("The following address failed:\n\n  ann@acme.example\n    mailbox is full: retry timeout exceeded\n",
                         headers="X-Failed-Recipients: ann@acme.example\n"), [(SOFT, ANN)]),
    ("domino", plain("Your message\n\n  Subject: News\n\nwas not delivered to:\n\n  ann@acme.example\n\nbecause:\n\n  User ann (ann@acme.example) not listed in Domino Directory\n",
                     sender="Postmaster@acme.example", subject="DELIVERY FAILURE: User ann not listed in Domino Directory"), [(HARD, ANN)]),
    ("exchange 2003", plain("Your message\n\n  To:      zoe@other.example\n  Subject: News\n\ndid not reach the following recipient(s):\n\nann@acme.example on Fri, 27 Nov 2026\n"
                            "    The e-mail account does not exist at the organization this message was sent to.\n",
                            sender="System Administrator <postmaster@acme.example>", subject="Undeliverable: News"), [(HARD, ANN)]),
    ("warning", plain("Delivery to the following recipients has been delayed.\n\n  ann@acme.example\n\nNo action is required on your part. Delivery attempts will continue.",
                      subject="Warning: message 1abc delayed 24 hours"), [(DELAYED, ANN)]),
    ("parts announced, none sent", plain("<ann@acme.example>: user unknown", headers="Content-Type: multipart/report; report-type=delivery-status\n"), [(HARD, ANN)]),
    ("read", plain("--R\nContent-Type: text/plain\n\nread\n--R\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@acme.example\n"
                   "Disposition: manual-action/MDN-sent-manually; displayed\n--R--", sender="ann@acme.example", subject="Read: News",
                   headers='Content-Type: multipart/report; report-type=disposition-notification; boundary="R"\n'), [(READ, ANN)]),
    ("complaint", plain("--R\nContent-Type: text/plain\n\nThis is an abuse report.\n--R\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: X/1.0\n"
                        "Version: 1\nOriginal-Rcpt-To: ann@acme.example\n--R\nContent-Type: message/rfc822\n\nTo: ann@acme.example\n\nhi\n--R--", sender="fbl@isp.example", subject="Complaint",
                        headers='Content-Type: multipart/report; report-type=feedback-report; boundary="R"\n'), [(COMPLAINT, ANN)]),
    ("complaint without a name", plain("--R\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--R\nContent-Type: text/rfc822-headers\n\nTo: Ann <ann@acme.example>\n--R--",
                                       headers='Content-Type: multipart/report; report-type=feedback-report; boundary="R"\n'), [(COMPLAINT, ANN)]),
]  # fmt: skip
# no report is read from these
OTHERS = [
    ("a person", plain("Yes, please call me.", sender="Ann <ann@acme.example>", subject="Re: News")),
    ("a person tells of one", plain("My colleague got: 550 5.1.1 bob@acme.example user unknown. What is wrong?", sender=ANN, subject="Your mail to Bob")),
    ("a person passes one on", plain("550 5.1.1 <bob@acme.example>: user unknown", sender=ANN, subject="Fwd: Undelivered Mail Returned to Sender")),
    ("automatic", plain("I am away until 12 December. Write to bob@acme.example.", sender=ANN, subject="Automatic reply: News", headers="Auto-Submitted: auto-replied\n")),
    ("a parcel", plain("Hello, the parcel did not reach us. Please send it again.", sender=ANN, subject="Delivery problem with order 4711")),
    ("a warehouse", plain("It could not be delivered to our warehouse.", sender=ANN, subject="Re: Delivery problem")),
    ("a machine", plain("The error was E42, and it stands still.", sender=ANN, subject="Failure notice: machine 5")),
    ("an order", plain("The chairs were not delivered to us.", sender=ANN, subject="Non-delivery of our order")),
    ("a parcel in German", plain("Das Paket wurde nicht zugestellt.", sender=ANN, subject="Zustellung fehlgeschlagen: Paket 123")),
    ("times", plain("How long does it take?", sender=ANN, subject="Message delivery times?")),
    ("a person pastes one", plain("Yes, we want to order, but your mail to Bob bounced:\n\nFinal-Recipient: rfc822; bob@acme.example\nAction: failed\nStatus: 5.1.1\n", sender=ANN, subject="Re: News")),
    ("a person attaches one", plain("--R\nContent-Type: text/plain\n\nThis came back.\n--R\nContent-Type: message/rfc822\n\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"S\"\n\n--S\nContent-Type: message/delivery-status\n\n"
                                    "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; bob@acme.example\nAction: failed\nStatus: 5.1.1\n--S--\n--R--", sender=ANN, subject="Your mail", headers='Content-Type: multipart/mixed; boundary="R"\n')),
    ("a firm called bounce", plain("We want two castles.", sender="bounce-house@party.example", subject="Order")),
    ("bounce as a name", plain("We want two castles.", sender="bounce_kim@gmail.com", subject="Order")),
    ("a person at the postmaster's", plain("Yes, call me tomorrow.", sender="postmaster@acme.example", subject="Re: News", headers="In-Reply-To: <1@touch.example>\n")),
    ("a file called so", plain("", sender=ANN, subject="Figures", headers='Content-Type: application/pdf; name="feedback-report.pdf"\n')),
    ("a stranger writes fields", plain("Final-Recipient: rfc822; ann@acme.example\nAction: failed\nStatus: 5.1.1\n", sender="eve@evil.example", subject="hello")),
    ("list mail", plain("News of our list", sender="list@acme.example", subject="[list] News", headers="List-Id: <list.acme.example>\n")),
]  # fmt: skip


@pytest.mark.parametrize("what, mail, right", REPORTS, ids=[one[0] for one in REPORTS])
def test_reports_are_read(what, mail, right):
    found = returned.read(message_from_string(mail), {US})
    assert [(one.kind, one.address) for one in found] == right


@pytest.mark.parametrize("what, mail", OTHERS, ids=[one[0] for one in OTHERS])
def test_what_is_no_report(what, mail):
    assert returned.read(message_from_string(mail), {US}) == []


def test_a_report_says_why():
    [one] = returned.read(message_from_string(dsn(block())), {US})
    assert (one.status, one.words) == ("5.1.1", "550 5.1.1 User unknown")


@pytest.mark.parametrize(
    "words, status, right",
    [
        ("550 5.1.1 <ann@acme.example> user unknown", "", HARD),
        ("550 no", "", HARD),
        ("554 no", "", SOFT),
        ("nothing that anybody knows", "", SOFT),
        ("", "5.1.1", HARD),
        ("", "5.7.1", POLICY),
        ("", "5.2.2", SOFT),
        ("", "4.2.2", SOFT),
        ("451 4.7.1 temporarily rejected, poor reputation", "", POLICY),
        ("552 5.2.2 mailbox full", "", SOFT),
        ("421 too many connections", "", SOFT),
        ("550 5.7.1 Sender address rejected: not owned by user", "", POLICY),
        # about us, though the words sound like a wrong address
        ("554 5.7.1 Your account is disabled for sending mail", "", POLICY),
        ("550 Sender z1@touch.example does not exist", "", POLICY),
        ("550 file does not exist in whitelist", "", POLICY),
        ("550 Helo command rejected: Host not found", "", POLICY),
        ("550 PTR record does not exist", "", POLICY),
        ("550 SPF record does not exist", "", POLICY),
        ("550 Requested action not taken: mailbox unavailable Sender address is not allowed", "", POLICY),
        ("550 Requested action not taken: mailbox unavailable Reject due to policy restrictions", "", POLICY),
        ("550 5.1.1 <ann@acme.example>: Recipient address rejected: User unknown in virtual mailbox table", "", HARD),
        ("550 5.7.1 <ann@acme.example>... Unknown recipient", "", HARD),
    ],
)
def test_classify(words, status, right):
    assert classify(words, status) == right


@given(st.binary(max_size=400), st.sampled_from([mail for _what, mail, _right in REPORTS]), st.integers(0, 600), st.integers(0, 600))
def test_broken_reports_are_read_without_an_error(noise, mail, start, length):
    raw = mail.encode()
    broken = raw[:start] + noise + raw[start + length :]
    for one in returned.read(message_from_bytes(broken), {US}):
        assert one.kind and one.address == one.address.lower() and one.address != US


@given(st.text(max_size=200), st.sampled_from(["", "5.1.1", "4.2.2", "5.7.1", "nonsense"]))
def test_every_refusal_is_of_a_kind(words, status):
    assert classify(words, status) in returned.FAILED


@pytest.mark.parametrize("charset", ["undefined", "x-nonsense", "hex", "'utf-8'"])
def test_a_charset_that_cannot_be_read(charset):
    report = plain(
        "<ann@acme.example>: user unknown", headers=f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n"
    )
    assert [(one.kind, one.address) for one in returned.read(message_from_string(report), {US})] == [(HARD, ANN)]


@pytest.mark.parametrize("kind, body", [
    ("plain", "\n" * 90_000), ("plain", "- \n" * 30_000), ("plain", ">" * 90_000), ("html", "<tr><td></td></tr>" * 5_000), ("html", "<style>" * 14_000),
    ("html", "<" * 99_000), ("plain", "Final-Recipient:" + " " * 90_000),
])  # fmt: skip
def test_a_mail_that_says_nothing_takes_no_time(kind, body):
    """Blank lines, empty tables, tags that do not end: each mail that arrives is looked at."""
    message = message_from_string(plain(body, sender=ANN, subject="Table", headers=f"Content-Type: text/{kind}\n"))
    begin = monotonic()
    returned.read(message, {US})
    returned.message_ids(message)
    assert monotonic() - begin < 2


@pytest.mark.parametrize(
    "about, right",
    [("abuse", COMPLAINT), ("fraud", COMPLAINT), ("opt-out", COMPLAINT), ("not-spam", DELIVERED), ("auth-failure", DELIVERED)],
)
def test_what_feedback_is_about(about, right):
    mail = {what: mail for what, mail, _right in REPORTS}["complaint"].replace("Feedback-Type: abuse", f"Feedback-Type: {about}")
    [one] = returned.read(message_from_string(mail), {US})
    assert one.kind == right


def test_a_mail_of_many_megabytes_takes_no_time():
    """Each mail that arrives is looked at: attachments are not decoded, and of long texts the beginning is read."""
    body = "ann@acme.example could not be delivered to\n" * 200_000
    message = message_from_string(plain(body))
    begin = monotonic()
    assert returned.read(message, {US})
    assert returned.message_ids(message) == []
    attached = message_from_string(
        plain(
            "--B\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + "QUJD\n" * 2_000_000 + "--B--",
            headers='Content-Type: multipart/mixed; boundary="B"\n',
        )
    )
    returned.read(attached, {US})
    assert monotonic() - begin < 10
