"""The edge on AWS: proxy events, settings, the account, de-duplication, logs and metrics."""
