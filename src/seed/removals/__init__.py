"""Taking things away: a stage, a service, an app; with their resources, or without."""
