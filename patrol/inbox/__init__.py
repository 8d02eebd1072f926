"""A person's messages and the live stream: views over the tables of notifications/."""
