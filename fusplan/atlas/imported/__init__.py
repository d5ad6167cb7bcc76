"""Atlases that a user brings: label maps and folders of masks, read, checked against the thalamus, and kept."""
