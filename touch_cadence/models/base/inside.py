"""Context values that only our own code can set, never a caller over RPC."""


class _Inside:
    """The only valid value of our context keys. JSON and XML-RPC cannot create it, so a key sent by a browser is ignored."""

    def __repr__(self):
        return "INSIDE"

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


INSIDE = _Inside()


def says(env, key):
    """:return: whether our own code put ``key`` into the context of ``env``"""
    return env.context.get(key) is INSIDE


def telling(value):
    """:return: ``value`` as our own code puts it into the context, for :func:`told`"""
    return INSIDE, value


def told(env, key):
    """:return: what our own code put into the context of ``env`` as :func:`telling`; None for what a caller sent, whatever its type: XML-RPC
    sends moments, too"""
    value = env.context.get(key)
    return value[1] if isinstance(value, tuple) and len(value) == 2 and value[0] is INSIDE else None
