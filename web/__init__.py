"""The pages: coordinator's map, officer's alerts, walker's phone."""
