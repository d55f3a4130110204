"""The settings of WeChat's console, for the account that the simulator plays."""

from typing import Final, Literal

from wechat_core.values import Value
from wechat_sim.platform import sample

type Mode = Literal["plain", "compatible", "safe"]

PLAIN: Final[Mode] = "plain"
MODES: Final[tuple[Mode, ...]] = (PLAIN, "compatible", "safe")


class Console(Value):
    """What is set in WeChat's console, the newest of each; without a key there is only plain mode."""

    token: str
    encoding_aes_key: str = ""
    app_id: str = ""
    mode: Mode = PLAIN

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes that can be set."""
        return MODES if self.encoding_aes_key else MODES[:1]

    @property
    def is_sample(self) -> bool:
        """Whether nothing of it is secret."""
        return self.token == sample.TOKEN


SAMPLE: Final = Console(sample.TOKEN, sample.ENCODING_AES_KEY, sample.APP_ID)
