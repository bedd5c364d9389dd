"""Why a model file is not read on."""


class Unreadable(ValueError):
    """The file is damaged or is not what it should be; the text says how, for its owner."""


class Refused(ValueError):
    """The file holds what no model's file holds; the text says what, for its owner."""
