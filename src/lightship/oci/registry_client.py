"""Requests to a registry: tokens, retries, bounded answers, and errors that say what to do.

Sources: https://github.com/opencontainers/distribution-spec/blob/main/spec.md,
https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.document import parse_object, text
from lightship.oci.limits import CHUNK, DOCUMENT_LIMIT, THREADS
from lightship.oci.registry_login import ANONYMOUS, Login
from lightship.oci.registry_reference import Reference

_TIMEOUT = urllib3.Timeout(connect=15, read=60)
_RETRIES = urllib3.Retry(total=4, redirect=5, backoff_factor=0.3, status_forcelist=(429, 500, 502, 503, 504))
_PARAMETER = re.compile(r'([A-Za-z_]+)="((?:[^"\\]|\\.)*)"')


class RegistryClient:
    """Reads from one repository of one registry. Threads may share it."""

    def __init__(self, reference: Reference, login: Login) -> None:
        self.reference = reference
        self._login = login
        scheme = "http" if reference.is_local else "https"
        self._base = f"{scheme}://{reference.server}/v2/{reference.name}"
        self._pool = _pool(self._base)
        self._authorization = ""

    def document(self, path: str, accept: str) -> bytes:
        """A manifest, index or config. Raises InputError."""
        with self._get(path, {"Accept": accept}) as response:
            return self._whole(response)

    def pieces(self, path: str) -> Iterator[bytes]:
        """A blob, in pieces. Raises InputError."""
        with self._get(path, {}) as response:
            yield from response.stream(CHUNK, decode_content=False)

    def end(self, path: str, size: int, count: int) -> bytes:
        """The last bytes of a blob; b"" from a registry that gives blobs only whole. Raises InputError."""
        count = min(count, size)
        with self._get(path, {"Range": f"bytes={size - count}-{size - 1}"}, accepted=(200, 206)) as response:
            if response.status != 206:
                response.close()  # unread: the whole blob is on its way
                return b""
            return self._whole(response)[-count:]

    @contextmanager
    def _get(
        self, path: str, headers: Mapping[str, str], *, accepted: tuple[int, ...] = (200,)
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        url = f"{self._base}/{path}"
        try:
            response = self._request(url, headers)
            if response.status == 401:
                response.drain_conn()
                self._authorization = self._authorize(response.headers.get("WWW-Authenticate", ""))
                response = self._request(url, headers)
            try:
                if response.status not in accepted:
                    raise self._refused(response)
                yield response
            finally:
                response.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise self._unreachable(error) from None

    def _request(self, url: str, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        more = {"Authorization": self._authorization} if self._authorization else {}
        # urllib3 drops Authorization when a redirect leads to another host (registries keep blobs elsewhere).
        return self._pool.request(
            "GET",
            url,
            headers={"User-Agent": "lightship", **headers, **more},
            preload_content=False,
            timeout=_TIMEOUT,
            retries=_RETRIES,
        )

    def _authorize(self, challenge: str) -> str:
        """The Authorization header that answers a challenge. Raises InputError."""
        scheme, _, rest = challenge.partition(" ")
        if scheme.lower() == "basic":
            if self._login == ANONYMOUS:
                raise self._denied(said("it asks for a user and a password"))
            return urllib3.make_headers(basic_auth=f"{self._login.user}:{self._login.password}")["authorization"]
        if scheme.lower() != "bearer":
            raise self._denied(
                said("it asks for a kind of login that is not known: {scheme}", scheme=scheme[:40] or "none")
            )
        return f"Bearer {self._token(dict(_PARAMETER.findall(rest)))}"

    def _token(self, parameters: Mapping[str, str]) -> str:
        realm = parameters.get("realm", "")
        url = urlsplit(realm)
        # A password goes over the network encrypted, or not at all.
        if url.scheme != "https" and not (url.scheme == "http" and self.reference.is_local):
            raise self._denied(said("it sends us for a token to {realm!r}, which is not https", realm=realm[:80]))
        scope = parameters.get("scope") or f"repository:{self.reference.name}:pull"
        fields = {"service": parameters.get("service", ""), "scope": scope}
        pool = _pool(realm)
        if self._login.token:
            # https://distribution.github.io/distribution/spec/auth/oauth/
            fields |= {"grant_type": "refresh_token", "refresh_token": self._login.token, "client_id": "lightship"}
            response = pool.request(
                "POST", realm, fields=fields, encode_multipart=False, timeout=_TIMEOUT, preload_content=False
            )
        else:
            login = f"{self._login.user}:{self._login.password}"
            headers = {} if self._login == ANONYMOUS else dict(urllib3.make_headers(basic_auth=login))
            address = f"{realm}{'&' if url.query else '?'}{urlencode(fields)}"
            response = pool.request(
                "GET", address, headers=headers, timeout=_TIMEOUT, retries=_RETRIES, preload_content=False
            )
        if response.status != 200:
            response.release_conn()
            raise self._denied(
                said("{netloc} gives no token, status {status}", netloc=url.netloc, status=response.status)
            )
        answer = parse_object(self._whole(response), f"{url.netloc}, token")
        token = text(answer, "token", realm) or text(answer, "access_token", realm)
        if not token or not token.isascii() or not token.isprintable():
            raise self._denied(said("{netloc} gives no token", netloc=url.netloc))
        return token

    def _whole(self, response: urllib3.BaseHTTPResponse) -> bytes:
        content = b""
        for piece in response.stream(CHUNK, decode_content=False):
            content += piece
            if len(content) > DOCUMENT_LIMIT:
                response.close()
                raise InputError(
                    "the answer is too large",
                    where=str(self.reference),
                    why=said("more than {document_limit:,} bytes", document_limit=DOCUMENT_LIMIT),
                )
        return content

    def _refused(self, response: urllib3.BaseHTTPResponse) -> InputError:
        if response.status in (401, 403):
            return self._denied(
                said("the login is not accepted") if self._login != ANONYMOUS else said("it asks for a login")
            )
        if response.status == 404:
            return InputError(
                "no such image",
                where=str(self.reference),
                why=said("{server} does not have it", server=self.reference.server),
                help="look at the name and the tag",
            )
        why = said("{server} answers with status {status}", server=self.reference.server, status=response.status)
        return InputError("the registry refuses", where=str(self.reference), why=why, help="try again later")

    def _denied(self, why: str) -> InputError:
        host = self.reference.host
        return InputError(
            "the registry denies access",
            where=str(self.reference),
            why=why,
            help=said("log in: docker login {host}, or podman login {host}", host=host),
        )

    def _unreachable(self, error: urllib3.exceptions.HTTPError) -> InputError:
        reason = getattr(error, "reason", None) or error
        return InputError(
            "the registry cannot be reached",
            where=str(self.reference),
            why=str(reason)[:300],
            help="look at the name of the registry, the network, and HTTPS_PROXY and SSL_CERT_FILE",
        )


def _pool(url: str) -> urllib3.PoolManager:
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    authorities = os.environ.get("SSL_CERT_FILE") or None
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, maxsize=THREADS, ca_certs=authorities)
    return urllib3.PoolManager(maxsize=THREADS, ca_certs=authorities)
