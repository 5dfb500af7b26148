"""What each conformance kit posts at the least, and what it then demands of every row of the list."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kit:
    path: str
    """Where the kit looks, below /tmf-api."""
    least: dict[str, Any]
    """The mandatory payload, in words of our own."""
    demanded: str
    """The attributes that every row must carry, besides id and href."""
    quoted: bool = False
    """Whether the kit puts the values of its filters in quotes."""


JO = {"id": "41", "name": "Jo", "role": "owner", "@referredType": "Individual"}
AN_ACCOUNT = {"id": "a1", "name": "bills", "@referredType": "BillingAccount"}
A_SERVICE = {"state": "active", "serviceSpecification": {"id": "s1", "name": "line"}}
FIVE = {"amount": 5, "units": "EUR"}
MONEY = {"unit": "EUR", "value": 12.5}
CATALOGUED = "lastUpdate lifecycleStatus name"
AN_ACTION = {"alarmPattern": [{"alarmType": "fan"}]}
A_STOCK = {
    "productStockLevel": {"amount": 3, "units": "pieces"},
    "productStockStatusType": "available",
    "stockedProduct": {"id": "p1"},
}

KITS = [
    Kit("productCatalogManagement/v4/category", {"name": "mobile"}, CATALOGUED),
    Kit("productCatalogManagement/v4/catalog", {"name": "all"}, CATALOGUED),
    Kit("productCatalogManagement/v4/productSpecification", {"name": "sim"}, f"{CATALOGUED} isBundle"),
    Kit("productCatalogManagement/v4/exportJob", {"url": "http://x.example/export"}, "status url creationDate"),
    Kit(
        "troubleTicket/v4/troubleTicket",
        {"description": "no tone", "severity": "low", "ticketType": "fault"},
        "description severity ticketType status creationDate lastUpdate",
    ),
    Kit(
        "performance/v4/measurementCollectionJob",
        {"fileTransferData": [{"transportProtocol": "ftp"}]},
        "fileTransferData executionState creationTime",
    ),
    Kit("party/v4/individual", {"givenName": "Jo", "familyName": "Doe"}, "givenName familyName status"),
    Kit("party/v4/organization", {"tradingName": "Doe & Co"}, "tradingName status"),
    Kit("serviceCatalogManagement/v4/serviceSpecification", {"name": "line"}, f"@type isBundle {CATALOGUED}"),
    Kit("serviceCatalogManagement/v4/serviceCategory", {"name": "lines"}, CATALOGUED),
    Kit("resourceCatalog/v4/resourceSpecification", {"name": "port"}, f"isBundle {CATALOGUED}"),
    Kit("resourceCatalog/v4/resourceCandidate", {"name": "port"}, CATALOGUED),
    Kit("usageManagement/v4/usageSpecification", {"name": "voice"}, "name"),
    Kit("serviceInventory/v4/service", A_SERVICE, "state serviceSpecification serviceDate"),
    Kit("resourceInventoryManagement/v4/resource", {"name": "port 7"}, "name"),
    Kit(
        "serviceOrdering/v4/serviceOrder",
        {"serviceOrderItem": [{"id": "1", "action": "add", "service": {}}]},
        "serviceOrderItem state orderDate",
        quoted=True,
    ),
    Kit("serviceOrdering/v4/cancelServiceOrder", {"serviceOrder": {"id": "7"}}, "serviceOrder state"),
    Kit(
        "alarmManagement/v4/alarm",
        {
            "alarmType": "environmentalAlarm",
            "perceivedSeverity": "minor",
            "probableCause": "fan",
            "alarmedObject": {"id": "rack7"},
            "sourceSystemId": "ems2",
            "state": "raised",
            "alarmRaisedTime": "2026-01-02T03:04:05.000Z",
        },
        "alarmRaisedTime alarmType alarmedObject perceivedSeverity probableCause sourceSystemId state",
        quoted=True,
    ),
    Kit(
        "alarmManagement/v4/ackAlarms",
        {"ackSystemId": "oss", "ackUserId": "jo", **AN_ACTION},
        "ackSystemId ackUserId alarmPattern state",
    ),
    Kit(
        "serviceQualificationManagement/v4/checkServiceQualification",
        {"serviceQualificationItem": [{"id": "1", "service": {}}]},
        "checkServiceQualificationDate serviceQualificationItem state",
    ),
    Kit(
        "serviceQualificationManagement/v4/queryServiceQualification",
        {"searchCriteria": {"service": {}}},
        "queryServiceQualificationDate searchCriteria state",
    ),
    Kit(
        "quoteManagement/v4/quote",
        {"quoteItem": [{"id": "1", "action": "add", "quantity": 1}]},
        "quoteItem quoteDate state",
    ),
    Kit(
        "agreementManagement/v4/agreement",
        {
            "name": "frame",
            "agreementType": "commercial",
            "agreementItem": [{"productOffering": [{"id": "o1"}]}],
            "engagedParty": [JO],
        },
        "name agreementItem engagedParty agreementType @type",
    ),
    Kit(
        "agreementManagement/v4/agreementSpecification",
        {"name": "frame", "attachment": [{"name": "terms", "mimeType": "text/plain", "attachmentType": "text"}]},
        "name attachment @type",
    ),
    Kit("prepayBalanceManagement/v4/bucket", {"usageType": "voice"}, "usageType status confirmationDate"),
    Kit("prepayBalanceManagement/v4/topupBalance", {"amount": FIVE}, "amount status confirmationDate"),
    Kit("prepayBalanceManagement/v4/adjustBalance", {"amount": FIVE}, "amount status confirmationDate"),
    Kit("prepayBalanceManagement/v4/reserveBalance", {"amount": FIVE}, "amount status confirmationDate"),
    Kit(
        "serviceQualityManagement/v4/serviceLevelObjective",
        {
            "conformanceComparator": "<",
            "conformanceTarget": "32",
            "serviceLevelObjectiveParameter": {"name": "delay"},
        },
        "conformanceComparator conformanceTarget serviceLevelObjectiveParameter",
        quoted=True,
    ),
    Kit(
        "serviceQualityManagement/v4/serviceLevelSpecification",
        {"name": "gold", "relatedServiceLevelObjective": [{"id": "1", "href": "/1"}]},
        "name relatedServiceLevelObjective",
        quoted=True,
    ),
    Kit("shoppingCart/v4/shoppingCart", {}, ""),
    *(
        Kit(f"accountManagement/v4/{account}", {"name": "bills", "relatedParty": parties}, f"name {demanded} state")
        for account, parties, demanded in (
            ("billingAccount", [JO], "relatedParty"),
            ("financialAccount", [JO], "relatedParty"),
            ("partyAccount", [JO], "relatedParty"),
            ("settlementAccount", [JO], "relatedParty"),
        )
    ),
    Kit("accountManagement/v4/billFormat", {"name": "pdf"}, "name"),
    Kit("accountManagement/v4/billPresentationMedia", {"name": "mail"}, "name"),
    Kit("accountManagement/v4/billingCycleSpecification", {"name": "monthly"}, "name"),
    Kit("partyRoleManagement/v4/partyRole", {"name": "reseller"}, "name"),
    Kit("paymentMethod/v4/paymentMethod", {"@type": "bankCard", "name": "card"}, "@type name status statusDate"),
    Kit("promotionManagement/v4/promotion", {"name": "spring"}, CATALOGUED),
    Kit(
        "userrolepermission/v4/userRole",
        {"entitlement": [{"action": "read", "function": "bill"}]},
        "entitlement",
        quoted=True,
    ),
    Kit(
        "userrolepermission/v4/permission",
        {"user": JO, "validFor": {"startDateTime": "2026-01-01T00:00:00Z"}},
        "user validFor creationDate",
        quoted=True,
    ),
    Kit("geographicSiteManagement/v4/geographicSite", {}, ""),
    Kit(
        "paymentManagement/v4/payment",
        {"account": AN_ACCOUNT, "paymentMethod": {"@type": "bankCard", "name": "card"}, "totalAmount": MONEY},
        "account paymentMethod totalAmount status statusDate",
    ),
    Kit(
        "paymentManagement/v4/refund",
        {"account": AN_ACCOUNT, "paymentMethod": {"@type": "bankCard", "name": "card"}, "totalAmount": MONEY},
        "account paymentMethod totalAmount status statusDate",
    ),
    Kit("recommendationManagement/v4/queryProductRecommendation", {}, "state"),
    Kit(
        "communicationManagement/v4/communicationMessage",
        {"content": "hi", "messageType": "SMS", "receiver": [{"id": "1", "name": "Jo"}], "sender": {"id": "2"}},
        "content messageType receiver sender state",
    ),
    Kit(
        "partyInteraction/v4/partyInteraction",
        {
            "channel": [{"id": "shop", "name": "shop", "href": "/shop"}],
            "direction": "inbound",
            "interactionDate": {"startDateTime": "2026-01-01T00:00:00Z"},
            "reason": "bill",
            "status": "opened",
        },
        "channel direction reason status creationDate",
    ),
    Kit("stock/v4/productStock", A_STOCK, "productStockLevel productStockStatusType stockedProduct creationDate"),
    Kit(
        "stock/v4/reserveProductStock",
        {"reserveProductStockItem": [{"id": "1", "quantityRequested": {"amount": 1}, "requestedProductStock": {}}]},
        "reserveProductStockItem reserveProductStockState creationDate",
    ),
    Kit("sales/v4/salesLead", {"name": "shop 9"}, "name status creationDate statusChangeDate"),
    Kit(
        "processFlowManagement/v4/processFlow",
        {"processFlowSpecification": "move"},
        "processFlowSpecification state processFlowDate",
    ),
    Kit("processFlowManagement/v4/taskFlowSpecification", {"name": "call"}, CATALOGUED),
]
