from . import touch_expert_report
