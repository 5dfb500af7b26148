"""SOAP by contract: WSDLs are loaded offline, replies are read strictly, faults are told apart from garbage."""

from banyan.soap.client import Header, SoapClient
from banyan.soap.codec import Dialect
from banyan.soap.connect import connect
from banyan.soap.contract import SoapContract
from banyan.soap.fault import SoapFault, port_error
from banyan.soap.message import Reply, SoapRequest
from banyan.soap.session import Login, SessionEnded

__all__ = [
    "Dialect",
    "Header",
    "Login",
    "Reply",
    "SessionEnded",
    "SoapClient",
    "SoapContract",
    "SoapFault",
    "SoapRequest",
    "connect",
    "port_error",
]
