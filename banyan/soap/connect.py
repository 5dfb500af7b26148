"""From an adapter's folder and its configuration to a client that can be called."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from banyan.config import SoapConfig
from banyan.manifest import Facts
from banyan.soap.client import Header, SoapClient
from banyan.soap.codec import Dialect
from banyan.soap.contract import SoapContract
from banyan.soap.fault import SoapFault, port_error
from banyan.soap.security import UsernameToken
from banyan.soap.session import Login, in_session
from banyan.wire import Backend, Wire
from banyan.wire.tls import context
from contracts.clock import Clock
from contracts.errors import PortError


def connect(
    folder: Path,
    wsdl: str,
    config: SoapConfig,
    clock: Clock,
    *,
    fault: Callable[[SoapFault], PortError] = port_error,
    header: Header | None = None,
    login: Login | None = None,
) -> SoapClient:
    """A client for the system whose manifest.toml lies in `folder`, and its WSDL in wsdl/ there.

    `fault`: what this system's faults mean. `header`: makes the header parts of each call. `login`: opens a session,
    where the manifest says that this is how it knows us. Blocks: reads the WSDL, and the certificates. ValueError when
    manifest and configuration do not fit together.
    """
    manifest = folder / "manifest.toml"
    said = tomllib.loads(manifest.read_text(encoding="utf-8"))
    backend = Backend.model_validate(said.get("backend", {}))
    if (login is not None) != (backend.auth == "session"):
        raise ValueError(f'{manifest.name}: a login and auth = "session" come together')
    if backend.cookies and login is None:
        raise ValueError(f"{manifest.name}: cookies are kept for a session; without a login there is none")
    if backend.auth == "mtls" and config.certificate is None:
        raise ValueError(f'{said["name"]}: auth = "mtls" needs a certificate in the configuration')
    wire = Wire(
        said["name"],
        clock=clock,
        timeout_s=config.timeout_s,
        concurrency=config.concurrency,
        refused=_refused(said, config),
        basic=config.credentials if backend.auth == "basic" else None,
        tls=context(config.certificate, config.key, config.authority),
        backend=backend,
    )
    dialect = Dialect(
        zone=config.timezone or backend.timezone,
        unknown=backend.unknown_elements,
        empty=backend.empty_values,
        envelope=backend.envelope,
        depth=backend.reply_depth,
    )
    contract = SoapContract.load(folder / "wsdl" / wsdl, folder / "wsdl", dialect=dialect)
    token = _token(config, backend, clock) if backend.auth == "wss" else None
    client = SoapClient(contract, wire, config.endpoint, fault=fault, header=header, token=token)
    return client if login is None else in_session(client, login, clock, cookies=backend.cookies)


def _refused(said: dict[str, Any], config: SoapConfig) -> frozenset[int]:
    """What the system declares. Nothing else lets a write be sent again that was answered by such a status."""
    declared = frozenset(Facts.model_validate(said.get("facts", {})).refused)
    return declared if config.refused is None else config.refused


def _token(config: SoapConfig, backend: Backend, clock: Clock) -> UsernameToken:
    if config.credentials is None:
        raise ValueError('auth = "wss" needs a user name and a password in the configuration')
    return UsernameToken(*config.credentials, backend.wss_password, clock)
