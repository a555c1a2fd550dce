from freezegun import freeze_time
from lxml import etree
from odoo.tests import Form, new_test_user, tagged

from .test_potential import PotentialCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestBeside(PotentialCase):
    """Other addons on the records that we extend, whichever are installed: here Odoo's own; `make test-compat` brings many more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = new_test_user(cls.env, "tc_plain", "base.group_user", name="Paul Plain")
        cls.partner = cls.make_partners(birthdate_date="1980-05-05", employee_quantity=12)
        cls.lead = cls.make_leads(partner_id=cls.partner.id)
        cls.cadence.enroll(cls.lead)
        cls.engineer = new_test_user(cls.env, "tc_engineer", "base.group_user", name="Eva Engineer", tz="UTC")
        cls.env["touch.expert"].create({"user_id": cls.engineer.id})

    def ours(self, model):
        """:return: the records of ``model`` that our data made"""
        data = self.env["ir.model.data"].search([("module", "=like", "touch_cadence%"), ("model", "=", model)])
        return self.env[model].browse(data.mapped("res_id")).exists()

    def test_d10_no_field_of_ours_has_the_label_of_another(self):
        doubles = []
        for field in self.ours("ir.model.fields"):
            model = self.env[field.model]
            label = model._fields[field.name].string
            others = [name for name, other in model._fields.items() if name != field.name and other.string == label]
            doubles += [(field.model, field.name, name, label) for name in others]
        self.assertFalse(doubles)

    def test_views_that_we_extend_open_for_whoever_may_read_the_record(self):
        """Also for people outside sales: a field of another addon that needs a closed one of ours would end in a refusal."""
        self.assertTrue(self.lead.ask_expert())
        views = self.ours("ir.ui.view").filtered(lambda view: view.inherit_id and not view.model.startswith("touch."))
        opened = set()
        for view in views:
            while view.inherit_id:  # an extended view that stands for itself opens as such, and its parent does, too
                opened.add((view.model, view if view.mode == "primary" else view.browse()))
                view = view.inherit_id
            opened.add((view.model, view))
        read = set()
        for model, view in sorted(opened, key=lambda one: (one[0], one[1].id)):
            # Odoo's own form of a sales team counts deals: nobody outside sales can open it; deals are seen by who helps with them, too
            outside = {"crm.lead": self.engineer}.get(model, self.env["res.users"] if model.startswith("crm.") else self.plain)
            people = outside | self.rep | self.manager
            for user in people:
                records = self.env[model].with_user(user)
                if not view or self.env[model]._abstract or not records.has_access("read"):
                    continue
                with self.subTest(model=model, view=view.xml_id, user=user.name):
                    # of users each opens his own: the form of another's is the administrator's
                    record = {"res.partner": self.partner, "crm.lead": self.lead, "res.users": user}.get(model, records).with_user(user)
                    record = record or records.search([], limit=1)
                    if not record or not record.has_access("read") or (view.group_ids and not view.group_ids & user.all_group_ids):
                        continue
                    self.env.invalidate_all()
                    if view.type == "form":
                        Form(record, view=view)
                    else:
                        arch = etree.fromstring(records.get_view(view.id, view.type)["arch"])
                        record.web_read({node.get("name"): {} for node in arch.iter("field") if node.get("name") in record._fields})
                    read.add((model, user))
        self.assertLessEqual(
            {("res.partner", self.plain), ("res.users", self.plain), ("crm.lead", self.rep), ("crm.lead", self.engineer)}, read
        )
