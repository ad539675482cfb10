# A mail server that is not ours (aiosmtpd), and a reader that is not ours (Python's email package).
# Takes letters on the loopback, writes each as one JSON file into a folder. Says its port on the first line.
# $1: the folder.
import email
import email.policy
import json
import os
import sys
import threading

from aiosmtpd.controller import Controller


class Keeper:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        plain = letter.get_body(preferencelist=("plain",))
        rich = letter.get_body(preferencelist=("html",))
        said = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "subject": str(letter["subject"] or ""),
            "headers": [[name, str(value)] for name, value in letter.items()],
            "text": plain.get_content() if plain else "",
            "html": rich.get_content() if rich else "",
            "attachments": [part.get_filename() for part in letter.iter_attachments()],
            "defects": [str(defect) for defect in letter.defects],
        }
        self.count += 1
        path = os.path.join(self.folder, f"{self.count:04}.json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(said, file, ensure_ascii=False)
        os.rename(path + ".part", path)
        return "250 kept"


class Server(Controller):
    def _trigger_server(self):
        # The port was chosen by the system just now; the base class would knock on port 0.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


server = Server(Keeper(sys.argv[1]), hostname="127.0.0.1", port=0, enable_SMTPUTF8=True)
server.start()
print(server.port, flush=True)
threading.Event().wait()
