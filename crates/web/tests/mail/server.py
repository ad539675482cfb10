# A mail server that is not ours (aiosmtpd), under STARTTLS only. Says its port on the first line; then each letter that it
# took, as one line: the recipients, the names of the headers, the return path, and whether TLS was on.
# nobody@… is refused for good, later@… for now. $1: the certificate with its key.
import ssl
import sys
import threading
from email import message_from_bytes

from aiosmtpd.controller import Controller


class Keeper:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later@"):
            return "451 4.3.0 come back later"
        if address.startswith("full@"):
            return "552 5.2.2 full"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        names = [name for name, _ in message_from_bytes(envelope.content).items()]
        print(";".join(envelope.rcpt_tos), ",".join(names), envelope.mail_from, session.ssl is not None, flush=True)
        return "250 kept"


class Server(Controller):
    def _trigger_server(self):
        # The port was chosen by the system just now; the base class would knock on port 0.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
server = Server(
    Keeper(),
    hostname="127.0.0.1",
    port=0,
    tls_context=context,
    require_starttls=True,
)
server.start()
print(server.port, flush=True)
threading.Event().wait()
