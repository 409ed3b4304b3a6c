from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def url(request):
    return PlainTextResponse(str(request.url_for("url")))


app = Starlette(routes=[Route("/api/url", url)])
