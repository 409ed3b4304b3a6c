"""The server alone, called as the gate calls it: python3 -m unittest"""

import threading
import unittest
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from server import Server

SECRET = {"X-Client-Cert-Gate-Secret": "the gate's secret"}


class ServerTest(unittest.TestCase):
    def setUp(self):
        server = Server(0, "the gate's secret")
        self.port = server.server_address[1]
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def get(self, path, headers):
        request = Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as answer:
            with answer:
                return answer.status, answer.read().decode()

    def test_anybody_is_greeted(self):
        self.assertEqual(self.get("/api/hello?a=b", SECRET), (200, "Hello\n"))

    def test_a_caller_is_known_by_name_or_by_certificate(self):
        named = {"X-Client-Cert-Caller": "partner", "X-Client-Cert-Sha256": "ab12"}
        self.assertEqual(self.get("/api/whoami", SECRET | named), (200, "You are partner\n"))
        listed = {"X-Client-Cert-Sha256": "ab12"}
        self.assertEqual(self.get("/api/whoami", SECRET | listed), (200, "You are ab12\n"))

    def test_other_paths_are_not_found(self):
        self.assertEqual(self.get("/api/other", SECRET)[0], 404)

    def test_who_goes_around_the_gate_is_refused(self):
        for headers in [{}, {"X-Client-Cert-Gate-Secret": "a guess"}]:
            self.assertEqual(self.get("/api/whoami", headers)[0], 403)


if __name__ == "__main__":
    unittest.main()
