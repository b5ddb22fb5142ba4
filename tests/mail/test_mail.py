"""Mail that a back end abroad hands in reaches people at home with originals in it, and nobody else gets them."""

from __future__ import annotations

from pathlib import Path

from tests.mail.post_office import ANNA, BORIS, SENDER, disclosures, mail, office


async def test_mail_reaches_the_person(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        t = await here.tokens()
        letter = mail(
            f"{t['first_name']} {t['last_name']} <{t['email']}>",
            f"Заказ для {t['first_name']}",
            f"Здравствуйте, {t['first_name']} {t['last_name']}!\nВаш телефон {t['phone']}.\n",
        )
        assert await here.send(letter, t["email"]) == {}
        (got,) = here.host.mails
        assert (got.sender, got.to) == (SENDER, [ANNA["email"]])
        read = got.parsed()
        assert read["Subject"] == f"Заказ для {ANNA['first_name']}"
        assert read["To"] == f"{ANNA['first_name']} {ANNA['last_name']} <{ANNA['email']}>"
        assert read.get_content().replace("\r\n", "\n") == (
            f"Здравствуйте, {ANNA['first_name']} {ANNA['last_name']}!\nВаш телефон {ANNA['phone']}.\n"
        )
        assert here.leaks() == []


async def test_quoted_names_pages_and_attachments_are_spelled_for_where_they_stand(tmp_path: Path) -> None:
    odd = {**ANNA, "first_name": 'Анна "Ню" <b>', "last_name": "О'Коннор; дочь, младшая"}
    async with office(tmp_path) as here:
        t = await here.tokens(odd)
        letter = mail(f'"{t["first_name"]}" <{t["email"]}>', "Welcome", "see the page")
        letter.add_alternative(f"<p title='x'>Dear {t['first_name']}</p>", subtype="html")
        letter.add_attachment(f"name;phone\r\n{t['last_name']};{t['phone']}\r\n", subtype="csv", filename="o.csv")
        letter.add_attachment(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
            f'SUMMARY:Визит\\, {t["last_name"]}\r\nATTENDEE;CN="{t["first_name"]}":mailto:{t["email"]}\r\n'
            "END:VEVENT\r\nEND:VCALENDAR\r\n",
            subtype="calendar",
        )
        picture = bytes(range(256)) * 40
        letter.add_attachment(picture, maintype="image", subtype="png", filename=f"{t['last_name']}.png")
        assert await here.send(letter, t["email"]) == {}
        read = here.host.mails[0].parsed()
        assert read["To"].addresses[0].display_name == odd["first_name"]
        assert read["To"].addresses[0].addr_spec == ANNA["email"]
        parts = {part.get_content_type(): part for part in read.walk()}
        page = parts["text/html"].get_content()
        assert ("<b>" in page, "Анна" in page) == (False, True)
        assert '"О\'Коннор; дочь, младшая";+7 916 555-01-23' in parts["text/csv"].get_content()
        dates = parts["text/calendar"].get_content().replace("\r\n ", "")
        assert "SUMMARY:Визит\\, О'Коннор\\; дочь\\, младшая" in dates
        assert f"CN=\"Анна 'Ню' <b>\":mailto:{ANNA['email']}" in dates
        assert parts["image/png"].get_content() == picture
        assert parts["image/png"].get_filename() == f"{odd['last_name']}.png"


async def test_mail_without_tokens_keeps_every_byte(tmp_path: Path) -> None:
    raw = (
        b"From: =?koi8-r?B?7cHHwdrJzg==?= <shop@shop.example>\r\nDKIM-Signature: v=1; a=rsa-sha256; b=xyz\r\n"
        b"to:   ops@corp.example\r\nSubject:  two  blanks \r\n\tand a fold\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed;\r\n boundary="a b"\r\n\r\npre\r\n--a b\r\n\r\n..two dots\r\n.\r\n'
        b"--a b\r\nContent-Type: text/html; charset=windows-1251\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        b"\xcf\xf0\xe8\xe2\xe5\xf2\r\n--a b--\r\npost\r\n"
    ).replace(b"\r\n.\r\n", b"\r\n. \r\n")
    async with office(tmp_path, "    mail: {recipients: [corp.example]}") as here:
        assert await here.send(raw, "ops@corp.example", "x@CORP.example") == {}
        (got,) = here.host.mails
        assert got.own == raw
        assert got.to == ["ops@corp.example", "x@CORP.example"]
        assert got.raw.startswith(b"Received: by pii-gateway with ESMTP id ")
        (entry,) = [one for one in here.sink.events if one[0] == "mail"]
        assert entry[1]["count"] == 2


async def test_each_recipient_gets_the_servers_own_answer(tmp_path: Path) -> None:
    more = "    mail: {recipients: ['*'], about: anyone}"
    async with office(tmp_path, more) as here:
        anna, boris = await here.tokens(), await here.tokens(BORIS)
        here.host.answers[BORIS["email"]] = f"550 5.2.2 <{BORIS['email']}>: mailbox of Борислав is full"
        letter = mail("undisclosed:;", "News", f"For {anna['first_name']} and {boris['first_name']}")
        said = await here.send(letter, anna["email"], boris["email"], "z@else.example")
        assert said == {boris["email"]: (550, b"5.2.2 The mail server of the region says so")}
        assert here.host.mails[0].to == [ANNA["email"], "z@else.example"]
        assert here.leaks(said) == []
        for answer, code in (("452 4.3.1 full", 452), ("421 4.3.2 Anna, bye", 451), ("554 no", 554)):
            here.host.mails.clear()
            here.host.answers = {"DATA": answer}
            refused = await here.send(letter, anna["email"])
            assert isinstance(refused, tuple)
            assert (refused[0], here.host.mails, here.leaks(refused)) == (code, [], [])
        here.host.answers = {"MAIL": "550 5.7.1 not you, anna.canary"}
        refused = await here.send(letter, anna["email"])
        assert refused == {anna["email"]: (550, b"5.7.1 The mail server of the region says so")}


async def test_person_is_told_of_nobody_else(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        anna, boris = await here.tokens(), await here.tokens(BORIS)
        of_boris = mail("customer:;", "News", f"Your neighbour is {boris['first_name']}")
        assert await here.refused(of_boris, anna["email"]) == "554 GW-X462"
        both = mail(f"{anna['email']}, {boris['email']}", "News", "Hello")
        assert await here.refused(both, anna["email"], boris["email"]) == "554 GW-X462"
        assert await here.send(mail("all:;", "News", "Hello"), anna["email"], boris["email"]) == {}
        assert here.host.mails[0].to == [ANNA["email"], BORIS["email"]]


async def test_shared_mailbox_is_each_ones_own(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        anna, husband = await here.tokens(), await here.tokens({**BORIS, "email": ANNA["email"]})
        assert husband["email"] == anna["email"]
        letter = mail(husband["email"], "News", f"Dear {husband['first_name']}")
        assert await here.send(letter, husband["email"]) == {}
        assert BORIS["first_name"] in here.host.mails[0].parsed().get_content()


async def test_what_is_refused_is_sent_to_nobody(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        t = await here.tokens()
        fine = mail("x:;", "Hello", "Hello")
        forged = ("0" if t["email"][5] != "0" else "1").join((t["email"][:5], t["email"][6:]))
        assert (await here.refused(fine, "ops@corp.example")) == "550 GW-X461"
        assert (await here.refused(fine, forged)) == "550 GW-X441"
        link = mail("x:;", "Hello", f"https://track.example/?u={t['email']}")
        assert (await here.refused(link, t["email"])) == "554 GW-X443"
        hidden = mail("x:;", "Hello", "see file")
        hidden.add_attachment(f"x {t['email']}".encode(), maintype="application", subtype="octet-stream")
        assert (await here.refused(hidden, t["email"])) == "550 GW-X441"
        comment = mail("x:;", "Hello", "plain")
        comment.add_alternative(f"<!-- {t['email']} --><p>Hi</p>", subtype="html")
        assert (await here.refused(comment, t["email"])) == "550 GW-X441"
        signed = b"DKIM-Signature: v=1; b=abc\r\n" + mail("x:;", "For " + t["first_name"], "Hi").as_bytes()
        assert (await here.refused(signed, t["email"])) == "554 GW-X463"
        assert (await here.refused(b"no header at all\r\n\r\nx", t["email"])) == "554 GW-P150"
        home = tmp_path / "home" / "ru.db"
        home.rename(home.with_suffix(".away"))
        assert (await here.refused(fine, t["email"]))[:3] == "451"
        assert here.leaks() == []


async def test_signature_is_left_out_where_the_rules_say_so(tmp_path: Path) -> None:
    async with office(tmp_path, "    mail: {signed: strip}") as here:
        t = await here.tokens()
        raw = b"DKIM-Signature: v=1;\r\n b=abc\r\nSubject: For %s\r\n\r\nHi\r\n" % t["first_name"].encode()
        assert await here.send(raw, t["email"]) == {}
        own = here.host.mails[0].own
        assert (b"DKIM" in own, own.startswith(b"Subject: =?utf-8?B?"), own.endswith(b"\r\n\r\nHi\r\n")) == (
            False, True, True,
        )  # fmt: skip


async def test_wrapped_mail_that_is_signed_as_a_whole_may_not_change(tmp_path: Path) -> None:
    async with office(tmp_path, "    mail: {signed: strip}") as here:
        t = await here.tokens()
        raw = (
            'Content-Type: multipart/signed; boundary=s; protocol="application/pgp-signature"\r\n\r\n'
            f"--s\r\n\r\nDear {t['first_name']}\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n"
        ).encode()
        assert await here.refused(raw, t["email"]) == "554 GW-X463"


async def test_ledger_has_every_disclosure_and_no_value(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        t = await here.tokens()
        assert await here.send(mail(t["email"], f"Hi {t['first_name']}", "x"), t["email"]) == {}
        entries = await disclosures(here)
        assert [(one["actor"], one["purpose"], one["destination"], one["kinds"]) for one in entries] == [
            ("address:127.0.0.1/32", "notices", "mail", [["email", "reveal", 1]]),
            ("address:127.0.0.1/32", "notices", "mail", [["email", "reveal", 1], ["person.first", "reveal", 1]]),
        ]
        assert all(len(one["subjects"]) == 1 for one in entries)


async def test_nobody_else_may_send(tmp_path: Path) -> None:
    async with office(tmp_path, "    mail: {recipients: ['*']}", callers='"address:10.9.9.9/32"') as here:
        t = await here.tokens()
        for to in (t["email"], "victim@else.example"):
            said = await here.send(mail("x:;", "Spam", "Spam"), to)
            assert isinstance(said, tuple)
            assert (said[0], "GW-X440" in said[1], here.host.envelopes) == (550, True, [])


async def test_mail_server_away_is_a_temporary_failure(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        t = await here.tokens()
        here.server.close()
        said = await here.send(mail("x:;", "Hello", "x"), t["email"])
        assert isinstance(said, dict)
        code, text = said[t["email"]]
        assert (code, text[:14], here.host.mails) == (451, b"4.4.1 GW-U001 ", [])


async def test_address_beyond_ascii_needs_a_server_that_takes_it(tmp_path: Path) -> None:
    person = {**ANNA, "email": "анна.canary@почта.рф"}
    for offered in (True, False):
        folder = tmp_path / str(offered)
        folder.mkdir()
        async with office(folder, host={"enable_SMTPUTF8": offered}) as here:
            t = await here.tokens(person)
            said = await here.send(mail("x:;", "Привет", "x"), t["email"])
            if offered:
                (got,) = here.host.mails
                assert (got.to, "SMTPUTF8" in got.options) == (["анна.canary@почта.рф"], True)
            else:
                assert isinstance(said, dict)
                assert (said[t["email"]][0], here.host.mails) == (550, [])


async def test_routes_are_told_apart_by_the_senders_domain(tmp_path: Path) -> None:
    more = """  - match: {mail: quiet.example}
    from: crm
    to: mail
    name: quiet
    purpose: quiet notices
    callers: ["address:10.9.9.9/32"]"""
    async with office(tmp_path, more) as here:
        t = await here.tokens()
        said = await here.send(mail("x:;", "Hello", "x"), t["email"], sender="a@Quiet.example")
        assert isinstance(said, tuple)
        assert said[0] == 550
        assert await here.send(mail("x:;", "Hello", "x"), t["email"], sender="a@other.example") == {}
        assert await here.send(mail("x:;", "Hello", "x"), t["email"], sender="") == {}
        assert [one.sender for one in here.host.mails] == ["a@other.example", "<>"]


async def test_sender_who_is_a_person_is_told_to_that_person_only(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        anna, boris = await here.tokens(), await here.tokens(BORIS)
        letter = mail("x:;", "Hello", "x")
        assert await here.refused(letter, boris["email"], sender=anna["email"]) == "554 GW-X462"
        assert await here.send(letter, anna["email"], sender=anna["email"]) == {}
        assert here.host.mails[0].sender == ANNA["email"]


async def test_mail_that_no_route_is_for_or_that_goes_in_circles_is_refused(tmp_path: Path) -> None:
    async with office(tmp_path, senders="shop.example") as here:
        to = (await here.tokens())["email"]
        said = await here.send(mail("x:;", "x", "x"), to, sender="a@else.example")
        assert isinstance(said, tuple)
        assert (said[0], "GW-X460" in said[1], here.host.envelopes) == (550, True, [])
        said = await here.send(mail("x:;", "x", "x"), to, sender='"a b"@shop.example')
        assert isinstance(said, tuple)
        assert (said[0], "GW-X465" in said[1]) == (553, True)
        assert await here.refused(b"Received: by x\r\n" * 51 + b"\r\nx\r\n", to) == "554 GW-X464"
        assert await here.send(b"Received: by x\r\n" * 50 + b"\r\nx\r\n", to) == {}
