"""The ordinary messages.

https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html
"""

from wechat_core.message import Message
from wechat_core.values import named


class TextMessage(Message, msg_type="text"):
    """A text from a follower, or the platform's placeholder for a message that it does not pass on."""

    content: str = named(default="", verbatim=True)
    bizmsgmenuid: str = named("bizmsgmenuid", default="")


class ImageMessage(Message, msg_type="image"):
    """An image; `pic_url` needs no access token, `media_id` lasts three days."""

    pic_url: str = ""
    media_id: str = ""


class VoiceMessage(Message, msg_type="voice"):
    """A voice message; `format` is `amr` or `speex`. Recognition was retired in 2023 and is empty since."""

    media_id: str = ""
    format: str = ""
    media_id_16k: str = named("MediaId16K", default="")
    recognition: str = named(default="", verbatim=True)


class VideoMessage(Message, msg_type="video"):
    """A video."""

    media_id: str = ""
    thumb_media_id: str = ""


class ShortVideoMessage(Message, msg_type="shortvideo"):
    """A video of a few seconds, taken in the chat; sent by old clients."""

    media_id: str = ""
    thumb_media_id: str = ""


class LocationMessage(Message, msg_type="location"):
    """A location a follower shared, in degrees; `scale` is the zoom of the map."""

    latitude: float = named("Location_X")
    longitude: float = named("Location_Y")
    scale: int = 0
    label: str = named(default="", verbatim=True)


class LinkMessage(Message, msg_type="link"):
    """A page a follower shared, out of their favourites for example."""

    title: str = named(default="", verbatim=True)
    description: str = named(default="", verbatim=True)
    url: str = ""


class FileMessage(Message, msg_type="file"):
    """A file, of `file_total_len` bytes; undocumented, and without a MediaId to fetch it by."""

    title: str = named(default="", verbatim=True)
    description: str = named(default="", verbatim=True)
    file_key: str = ""
    file_md5: str = ""
    file_total_len: int = 0


class MiniProgramPageMessage(Message, msg_type="miniprogrampage"):
    """A page of a mini-program a follower shared."""

    title: str = named(default="", verbatim=True)
    app_id: str = ""
    page_path: str = ""
    thumb_url: str = ""
    thumb_media_id: str = ""
