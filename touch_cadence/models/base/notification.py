def notification(done, message, link=None, then=None):
    """
    :param link: (label, address) of what the message names as ``%s``
    :param then: the action that follows; none: what is open is read again
    :return: the action that shows the result of a wizard and refreshes the list behind it; a warning if nothing was done
    """
    return {
        "type": "ir.actions.client",
        # Odoo's own would open the link in a new tab
        "tag": "touch_cadence_notification" if link else "display_notification",
        "params": {
            "type": "success" if done else "warning",
            "message": message,
            "links": [{"label": link[0], "url": link[1]}] if link else [],
            "next": then or {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
