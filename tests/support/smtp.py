"""A mail server for the tests: aiosmtpd, as real as any, with recipients that make it behave badly.

    python3 smtp.py [--auth user:password]

Listens on a free port of 127.0.0.1. The first line printed is the port, each later one a mail as JSON. What happens
to a mail depends on the left part of the recipient's address: `bounce...` is refused for good, `later...` is put off
twice and then taken, for `slow...` the answer to the mail takes two seconds, and for `heavy...` it is that the mail is
too large. A sender `unwelcome...` is refused. Each line of standard input is answered with `null`; it ends with that.
"""

import argparse
import asyncio
import json
import logging
import re
import sys
import threading
import warnings
from collections import Counter
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

SPEAKING = threading.Lock()


class Post:
    def __init__(self):
        self.tries = Counter()

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("unwelcome"):
            return "550 5.7.1 not with this sender"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tries[address] += 1
        if address.startswith("bounce"):
            return f"550 5.1.1 <{address}>: there is no such mailbox"
        if address.startswith("later") and self.tries[address] <= 2:
            return f"451 4.7.1 <{address}>: come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        if any(address.startswith("slow") for address in envelope.rcpt_tos):
            await asyncio.sleep(2)
        if any(address.startswith("heavy") for address in envelope.rcpt_tos):
            return "552 5.3.4 too large"
        say(told(envelope))
        return "250 2.0.0 taken"


def told(envelope):
    mail = message_from_bytes(envelope.content, policy=policy.default)
    html = content(mail, "html")
    link = re.search(r'href="([^"]*)"', html)
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "message_id": str(mail["message-id"]),
        "subject": str(mail["subject"]),
        "text": content(mail, "plain"),
        "html": html,
        "link": link and link[1],
        "content_type": mail.get_content_type(),
        "ascii": envelope.content.isascii(),
        "headers": [[name.lower(), str(value)] for name, value in mail.items()],
    }


def content(mail, kind):
    part = mail.get_body((kind,))
    return part.get_content() if part else ""


def signed_in(expected):
    def check(server, session, envelope, mechanism, data):
        given = isinstance(data, LoginPassword) and f"{data.login.decode()}:{data.password.decode()}"
        return AuthResult(success=given == expected, handled=False)

    return check


async def serve(auth):
    post, options = Post(), {}
    if auth:
        options = {"authenticator": signed_in(auth), "auth_required": True, "auth_require_tls": False}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(post, **options), "127.0.0.1", 0)
    say(server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, echo)


def echo():
    """For each line `null`: a reader of this line has read everything that was accepted before."""
    for _ in sys.stdin:
        say(None)


def say(value):
    """In one piece: two threads speak here, and `print` writes a line and its end one after the other."""
    with SPEAKING:
        print(json.dumps(value), flush=True)


if __name__ == "__main__":
    # It warns of a login without TLS, which is what is wanted here.
    logging.disable()
    warnings.simplefilter("ignore")
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--auth")
    asyncio.run(serve(arguments.parse_args().auth))
