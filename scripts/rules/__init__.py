"""Write the data and pages of `seed.changesets` anew, from public sources and from its rules."""
