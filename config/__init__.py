"""What every room stands on: settings, clock, database, policy, log. Imports nothing of ours."""
