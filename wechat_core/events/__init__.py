"""What the platform reports, grouped as its documentation groups it. Importing this makes every type known."""

from wechat_core.events import (
    accreditation,
    authorization,
    cards,
    customer_service,
    devices,
    follow,
    invoices,
    jobs,
    menu,
    mini_programs,
    products,
    shops,
    stores,
    subscriptions,
)
from wechat_core.events.event import Event, UnknownEvent

__all__ = [
    "Event",
    "UnknownEvent",
    "accreditation",
    "authorization",
    "cards",
    "customer_service",
    "devices",
    "follow",
    "invoices",
    "jobs",
    "menu",
    "mini_programs",
    "products",
    "shops",
    "stores",
    "subscriptions",
]
