# The shape of the Functions documentation's example with a queue: each call is a POST of JSON to the function's name.
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        if self.path != "/order":
            return self.send_error(404)
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print("reached", self.path, flush=True)
        order = call["Data"]["req"]["Body"]
        answer = {
            "Outputs": {"message": order, "res": {"statusCode": 200, "body": "order received: " + order}},
            "Logs": ["an order was received"],
            "ReturnValue": None,
        }
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


port = int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"])
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
