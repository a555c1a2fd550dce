from odoo.http import Controller, request, route

from ..models.base.system import as_system


class Unsubscribe(Controller):
    """The page behind the link of a mail, and RFC 8058's one click: a client wants no more mails, or nothing more (R44, R55)."""

    @route("/touch_cadence/unsubscribe/<string:token>", type="http", auth="public", methods=["GET", "POST"], csrf=False, sitemap=False)
    def unsubscribe(self, token, choice=None, **posted):
        """A GET changes nothing, since programs that look for viruses open every link. There is no CSRF token: a mailbox posts without one, and the
        signed token says whose wish it is.

        :param token: as :meth:`touch.unsubscribe._token` made it
        :param choice: ``email`` or ``all``; a mailbox posts ``List-Unsubscribe=One-Click`` instead
        """
        wishes = as_system(request.env)["touch.unsubscribe"]
        client = wishes._client_of(token)
        if not client:
            return request.render("touch_cadence.unsubscribe_page", {"state": "unknown"}, status=404)
        state = "ask"
        if request.httprequest.method == "POST":
            state = "all" if choice == "all" and posted.get("List-Unsubscribe") != "One-Click" else "email"
            wishes._refuse(client, state)
        values = {"state": state, "email": client.email, "company": client.company.name, "token": token}
        request.update_context(lang=client.lang)
        return request.render("touch_cadence.unsubscribe_page", values)
