# The shape of the Functions documentation's quickstart for custom handlers: the port from the environment, the request as it came.
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        if url.path != "/api/HttpExample":
            return self.send_error(404)
        print("reached", self.path, flush=True)
        name = parse_qs(url.query).get("name", ["nobody"])[0]
        text = f"Hello, {name}. This HTTP triggered function executed successfully.\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


port = int(os.environ.get("FUNCTIONS_CUSTOMHANDLER_PORT", "8080"))
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
