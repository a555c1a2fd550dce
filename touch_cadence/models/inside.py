"""What our own code tells itself through the context, such as no caller over RPC can say."""


class _Inside:
    """The one value by which a context key of ours counts: JSON and XML-RPC cannot make it, so a browser that sends the key is not heard."""

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
