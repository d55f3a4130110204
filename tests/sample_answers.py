"""What is answered to each file of events/, in whichever way the function is called."""

from pathlib import Path

from wechat_sim import sample_events
from wechat_sim.platform import sample
from wechat_sim.platform.samples import samples

EVENTS = Path(__file__).parent.parent / "events"
CONTENT = {name: samples()[name].content for name in sample_events.MESSAGES}
TEXT, LINK, PLACE = CONTENT["text"]["Content"], CONTENT["link"], CONTENT["location"]

REPLIES = {
    "text": ("text", "Content", TEXT),
    "text_base64": ("text", "Content", TEXT),
    "rest_text": ("text", "Content", TEXT),
    "image": ("image", "Image/MediaId", CONTENT["image"]["MediaId"]),
    "voice": ("voice", "Voice/MediaId", CONTENT["voice"]["MediaId"]),
    "video": ("video", "Video/MediaId", CONTENT["video"]["MediaId"]),
    "shortvideo": ("video", "Video/MediaId", CONTENT["shortvideo"]["MediaId"]),
    "location": ("text", "Content", f"{PLACE['Label']}\n{PLACE['Location_X']}, {PLACE['Location_Y']}"),
    "link": ("text", "Content", f"{LINK['Title']}\n{LINK['Description']}\n{LINK['Url']}"),
}
ENCRYPTED = {"safe_text", "compatible_text"}
ANSWERS = {
    "verify": (200, sample.ECHOSTR),
    "rest_verify": (200, sample.ECHOSTR),
    **{f"event_{name}": (200, "success") for name in sample_events.EVENTS},
    "unknown": (200, "success"),
    "forged": (403, "invalid signature"),
    "safe_event_click": (200, "success"),
    "safe_forged": (403, "invalid signature"),
}
