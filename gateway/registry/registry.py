"""Loads the adapters that the configuration names."""

import asyncio
import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from banyan.manifest import Manifest, discover
from contracts.clock import Clock
from contracts.ports import PORTS, Adapter
from gateway.registry.registered import Registered
from gateway.settings import Facts


class Misconfigured(Exception):
    """An adapter that cannot be loaded, in words for the operator."""


def manifests(configured: Mapping[str, Mapping[str, Any]]) -> list[Manifest]:
    """Of the adapters that are configured, the first of which serves."""
    known = discover()
    return [_manifest(known, name) for name in configured]


def gaps(systems: Sequence[Manifest]) -> dict[str, str]:
    """Capability -> why it is missing, as the system says that serves its port."""
    return {name: gap.why for manifest in reversed(systems) for name, gap in manifest.gaps.items()}


def check(configured: Mapping[str, Mapping[str, Any]]) -> None:
    """Misconfigured when an adapter that is named does not exist or would refuse its settings."""
    known = discover()
    for name, config in configured.items():
        _settled(_manifest(known, name), config)


async def load(
    configured: Mapping[str, Mapping[str, Any]], facts: Mapping[str, Facts], clock: Clock
) -> list[Registered]:
    """Build each configured adapter off the event loop (a WSDL takes 20 to 50 ms to read)."""
    known = discover()
    loaded = []
    for name, config in configured.items():
        manifest = _manifest(known, name)
        adapter = await asyncio.to_thread(_build, manifest, config, clock)
        known_better = facts.get(name, Facts()).model_dump(exclude_none=True)
        told = manifest.facts.model_copy(update=known_better)
        loaded.append(
            Registered(
                name=name,
                title=manifest.title,
                adapter=adapter,
                ports=tuple(PORTS[port] for port in manifest.ports),
                concurrency=manifest.limits.concurrency,
                timeout_s=manifest.limits.timeout_s,
                settle_s=told.settle_s,
                sync_every_s=told.sync_every_s,
            )
        )
    return loaded


def _manifest(known: Mapping[str, Manifest], name: str) -> Manifest:
    if name not in known:
        raise Misconfigured(f"[adapters.{name}]: there is no such adapter; there are {', '.join(sorted(known))}")
    return known[name]


def _settled(manifest: Manifest, config: Mapping[str, Any]) -> BaseModel:
    config_class: type[BaseModel] = named(manifest.config)
    try:
        return config_class.model_validate(config)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise Misconfigured(f"[adapters.{manifest.name}]: {wrong}") from error


def _build(manifest: Manifest, config: Mapping[str, Any], clock: Clock) -> Adapter:
    adapter: Adapter = named(manifest.cls)(_settled(manifest, config), clock)
    return adapter


def named(reference: str) -> Any:
    """The object that `package.module:name` names."""
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)
