"""Who must know what by when."""
