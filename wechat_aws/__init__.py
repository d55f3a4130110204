"""The edge on AWS: proxy events, settings, the account, logs and metrics."""
