"""Cards and coupons. Money is in fen, times in Unix seconds.

https://developers.weixin.qq.com/doc/service/guide/product/card/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
"""

from wechat_core.message import Event
from wechat_core.parse import event


@event("card_pass_check")
class CardPassCheckEvent(Event):
    """A card was approved."""

    card_id: str = ""
    refuse_reason: str = ""


@event("card_not_pass_check")
class CardNotPassCheckEvent(Event):
    """A card was refused."""

    card_id: str = ""
    refuse_reason: str = ""


@event("card_sku_remind")
class CardSkuRemindEvent(Event):
    """A card is running out of stock."""

    card_id: str = ""
    detail: str = ""


@event("card_merchant_check_result")
class CardMerchantCheckResultEvent(Event):
    """A sub-merchant was approved or refused."""

    merchant_id: str = ""
    is_pass: bool = False
    reason: str = ""


@event("card_pay_order")
class CardPayOrderEvent(Event):
    """Card points were bought or spent."""

    order_id: str = ""
    status: str = ""
    create_order_time: int = 0
    pay_finish_time: int = 0
    desc: str = ""
    free_coin_count: str = ""
    pay_coin_count: str = ""
    refund_free_coin_count: str = ""
    refund_pay_coin_count: str = ""
    order_type: str = ""
    memo: str = ""
    receipt_info: str = ""


class UserCardEvent(Event):
    """A follower's card, by its kind and its own code."""

    card_id: str = ""
    user_card_code: str = ""


@event("user_get_card")
class UserGetCardEvent(UserCardEvent):
    """A follower took a card."""

    is_give_by_friend: bool = False
    friend_user_name: str = ""
    outer_id: str = ""
    old_user_card_code: str = ""
    outer_str: str = ""
    is_restore_member_card: bool = False
    is_recommend_by_friend: bool = False
    union_id: str = ""


@event("user_gifting_card")
class UserGiftingCardEvent(UserCardEvent):
    """A follower gives a card away."""

    is_return_back: bool = False
    friend_user_name: str = ""
    is_chat_room: bool = False


@event("user_del_card")
class UserDelCardEvent(UserCardEvent):
    """A follower deleted a card."""


@event("user_consume_card")
class UserConsumeCardEvent(UserCardEvent):
    """A card was redeemed; by `FROM_API`, `FROM_MP` or `FROM_MOBILE_HELPER`."""

    consume_source: str = ""
    location_name: str = ""
    location_id: str = ""
    staff_open_id: str = ""
    verify_code: str = ""
    remark_amount: str = ""
    outer_str: str = ""


@event("user_pay_from_pay_cell")
class UserPayFromPayCellEvent(UserCardEvent):
    """A follower paid with a card."""

    trans_id: str = ""
    location_id: str = ""
    fee: int = 0
    original_fee: int = 0


@event("user_view_card")
class UserViewCardEvent(UserCardEvent):
    """A follower opened a member card."""

    outer_str: str = ""


@event("user_enter_session_from_card")
class UserEnterSessionFromCardEvent(UserCardEvent):
    """A follower came into the chat from a card."""


@event("update_member_card")
class UpdateMemberCardEvent(UserCardEvent):
    """A member card's points or balance changed."""

    modify_bonus: int = 0
    modify_balance: int = 0


@event("submit_membercard_user_info")
class SubmitMembercardUserInfoEvent(UserCardEvent):
    """A follower activated a member card."""


class GiftcardEvent(Event):
    """An order of gift cards."""

    page_id: str = ""
    order_id: str = ""


@event("giftcard_pay_done")
class GiftcardPayDoneEvent(GiftcardEvent):
    """Gift cards were paid for."""


@event("giftcard_send_to_friend")
class GiftcardSendToFriendEvent(GiftcardEvent):
    """Gift cards were sent to a friend or a group."""

    is_chat_room: bool = False
    is_return_back: bool = False


@event("giftcard_user_accept")
class GiftcardUserAcceptEvent(GiftcardEvent):
    """A friend took gift cards."""

    is_chat_room: bool = False
