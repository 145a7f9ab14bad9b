"""Asking a server over HTTP, with patience: what may be a passing trouble is tried again, later each time."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from visitplan.errors import TravelError

FIRST_WAIT_S = 0.5
"""Seconds before the second try; each wait after it is twice the one before."""
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT)
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers GET with JSON objects.

    Attributes
    ----------
    url
        Without a slash at its end. Messages name it, and never the rest of a question, which holds the
        coordinates of homes.
    timeout_s
        Seconds to wait for one answer.
    tries
        How often one question is asked.
    sleep
        Waits for so many seconds.
    """

    url: str
    timeout_s: float
    tries: int
    sleep: Callable[[float], None] = time.sleep

    def ask(self, path: str) -> dict[str, Any]:
        """Give the JSON object that the server answers, also where its status says that it refuses.

        Raises
        ------
        TravelError
            It cannot be reached, does not answer in time, is busy through all tries, or gives no JSON object.
        """
        trouble = ""
        for attempt in range(self.tries):
            if attempt:
                self.sleep(FIRST_WAIT_S * 2 ** (attempt - 1))
            try:
                return _object(self._get(path))
            except _PassingError as error:
                trouble = str(error)
            except ValueError as error:
                raise TravelError(
                    f"The server at {self.url} answers, but not as a road engine does ({error}). "
                    "Check the url in [travel] of visitplan.toml."
                ) from error
        raise TravelError(
            f"The road engine at {self.url} gave no answer in {self.tries} tries: {trouble}. Start it, "
            'correct its url in [travel] of visitplan.toml, or set source = "crow_flies" there.'
        )

    def _get(self, path: str) -> bytes:
        request = Request(f"{self.url}{path}", headers={"Accept": "application/json"})
        try:
            with self._opener().open(request, timeout=self.timeout_s) as answer:
                body: bytes = answer.read()
                return body
        except HTTPError as error:
            with error:
                if error.code in BUSY or error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise _PassingError(f"it answered with status {error.code}") from None
                return error.read()
        except TimeoutError:
            raise _PassingError(f"nothing came within {self.timeout_s:g} seconds") from None
        except (OSError, http.client.HTTPException) as error:
            raise _PassingError(str(getattr(error, "reason", error)) or type(error).__name__) from None

    def _opener(self) -> OpenerDirector:
        """Give what opens addresses: past any proxy where the server is on this machine."""
        near = urlsplit(self.url).hostname in LOOPBACK
        return build_opener(ProxyHandler({})) if near else build_opener()


class _PassingError(Exception):
    """A trouble that may be over when it is tried again."""


def _object(body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    ValueError
        It is none.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("its answer is no JSON") from error
    if not isinstance(data, dict):
        raise ValueError("its answer is no JSON object")
    return data
