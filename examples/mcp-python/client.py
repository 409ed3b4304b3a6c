"""Calls the tools by the SDK's own client: `python3 client.py URL`, over mutual TLS with certs/allowed.pem if the URL is https."""

import json
import ssl
import sys
import time

import anyio
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

START = time.monotonic()


def say(event: str, **more: object) -> None:
    print(json.dumps({"event": event, "seconds": round(time.monotonic() - START, 3), **more}), flush=True)


async def main(url: str, mode: str = "auto") -> None:
    context = ssl.create_default_context()
    if url.startswith("https:"):
        context.load_verify_locations("certs/ca.pem")
        context.load_cert_chain("certs/allowed.pem", "certs/allowed.key")
    async with httpx2.AsyncClient(verify=context) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            say("initialized", protocol=client.protocol_version)
            say("tools", names=[tool.name for tool in (await client.list_tools()).tools])
            say("whoami", result=(await client.call_tool("whoami")).structured_content)
            counted = await client.call_tool("countdown", {"seconds": 2}, progress_callback=progress)
            say("counted", text=counted.content[0].text)


async def progress(done: float, total: float | None, _: str | None) -> None:
    say("progress", done=done, total=total)


if __name__ == "__main__":
    anyio.run(main, *sys.argv[1:])
