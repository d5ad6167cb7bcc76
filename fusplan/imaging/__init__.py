"""Volumes and image files."""
