"""Who a client is: how warm, of what potential and worth, by what reached; whose run holds the place."""
