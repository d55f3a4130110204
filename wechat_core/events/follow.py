"""Following, QR codes and the follower's location.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
"""

from wechat_core.message import Event

_SCENE = "qrscene_"


class SubscribeEvent(Event, event="subscribe"):
    """Somebody follows the account; by a QR code of ours, `scene` is its value and `ticket` fetches its image."""

    event_key: str = ""
    ticket: str = ""

    @property
    def scene(self) -> str | None:
        """The scene value of the QR code; None where the follower came another way, after a payment for example."""
        return self.event_key.removeprefix(_SCENE) if self.event_key.startswith(_SCENE) else None


class UnsubscribeEvent(Event, event="unsubscribe"):
    """Somebody stopped following: nothing reaches them, and the platform wants their data deleted."""

    event_key: str = ""


class ScanEvent(Event, event="SCAN"):
    """A follower scanned a QR code of ours; `event_key` is its scene value."""

    event_key: str = ""
    ticket: str = ""


class LocationEvent(Event, event="LOCATION"):
    """Where a follower is, in degrees and metres; sent on opening the chat or every five seconds in it."""

    latitude: float
    longitude: float
    precision: float = 0.0


class EnterEvent(Event, event="ENTER"):
    """A follower opened the chat; long retired."""
