"""The same list by others in Python: FastAPI, zeep and httpx the obvious way; and the XML passed through unread."""

# mypy: allow-untyped-calls
from datetime import datetime
from decimal import Decimal
from typing import Any

import aiohttp
import httpx
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from zeep import AsyncClient
from zeep.proxy import AsyncServiceProxy
from zeep.transports import AsyncTransport

from benchmarks.soap.products import WSDL

PATH = "/tmf-api/productInventory/v4/product"
BINDING = "{urn:banyan:bench}ProductsSoap"


class Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Amount(Model):
    unit: str
    value: Decimal


class Price(Model):
    duty_free_amount: Amount


class ProductPrice(Model):
    name: str
    price_type: str = "recurring"
    recurring_charge_period: str = "month"
    price: Price


class Product(Model):
    id: str
    href: str
    type: str = Field("Product", alias="@type")
    name: str
    status: str
    is_bundle: bool = False
    is_customer_visible: bool = True
    start_date: datetime
    termination_date: datetime | None = None
    related_party: list[dict[str, str]]
    billing_account: dict[str, str]
    product_price: list[ProductPrice]
    product_characteristic: list[dict[str, str]]
    product_offering: dict[str, str]


def naive(endpoint: str) -> FastAPI:
    app = FastAPI()
    http = httpx.AsyncClient()
    client: Any = AsyncClient(str(WSDL), transport=AsyncTransport(client=http))
    service = AsyncServiceProxy(client, client.wsdl.bindings[BINDING], address=endpoint)

    @app.get(PATH, response_model_exclude_none=True)
    async def products(customer: int, limit: int = 100) -> list[Product]:
        rows = await service.getUserOrdersPage(arg0=customer, arg1=limit, arg2=0)
        return [_product(row) for row in rows]

    return app


def _product(row: Any) -> Product:
    amount = Amount(unit=row.currency, value=row.price * row.quantity)
    return Product(
        id=str(row.id),
        href=f"{PATH}/{row.id}",
        name=row.description,
        status=row.status,
        start_date=row.activeSince,
        termination_date=row.activeUntil,
        related_party=[{"role": "customer", "id": str(row.userId), "@referredType": "Customer"}],
        billing_account={"id": str(row.userId), "@referredType": "Customer"},
        product_price=[ProductPrice(name=row.description, price=Price(duty_free_amount=amount))],
        product_characteristic=[{"name": "subscription", "valueType": "string", "value": str(row.id)}],
        product_offering={"id": str(row.itemId), "name": row.description},
    )


class Passed:
    """Raw ASGI and aiohttp: what a proxy costs that never looks into the XML."""

    REQUEST = (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        '<t:getUserOrdersPage xmlns:t="urn:banyan:bench"><arg0>{}</arg0><arg1>200</arg1><arg2>0</arg2>'
        "</t:getUserOrdersPage></soap:Body></soap:Envelope>"
    )

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            if self._session is not None:
                await self._session.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        if self._session is None:
            self._session = aiohttp.ClientSession()
        asked = self.REQUEST.format(scope["query_string"].decode().partition("customer=")[2].partition("&")[0])
        headers = {"content-type": "text/xml; charset=utf-8", "soapaction": '""'}
        async with self._session.post(self._endpoint, data=asked.encode(), headers=headers) as answer:
            body = await answer.read()
        told = [(b"content-type", b"text/xml"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": told})
        await send({"type": "http.response.body", "body": body})
