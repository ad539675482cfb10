# A receiver of webhooks that is not ours: Python's HTTP server under OpenSSL. Says its port on the first line, and then each message
# that it got as one line of JSON. What it answers stands in the path.
# $1: the certificate and the key in one file.
import json
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        print(json.dumps({"path": self.path, "headers": headers, "body": body}), flush=True)
        way = self.path.strip("/")
        if way == "slow":
            time.sleep(60)
        if way == "broken":
            self.send_response(500)
        elif way == "redirect":
            self.send_response(307)
            self.send_header("Location", "/in")
        elif way == "big":
            self.send_response(200)
            self.send_header("Content-Length", "100000000000")
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"a" * 65536)
            except OSError:
                return
        else:
            self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
