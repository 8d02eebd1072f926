"""Cities (tenants), police boxes and jurisdictions, target blocks and what they are built from."""
