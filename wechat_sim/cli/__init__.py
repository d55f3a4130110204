"""The commands of `wechat-sim`, what they ask and what they print."""
