"""Requests to addresses that others chose: pinned to a checked address, never redirected, never longer than agreed.

A name is resolved for each request and the request goes to that very address, so that a name which is public when it
is checked and inside the network when it is called (DNS rebinding) gains nothing. TLS still proves the name.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from types import TracebackType
from typing import Self

import httpx

_BODY_READ_MAX = 4_096
_ADDRESSES_MAX = 4
_REST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or why there is none. ``fault`` is one word of a closed list, never foreign text."""

    status: int | None
    fault: str | None
    response_ms: int


class AddressRefusedError(Exception):
    """The name leads to an address that may not be called."""


class Outgoing:
    """A conversation with one URL; connections are kept between posts and shared with nobody else.

    ``patience`` is the longest wait in seconds for a connection or the next bytes; a whole post takes twice that at
    most, whatever the other side drips.
    """

    def __init__(self, url: str, *, allowed: Callable[[str], bool], patience: float) -> None:
        self._url = httpx.URL(url)
        self._allowed = allowed
        self._patience = patience
        self._runner = asyncio.Runner()
        self._client: httpx.AsyncClient | None = None

    def __enter__(self) -> Self:
        self._runner.__enter__()
        # Proxies and netrc of the environment are not asked: a proxy would resolve the name anew.
        self._client = httpx.AsyncClient(
            verify=_trust(), trust_env=False, follow_redirects=False, timeout=self._patience
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._runner.run(self._client.aclose())
        self._runner.__exit__(kind, fault, trace)

    def post(self, *, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body and return the answer; what goes wrong outside is an answer too."""
        began = time.monotonic()
        status: int | None = None
        fault: str | None = None
        try:
            status = self._runner.run(self._within_time(body, headers))
        except (TimeoutError, httpx.TimeoutException):
            fault = "timeout"
        except AddressRefusedError:
            fault = "address_refused"
        except (socket.gaierror, UnicodeError):
            fault = "name_unknown"
        except httpx.ConnectError:
            fault = "no_connection"
        except (httpx.HTTPError, OSError):
            fault = "broken_off"
        return Answer(status=status, fault=fault, response_ms=round((time.monotonic() - began) * 1000))

    async def _within_time(self, body: bytes, headers: Mapping[str, str]) -> int:
        async with asyncio.timeout(2 * self._patience):
            addresses = await self._addresses()
            for address in addresses[:-1]:
                with contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout):
                    return await self._post(address, body, headers)
            return await self._post(addresses[-1], body, headers)

    async def _addresses(self) -> list[str]:
        port = self._url.port or (443 if self._url.scheme == "https" else 80)
        found = await asyncio.get_running_loop().getaddrinfo(self._url.host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))[:_ADDRESSES_MAX]
        # One address inside the network spoils the name: nobody honest publishes both.
        if not addresses or not all(self._allowed(address) for address in addresses):
            raise AddressRefusedError
        return addresses

    async def _post(self, address: str, body: bytes, headers: Mapping[str, str]) -> int:
        assert self._client is not None  # noqa: S101 -- a post outside the conversation is a fault of the program
        async with self._client.stream(
            "POST",
            self._url.copy_with(host=address),
            content=body,
            headers={**headers, "host": self._url.netloc.decode("ascii"), "accept-encoding": "identity"},
            extensions={"sni_hostname": self._url.host},
        ) as response:
            await _drain(response)
            return response.status_code


async def _drain(response: httpx.Response) -> None:
    """Read a short body to its end, so that the connection can be kept; a long or slow one is cut off unread."""
    taken = 0
    with contextlib.suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_REST_SECONDS):
            async for chunk in response.aiter_raw(_BODY_READ_MAX):
                taken += len(chunk)
                if taken >= _BODY_READ_MAX:
                    return


@cache
def _trust() -> SSLContext:
    return httpx.create_ssl_context(trust_env=False)
