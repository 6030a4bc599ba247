"""A mail server for tests: it writes each mail to a file, and rejects the recipients that a file lists.

smtp.py PORT FOLDER [CERTIFICATE KEY USER PASSWORD]: with a certificate it requires STARTTLS and authentication.
"""

import asyncio
import json
import os
import ssl
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

port, folder, *tls = sys.argv[1:]
os.makedirs(folder, exist_ok=True)


def refused():
    try:
        with open(os.path.join(folder, "refuse"), encoding="utf-8") as names:
            return names.read().split()
    except FileNotFoundError:
        return []


class Handler:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        with open(os.path.join(folder, "asked"), "a", encoding="utf-8") as asked:
            print(address, file=asked)
        if address in refused():
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
        headers = {name.lower(): str(value) for name, value in mail.items()}
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": headers,
            "names": [name.lower() for name in mail.keys()],
            "parts": [part.get_content_type() for part in mail.walk()],
            "defects": [str(defect) for part in mail.walk() for defect in part.defects],
            "plain": parts.get("text/plain", ""),
            "html": parts.get("text/html", ""),
            "encrypted": session.ssl is not None,
            "user": session.auth_data and session.auth_data.login.decode(),
        }
        Handler.count += 1
        # Write a temporary file, then rename it, so that the test reads complete files only.
        name = os.path.join(folder, f"{os.getpid()}-{Handler.count:06}.json")
        with open(name + ".new", "w", encoding="utf-8") as file:
            json.dump(told, file)
        os.rename(name + ".new", name)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and [data.login.decode(), data.password.decode()] == tls[2:]
    return AuthResult(success=good, auth_data=data if good else None)


def protocol():
    if not tls:
        return SMTP(Handler(), enable_SMTPUTF8=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls[0], tls[1])
    return SMTP(Handler(), tls_context=context, require_starttls=True, authenticator=authenticate, auth_required=True, auth_require_tls=True)


async def main():
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", int(port))
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main())
