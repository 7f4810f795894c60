"""A small OpenID provider over HTTP that can be told to lie, in one thing at a time.

It keeps to the rules that concern us: one use of a code, PKCE, the client's secret, the address to return to.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "loa", "the client's secret"
KEY, STRANGER = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}), RSAKey.generate_key(2048, {"kid": "1"})
Claims = dict[str, Any]


def signed(claims: Claims, key: Any = KEY, alg: str = "RS256", **header: Any) -> str:
    return jwt.encode({"alg": alg, "kid": "1"} | header, claims, key, algorithms=[alg])


def unsigned(claims: Claims, alg: str = "none") -> str:
    return ".".join(_written(json.dumps(part).encode()) for part in ({"alg": alg}, claims)) + "."


def by_secret(claims: Claims, secret: bytes) -> str:
    """HS256 by what is no secret, for who takes the algorithm from the token."""
    said = ".".join(_written(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "1"}, claims))
    return f"{said}.{_written(hmac.digest(secret, said.encode(), 'sha256'))}"


def _written(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


class LyingProvider:
    """`claims` and `sign` make its tokens, `metadata` and `answer` change what it says elsewhere."""

    def __init__(self, back: str) -> None:
        self.back = back
        self.subject = "sub-1"
        self.more: Claims = {}
        self.claims: Callable[[Claims], Claims] = lambda said: said
        self.sign: Callable[[Claims], str] = signed
        self.metadata: Claims = {}
        self.keys: list[Claims] = [KEY.as_dict(private=False)]
        self.answer: bytes | None = None
        self.asked: list[str] = []
        self._codes: dict[str, Claims] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=lambda: self._server.serve_forever(0.02)).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()

    def authorize(self, url: str) -> str:
        """Where the browser is sent back to, once its owner has said yes."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert (asked["client_id"], asked["redirect_uri"], asked["response_type"]) == (CLIENT, self.back, "code")
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        code = secrets.token_urlsafe()
        self._codes[code] = asked
        return f"{self.back}?{urlencode({'code': code, 'state': asked['state']})}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                said = {"/.well-known/openid-configuration": provider.discovery, "/jwks": provider.jwks}[self.path]
                self.say(json.dumps(said()).encode())

            def do_POST(self) -> None:
                provider.asked.append(self.path)
                form = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
                made = provider.token(form, self.headers.get("authorization", ""))
                self.say(provider.answer or json.dumps(made).encode(), 200 if "id_token" in made else 400)

            def say(self, body: bytes, status: int = 200) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def discovery(self) -> Claims:
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/leave", "id_token_signing_alg_values_supported": ["RS256"],
        } | self.metadata  # fmt: skip

    def jwks(self) -> Claims:
        return {"keys": self.keys}

    def token(self, form: dict[str, str], authorization: str) -> Claims:
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = _written(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        shown = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if asked is None or challenge != asked["code_challenge"]:
            return {"error": "invalid_grant"}
        if shown != f"{CLIENT}:{SECRET}" or form["redirect_uri"] != self.back:
            return {"error": "invalid_client"}
        now = int(time.time())
        honest = {
            "iss": self.issuer, "sub": self.subject, "aud": CLIENT, "exp": now + 300, "iat": now,
            "nonce": asked["nonce"],
        } | self.more  # fmt: skip
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(self.claims(honest))}
