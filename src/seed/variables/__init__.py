"""Variables and secrets of an app and its stages: kept sealed, versioned, and given to builds and functions."""
