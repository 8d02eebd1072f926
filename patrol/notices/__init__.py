"""Look-outs: what the police ask of teams that walk near a place."""
