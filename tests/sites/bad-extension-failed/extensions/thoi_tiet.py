"""An extension that was not finished."""

EXTENSION = None
