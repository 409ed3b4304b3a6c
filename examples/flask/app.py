"""The usual Flask recipe for client certificates, behind the gate: who may call is decided before a request arrives here."""

import base64
import os
import secrets
import ssl
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from flask import Flask, jsonify, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

OUTBOUND_TIMEOUT = 10  # seconds

app = Flask(__name__)
# The gate sends one value of each: with them, addresses that Flask builds are those that callers use.
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1)


@app.get("/health")
def health():
    return jsonify(status="ok")


@app.get("/cert-info")
def cert_info():
    certificate = x509.load_der_x509_certificate(base64.b64decode(request.headers["X-ARR-ClientCert"]))
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return jsonify(
        caller=request.headers.get("X-Client-Cert-Caller"),
        commonName=names[0].value if names else None,
        thumbprint=request.headers["X-Client-Cert-Sha256"],
        url=url_for("cert_info", _external=True),
    )


@app.get("/outbound-mtls")
def outbound_mtls():
    path, url = os.environ.get("OUTBOUND_CLIENT_CERT_PATH"), os.environ.get("REMOTE_API_URL")
    if not path or not url:
        return jsonify(reason="not-configured"), 503
    if urllib.parse.urlsplit(url).scheme != "https":
        return jsonify(reason="not-https"), 503
    try:
        with opener(presenting(Path(path))).open(url, timeout=OUTBOUND_TIMEOUT) as answer:
            return jsonify(upstreamStatus=answer.status, clientCertificatePath=Path(path).name)
    except urllib.error.HTTPError as error:
        return jsonify(reason="upstream-status", upstreamStatus=error.code), 502
    except OSError:
        app.logger.exception("the outbound call failed")
        return jsonify(reason="unreachable"), 502


def opener(context: ssl.SSLContext) -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), NoRedirects)


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer as any other: the certificate is for the service that the setting names."""

    def redirect_request(self, *_):
        return None


def presenting(path: Path) -> ssl.SSLContext:
    """A TLS client with the certificate of a PKCS#12 file. Its key is on disk only encrypted, by a password for this once."""
    password = os.environ.get("OUTBOUND_CLIENT_CERT_PASSWORD")
    key, certificate, issuers = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode() if password else None)
    once = secrets.token_hex(16)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(once.encode()),
    )
    pem += b"".join(one.public_bytes(serialization.Encoding.PEM) for one in [certificate, *issuers])
    context = ssl.create_default_context()
    if anchors := os.environ.get("OUTBOUND_TRUST_ANCHORS"):
        context.load_verify_locations(anchors)
    with tempfile.NamedTemporaryFile() as file:
        file.write(pem)
        file.flush()
        context.load_cert_chain(file.name, password=once)
    return context
