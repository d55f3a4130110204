"""The commands of `wechat-sim`: their options, their questions and their output."""
