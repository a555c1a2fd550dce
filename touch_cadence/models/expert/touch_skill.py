from odoo import fields, models


class TouchSkill(models.Model):
    _name = "touch.skill"
    _description = "Expert Skill"
    _order = "name"

    name = fields.Char(required=True, translate=True)

    _name_uniq = models.UniqueIndex("(name)", "This skill already exists.")
