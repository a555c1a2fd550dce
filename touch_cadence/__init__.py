from . import method, models, report, wizard
from .hooks import uninstall_hook
