"""Posts to a listener over HTTP: no redirects, 15 seconds in all, and only the beginning of the answer is read."""

import asyncio

import httpx

TIMEOUT_S = 15.0
READ_AT_MOST = 4_096


class Sender:
    def __init__(self, client: httpx.AsyncClient | None = None) -> None:
        self._client = client or httpx.AsyncClient(
            timeout=TIMEOUT_S, follow_redirects=False, trust_env=False, limits=httpx.Limits(max_connections=None)
        )

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """The status, or 0 when no answer came."""
        try:
            async with (
                asyncio.timeout(TIMEOUT_S),
                self._client.stream("POST", url, content=body, headers=headers, follow_redirects=False) as answer,
            ):
                size = 0
                async for chunk in answer.aiter_raw(READ_AT_MOST):
                    size += len(chunk)
                    if size >= READ_AT_MOST:
                        break
                return answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            return 0

    async def aclose(self) -> None:
        await self._client.aclose()
