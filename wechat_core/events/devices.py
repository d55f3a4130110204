"""Hardware, Wi-Fi and beacons; the services are retired. `content` of a device is Base64."""

from wechat_core.message import TYPES, Event, Inbound, Message
from wechat_core.values import named


class DeviceTextMessage(Message, msg_type="device_text"):
    """What a device sent."""

    device_type: str = ""
    device_id: str = named("DeviceID", default="")
    session_id: str = named("SessionID", default="")
    open_id: str = named("OpenID", default="")
    content: str = ""


class DeviceEvent(Event):
    """What happened to a device; the operation type is that of `subscribe_status`."""

    msg_type = "device_event"
    device_type: str = ""
    device_id: str = named("DeviceID", default="")
    session_id: str = named("SessionID", default="")
    open_id: str = named("OpenID", default="")
    content: str = ""
    op_type: int = 0


class DeviceBindEvent(DeviceEvent, event="bind"):
    """A device was bound to a follower."""


class DeviceUnbindEvent(DeviceEvent, event="unbind"):
    """A device was unbound."""


class DeviceSubscribeStatusEvent(DeviceEvent, event="subscribe_status"):
    """A device's status is wanted from now on."""


class DeviceUnsubscribeStatusEvent(DeviceEvent, event="unsubscribe_status"):
    """A device's status is wanted no more."""


TYPES["device_status", "subscribe_status"] = DeviceSubscribeStatusEvent
TYPES["device_status", "unsubscribe_status"] = DeviceUnsubscribeStatusEvent


class WifiConnectedEvent(Event, event="WifiConnected"):
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


class ShakearoundUserShakeEvent(Event, event="ShakearoundUserShake"):
    """A follower shook their phone near beacons."""

    chosen_beacon: Beacon = Beacon()
    around_beacons: tuple[Beacon, ...] = named("AroundBeacons/AroundBeacon", default=())
