"""Plans and figures in the formats of other programs, one format a file."""
