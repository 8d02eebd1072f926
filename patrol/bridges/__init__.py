"""Other systems: Open311, CAP, signed webhooks and exports. Restricted kinds and reporters leave by none of them."""
