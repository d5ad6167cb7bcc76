"""What is said of the second image that a plan keeps."""

from __future__ import annotations

from fusplan.planning.plan import Plan
from fusplan.planning.plan_images import PlacedImage


def match_words(record: PlacedImage) -> str:
    """How well both images match, and what laid one over the other."""
    found = record.registration
    return (
        f"Match of both images (normalised mutual information, 1 none to 2): {found.similarity_before:.3f} as their "
        f"headers say, {found.similarity:.3f} as shown. Registered by {found.engine_words}."
    )


def keeping_label(plan: Plan, record: PlacedImage) -> str:
    """The history's words for the step that keeps a second image with a plan."""
    before = plan.image_of("second")
    if before is None:
        return f"Add the second image {record.image.name}"
    if before.image.sha256 == record.image.sha256:
        return f"Register the second image {record.image.name} again"
    return f"Replace the second image by {record.image.name}"


def provenance_words(record: PlacedImage) -> str:
    """The second image in one line, for the report."""
    return f"{record.image.name}, sha256 {record.image.sha256}. {record.registration.sentence}"
