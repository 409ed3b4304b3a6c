"""Two functions behind a gate: the caller of a request that arrives here is admitted."""

import hmac
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def hello(_headers):
    return "Hello\n"


def who_am_i(headers):
    caller = headers.get("X-Client-Cert-Caller") or headers.get("X-Client-Cert-Sha256")
    return f"You are {caller}\n"


FUNCTIONS = {"/api/hello": hello, "/api/whoami": who_am_i}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Otherwise an answer waits 40 ms between its head and its body.
    disable_nagle_algorithm = True

    def do_GET(self):
        function = FUNCTIONS.get(self.path.partition("?")[0].lower())
        if not self.came_through_the_gate():
            self.answer(403, "This server is called through its gate alone\n")
        elif function is None:
            self.answer(404, "There is no such function\n")
        else:
            self.answer(200, function(self.headers))

    def came_through_the_gate(self):
        secret = self.headers.get("X-Client-Cert-Gate-Secret", "").encode()
        return hmac.compare_digest(secret, self.server.secret)

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Nothing: the gate's log has a line for each call."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, port, secret):
        super().__init__(("127.0.0.1", port), Handler)
        self.secret = secret.encode()


if __name__ == "__main__":
    # The gate sets both.
    Server(int(os.environ["PORT"]), os.environ["CLIENT_CERT_GATE_SECRET"]).serve_forever()
