from . import touch_words
