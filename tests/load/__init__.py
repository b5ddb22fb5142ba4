"""How fast, at what cost, and does anything leak: the gateway beside a naive proxy and a direct upstream."""
