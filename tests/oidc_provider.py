"""A small real OpenID Connect provider on the loopback: Authlib's own server, with one person who signs in at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT_ID, SECRET = "vfeed", "a secret between the two"


@dataclass
class Code:
    """A code under way, in the form that Authlib asks for."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    user: dict[str, Any]
    code_challenge: str | None = None
    code_challenge_method: str | None = None

    def is_expired(self) -> bool:
        return False

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return 0

    def get_acr(self) -> str:
        return ""

    def get_amr(self) -> list[str]:
        return list(self.user.get("amr", []))


class Client(ClientMixin):
    """vfeed, as the provider knows it."""

    client_id = CLIENT_ID

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/sign-in/service/back")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Provider:
    """The provider: who signs in there, with what key it signs, and what went over it."""

    user: dict[str, Any] = field(default_factory=lambda: {"sub": "1", "preferred_username": "practitioner"})
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    codes: dict[str, Code] = field(default_factory=dict)


def let_sign_in(server: AuthorizationServer, provider: Provider) -> None:
    """Teach Authlib's server the code flow with an ID token, a nonce and a challenge."""

    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

        def save_authorization_code(self, code: str, request: Any) -> None:
            sent = request.payload
            provider.codes[code] = Code(
                code,
                sent.redirect_uri,
                sent.scope,
                sent.data.get("nonce"),
                dict(provider.user),
                sent.data.get("code_challenge"),
                sent.data.get("code_challenge_method"),
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
            return authorization_code.user

    class Id(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def resolve_client_private_key(self, client: Client) -> KeySet:
            return KeySet([provider.signs_with or provider.key])

        def get_client_algorithm(self, client: Client) -> str:
            return "RS256"

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": provider.issuer}

        def generate_user_info(self, user: dict[str, Any], scope: str) -> dict[str, Any]:
            return user

    server.register_grant(CodeGrant, [Id(require_nonce=True), CodeChallenge(required=True)])


def app_of(provider: Provider) -> Flask:
    app = Flask("provider")
    app.secret_key = "provider"
    server = AuthorizationServer(app, query_client=lambda id_: Client() if id_ == CLIENT_ID else None)
    server._save_token = lambda token, request: None

    let_sign_in(server, provider)

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Response:
        here = provider.issuer
        return jsonify(
            issuer=here,
            authorization_endpoint=f"{here}/authorize",
            token_endpoint=f"{here}/token",
            jwks_uri=f"{here}/keys",
            id_token_signing_alg_values_supported=["RS256"],
        )

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(KeySet([provider.key]).as_dict(private=False))

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=provider.user)
        return server.create_authorization_response(request, grant_user=provider.user, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    return app


@contextmanager
def running() -> Iterator[Provider]:
    """The provider at an address of its own."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, app_of(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
