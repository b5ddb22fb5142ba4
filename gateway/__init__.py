"""pii-gateway: an async reverse proxy that keeps personal data in its home country and sends tokens abroad."""
