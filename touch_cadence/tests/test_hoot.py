from odoo.addons.web.tests.test_js import HOOTCommon, unit_test_error_checker
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestHoot(HOOTCommon):
    """The unit tests of the addon's JavaScript, in the browser."""

    # the runner's own checks are Odoo's
    test_generate_hoot_hash = test_get_hoot_filter = None

    def test_unit(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={self._generate_hash('@touch_cadence')}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )

    def test_the_style_sheets_compile(self):
        """One fault in one of them takes the look from all of Odoo."""
        bundle = self.env["ir.qweb"]._get_asset_bundle("web.assets_backend", css=True, js=False)
        bundle.preprocess_css()
        self.assertFalse(bundle.css_errors)
