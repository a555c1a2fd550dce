from . import method, models, wizard
