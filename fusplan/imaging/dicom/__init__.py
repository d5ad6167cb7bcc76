"""DICOM series to volumes: a folder, a file or a zip; exact geometry, or a refusal that names the cause."""
