import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    USE_X_FORWARDED_HOST=os.environ["TEST_USE_X_FORWARDED_HOST"] == "true",
)


def url(request):
    return HttpResponse(request.build_absolute_uri())


urlpatterns = [path("api/url", url)]
app = get_wsgi_application()
