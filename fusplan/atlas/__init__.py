"""Nuclei, templates and target presets."""
