"""WeChat's side: the console, what it sends, how it delivers, and what it makes of an answer."""
