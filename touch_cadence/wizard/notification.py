def notification(done, message):
    """:return: the action that tells what came of a wizard and refreshes the list behind it; a warning when nothing was done"""
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": "success" if done else "warning",
            "message": message,
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
