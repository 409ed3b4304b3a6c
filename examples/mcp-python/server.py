"""An MCP server of the official SDK, behind the gate: Streamable HTTP without sessions, as Azure Functions needs it."""

import os

import anyio
from mcp.server.mcpserver import Context, MCPServer
from starlette.requests import Request
from starlette.responses import JSONResponse

server = MCPServer("behind-the-gate")


@server.tool()
def whoami(context: Context) -> dict[str, str | None]:
    """Who the gate says is calling. What callers themselves send by these names never arrives."""
    headers = context.headers or {}
    return {"caller": headers.get("x-client-cert-caller"), "sha256": headers.get("x-client-cert-sha256")}


@server.tool()
async def countdown(seconds: int, context: Context) -> str:
    """Counts seconds, and reports its progress after each."""
    for done in range(1, seconds + 1):
        await context.report_progress(done, seconds)
        await anyio.sleep(1)
    return "lift-off"


@server.custom_route("/health", methods=["GET"])
async def health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


if __name__ == "__main__":
    # Arguments win over the variables that the SDK reads itself.
    server.run("streamable-http", port=int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"]), stateless_http=True)
