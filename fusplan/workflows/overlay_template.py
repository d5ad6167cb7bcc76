"""The template carried to a head, to be laid over it."""

from __future__ import annotations

from fusplan.atlas.catalogue import load_template
from fusplan.display.template_overlay import TemplateOverlay, template_overlay
from fusplan.progress import Progress
from fusplan.workflows.requests import OverlayRequest


def overlay_template(request: OverlayRequest, progress: Progress) -> TemplateOverlay:
    """The template where a registration puts it on a head: some seconds. Raises JobCancelled."""
    return template_overlay(load_template(), request.mni_to_scanner, request.patient, progress)
