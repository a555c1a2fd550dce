from . import method, models, report, wizard
