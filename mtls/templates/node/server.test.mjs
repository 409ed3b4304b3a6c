// The server alone, called as the gate calls it: node --test

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { newServer } from "./server.mjs";

const secret = { "X-Client-Cert-Gate-Secret": "the gate's secret" };

async function get(path, headers) {
  const server = newServer("the gate's secret").listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { headers });
    return [response.status, await response.text()];
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test("anybody is greeted", async () => {
  assert.deepEqual(await get("/api/hello?a=b", secret), [200, "Hello\n"]);
});

test("a caller is known by name or by certificate", async () => {
  const listed = { ...secret, "X-Client-Cert-Sha256": "ab12" };
  assert.deepEqual(await get("/api/whoami", listed), [200, "You are ab12\n"]);
  const named = { ...listed, "X-Client-Cert-Caller": "partner" };
  assert.deepEqual(await get("/api/whoami", named), [200, "You are partner\n"]);
});

test("other paths are not found", async () => {
  assert.equal((await get("/api/other", secret))[0], 404);
});

test("who goes around the gate is refused", async () => {
  for (const headers of [{}, { "X-Client-Cert-Gate-Secret": "a guess" }]) {
    assert.equal((await get("/api/whoami", headers))[0], 403);
  }
});
