"""What the stub answers: a customer's products, in bytes that are made once, and the contract they follow."""

from functools import cache
from pathlib import Path

LEGACY = Path(__file__).parent / "legacy"
WSDL = LEGACY / "wsdl" / "products.wsdl"
OPERATION = "getUserOrdersPage"
SIZES = (1, 20, 200)
"""A customer's id is the number of his products."""

_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    '<soap:Body><ns2:getUserOrdersPageResponse xmlns:ns2="urn:banyan:bench">{}'
    "</ns2:getUserOrdersPageResponse></soap:Body></soap:Envelope>"
)
_PRODUCT = (
    "<return><id>{id}</id><userId>{customer}</userId><status>active</status>"
    "<activeSince>2026-01-31T12:00:00Z</activeSince><itemId>{item}</itemId><description>Mobile line {id} &amp; data"
    "</description><quantity>1</quantity><price>{price}.95</price><currency>EUR</currency></return>"
)


@cache
def reply(customer: int) -> bytes:
    """The SOAP reply about a customer who has as many products as his id says."""
    rows = (
        _PRODUCT.format(id=n, customer=customer, item=100 + n % 7, price=n % 90 + 5) for n in range(1, customer + 1)
    )
    return _ENVELOPE.format("".join(rows)).encode()
