"""What the platform reports, grouped as its documentation groups it. Importing this makes every type known.

The first event imports it, not the start of the function: a hundred types are a tenth of a cold start.
"""

from wechat_core.events import (  # noqa: F401  (each declares its types)
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
