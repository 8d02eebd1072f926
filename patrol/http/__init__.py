"""What every view shares. Imports no subject."""
