"""What is said of the second image that a plan keeps."""

from __future__ import annotations

from fusplan.planning.plan import Plan, SecondImageRecord


def match_words(record: SecondImageRecord) -> str:
    """How well both images match, and what laid one over the other."""
    return (
        f"Match of both images (normalised mutual information, 1 none to 2): {record.similarity_before:.3f} as their "
        f"headers say, {record.similarity:.3f} as shown. Registered by {record.engine}."
    )


def keeping_label(plan: Plan, record: SecondImageRecord) -> str:
    """The history's words for the step that keeps a second image with a plan."""
    before = plan.second_image
    if before is None:
        return f"Add the second image {record.image.name}"
    if before.image.sha256 == record.image.sha256:
        return f"Register the second image {record.image.name} again"
    return f"Replace the second image by {record.image.name}"


def provenance_words(record: SecondImageRecord) -> str:
    """The second image in one line, for the report."""
    return f"{record.image.name}, sha256 {record.image.sha256}. {record.sentence}"
