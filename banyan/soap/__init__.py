"""SOAP by contract: WSDLs are loaded offline, replies are read strictly, faults are told apart from garbage."""

from banyan.soap.client import SoapClient
from banyan.soap.contract import SoapContract
from banyan.soap.fault import SoapFault, port_error
from banyan.soap.message import Reply, SoapRequest

__all__ = ["Reply", "SoapClient", "SoapContract", "SoapFault", "SoapRequest", "port_error"]
