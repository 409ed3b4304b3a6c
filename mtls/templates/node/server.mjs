// Two functions behind a gate: the caller of a request that arrives here is admitted.

import { timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const functions = {
  "/api/hello": () => "Hello\n",
  "/api/whoami": (headers) => `You are ${headers["x-client-cert-caller"] ?? headers["x-client-cert-sha256"]}\n`,
};

export function newServer(secret) {
  const expected = Buffer.from(secret);
  return createServer((request, response) => {
    const path = request.url.split("?")[0].toLowerCase();
    if (!cameThroughTheGate(request.headers, expected)) {
      answer(response, 403, "This server is called through its gate alone\n");
    } else if (request.method !== "GET" || !Object.hasOwn(functions, path)) {
      answer(response, 404, "There is no such function\n");
    } else {
      answer(response, 200, functions[path](request.headers));
    }
  });
}

function cameThroughTheGate(headers, expected) {
  const found = Buffer.from(headers["x-client-cert-gate-secret"] ?? "");
  return found.length === expected.length && timingSafeEqual(found, expected);
}

function answer(response, status, text) {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(text);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  // The gate sets both.
  newServer(process.env.CLIENT_CERT_GATE_SECRET).listen(Number(process.env.PORT), "127.0.0.1");
}
