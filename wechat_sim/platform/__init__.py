"""WeChat's side: the console, what it sends, how it delivers, and how it judges an answer."""
