"""Context values that only our own code can set, never a caller over RPC."""

# every key of ours in the context, and why it is no argument. Those that only our own code may set have a value that no caller can send
OURS = {
    "touch_answers": "what was asked with the outcome goes with the touch through mail.activity.action_feedback(), which has no argument for it",
    "touch_booking": "the booking moves its own meeting: calendar.event.write() has no argument for it",
    "touch_by_method": "the method moves a temperature, and says why in the chatter: write() has no argument for it",
    "touch_date_done": "the desk sends later what was done without a connection: it goes through mail.activity.action_feedback()",
    "touch_lost_explained": "the dialog was answered why a deal is lost: action_set_lost() hands its arguments to write()",
    "touch_followers_added": "the planner has added the followers of a batch itself: mail.activity.create() subscribes one by one",
}
# these come from a browser or the mail gateway: whoever reads them takes them as what a user says
OF_CALLERS = {
    "touch_back": "the day or month to come back, said in the activity's popover",
    "touch_cadence_id": "the cadence for which clients are chosen in a list; the dialog that enrols proposes it, and checks it as any other",
    "touch_place": "the hour at which an expert comes to the meeting that was agreed, chosen there",
    "touch_item_id": "what the client waits for, chosen there",
    "touch_mail_headers": "headers of the mail that arrives: Odoo's gateway passes records on, not the mail",
    "touch_next_day": "the day of the next step that was agreed, said in the activity's popover",
    "touch_next_step_id": "the next step that was agreed, chosen there",
    "touch_obstacle_id": "what stands in the way, chosen there",
    "touch_outcome_id": "the outcome chosen in the activity's popover, which calls Odoo's own method",
    "touch_prepared": "the touch for which a composer was opened: Odoo's composer keeps nothing else of us",
    "touch_versions": "a list shows old versions of cadences (a search filter)",
}


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
