"""Adapters and simulators as the suites build them: each WSDL is read once in a run."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, get_args

import pytest
from pydantic import BaseModel, SecretStr

SECRET = "s3cret-of-the-law"  # noqa: S105 - it stands for one


@cache
def _read_once() -> Callable[..., Any]:
    from banyan.soap import SoapContract  # noqa: PLC0415 - most runs need none

    return cache(SoapContract.load)


@contextmanager
def read_once() -> Iterator[None]:
    """A contract never changes once it is loaded, so that all tests may share it."""
    from banyan.soap import SoapContract  # noqa: PLC0415

    once = _read_once()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SoapContract, "load", staticmethod(once))
        yield


async def built(make: Callable[..., Any], *values: Any) -> Any:
    """Made off the loop, as the gateway makes its adapters."""
    with read_once():
        return await asyncio.to_thread(make, *values)


def armed(config: BaseModel) -> BaseModel:
    """The same settings with one made-up word for every secret, and a user where none is named."""
    secrets = {name: SecretStr(SECRET) for name, field in type(config).model_fields.items() if _is_secret(field)}
    if getattr(config, "username", "") is None:
        secrets["username"] = "law"  # type: ignore[assignment]  # a name is no secret
    return config.model_copy(update=secrets)


def _is_secret(field: Any) -> bool:
    return field.annotation is SecretStr or SecretStr in get_args(field.annotation)
