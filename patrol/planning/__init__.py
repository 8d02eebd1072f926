"""From what a city knows to published shifts: snapshot, plan run, why, publish."""
