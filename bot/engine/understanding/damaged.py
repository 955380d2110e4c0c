"""The one error of everything that is kept in the model file."""


class DamagedModel(Exception):
    """What was kept cannot be read or does not fit together."""
