"""Problems and plans as files: our own JSON, and the formats of the published team-orienteering instances."""
