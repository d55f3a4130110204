"""Cards and coupons. Money is in fen, times in Unix seconds.

https://developers.weixin.qq.com/doc/service/guide/product/card/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
"""

from wechat_core.message import Event


class CardPassCheckEvent(Event, event="card_pass_check"):
    """A card was approved."""

    card_id: str = ""
    refuse_reason: str = ""


class CardNotPassCheckEvent(Event, event="card_not_pass_check"):
    """A card was refused."""

    card_id: str = ""
    refuse_reason: str = ""


class CardSkuRemindEvent(Event, event="card_sku_remind"):
    """A card is running out of stock."""

    card_id: str = ""
    detail: str = ""


class CardMerchantCheckResultEvent(Event, event="card_merchant_check_result"):
    """A sub-merchant was approved or refused."""

    merchant_id: str = ""
    is_pass: bool = False
    reason: str = ""


class CardPayOrderEvent(Event, event="card_pay_order"):
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


class UserGetCardEvent(UserCardEvent, event="user_get_card"):
    """A follower took a card."""

    is_give_by_friend: bool = False
    friend_user_name: str = ""
    outer_id: str = ""
    old_user_card_code: str = ""
    outer_str: str = ""
    is_restore_member_card: bool = False
    is_recommend_by_friend: bool = False
    union_id: str = ""


class UserGiftingCardEvent(UserCardEvent, event="user_gifting_card"):
    """A follower gives a card away."""

    is_return_back: bool = False
    friend_user_name: str = ""
    is_chat_room: bool = False


class UserDelCardEvent(UserCardEvent, event="user_del_card"):
    """A follower deleted a card."""


class UserConsumeCardEvent(UserCardEvent, event="user_consume_card"):
    """A card was redeemed; by `FROM_API`, `FROM_MP` or `FROM_MOBILE_HELPER`."""

    consume_source: str = ""
    location_name: str = ""
    location_id: str = ""
    staff_open_id: str = ""
    verify_code: str = ""
    remark_amount: str = ""
    outer_str: str = ""


class UserPayFromPayCellEvent(UserCardEvent, event="user_pay_from_pay_cell"):
    """A follower paid with a card."""

    trans_id: str = ""
    location_id: str = ""
    fee: int = 0
    original_fee: int = 0


class UserViewCardEvent(UserCardEvent, event="user_view_card"):
    """A follower opened a member card."""

    outer_str: str = ""


class UserEnterSessionFromCardEvent(UserCardEvent, event="user_enter_session_from_card"):
    """A follower came into the chat from a card."""


class UpdateMemberCardEvent(UserCardEvent, event="update_member_card"):
    """A member card's points or balance changed."""

    modify_bonus: int = 0
    modify_balance: int = 0


class SubmitMembercardUserInfoEvent(UserCardEvent, event="submit_membercard_user_info"):
    """A follower activated a member card."""


class GiftcardEvent(Event):
    """An order of gift cards."""

    page_id: str = ""
    order_id: str = ""


class GiftcardPayDoneEvent(GiftcardEvent, event="giftcard_pay_done"):
    """Gift cards were paid for."""


class GiftcardSendToFriendEvent(GiftcardEvent, event="giftcard_send_to_friend"):
    """Gift cards were sent to a friend or a group."""

    is_chat_room: bool = False
    is_return_back: bool = False


class GiftcardUserAcceptEvent(GiftcardEvent, event="giftcard_user_accept"):
    """A friend took gift cards."""

    is_chat_room: bool = False
