"""Hardware, Wi-Fi and beacons; the services are retired. `content` of a device is Base64."""

from wechat_core.message import Event, Inbound, Message
from wechat_core.parse import event, message
from wechat_core.values import named


@message("device_text")
class DeviceTextMessage(Message):
    """What a device sent."""

    device_type: str = ""
    device_id: str = named("DeviceID", default="")
    session_id: str = named("SessionID", default="")
    open_id: str = named("OpenID", default="")
    content: str = ""


class DeviceEvent(Event):
    """What happened to a device; the operation type is that of `subscribe_status`."""

    device_type: str = ""
    device_id: str = named("DeviceID", default="")
    session_id: str = named("SessionID", default="")
    open_id: str = named("OpenID", default="")
    content: str = ""
    op_type: int = 0


@message("device_event", "bind")
class DeviceBindEvent(DeviceEvent):
    """A device was bound to a follower."""


@message("device_event", "unbind")
class DeviceUnbindEvent(DeviceEvent):
    """A device was unbound."""


@message("device_event", "subscribe_status")
@message("device_status", "subscribe_status")
class DeviceSubscribeStatusEvent(DeviceEvent):
    """A device's status is wanted from now on."""


@message("device_event", "unsubscribe_status")
@message("device_status", "unsubscribe_status")
class DeviceUnsubscribeStatusEvent(DeviceEvent):
    """A device's status is wanted no more."""


@event("WifiConnected")
class WifiConnectedEvent(Event):
    """A follower joined the account's Wi-Fi; times in Unix seconds, `device_no` the access point."""

    connect_time: int = 0
    expire_time: int = 0
    vendor_id: str = ""
    place_id: str = ""
    device_no: str = ""


class Beacon(Inbound):
    """A beacon and its distance in metres."""

    uuid: str = ""
    major: str = ""
    minor: str = ""
    distance: float = 0.0


@event("ShakearoundUserShake")
class ShakearoundUserShakeEvent(Event):
    """A follower shook their phone near beacons."""

    chosen_beacon: Beacon = Beacon()
    around_beacons: tuple[Beacon, ...] = named("AroundBeacons/AroundBeacon", default=())
