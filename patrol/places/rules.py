"""Pure decisions about places."""

BLOCK_KINDS = ("line", "point")
BLOCK_SOURCES = ("built", "imported", "drawn")
