"""Training data that are not shaped like the world: change them, keep the change, undo it."""

__version__ = "0.1.0"
