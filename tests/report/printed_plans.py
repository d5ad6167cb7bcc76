"""The example plan with other numbers of targets, for tests of the printed report."""

from __future__ import annotations

from dataclasses import replace

from fusplan.atlas.catalogue import load_template
from fusplan.export.readings import read_in_plan
from fusplan.planning.plan import Plan
from fusplan.planning.review import PlanReview
from fusplan.report.printed.page import PrintedReport
from fusplan.report.printed.report import printed_report
from tests.report.example_plan import ExamplePlan

LONG_NAME = "CLp, eine sehr lange Bezeichnung für den hinteren Teil des Kerns, die nicht in eine Zeile passt, " * 2


def with_targets(example: ExamplePlan, count: int, name: str = "target") -> ExamplePlan:
    """So many targets, each with one lesion; left and right in turns, 0.1 mm apart."""
    targets, lesions, reviews = [], [], []
    for number in range(count):
        target = example.plan.targets[number % len(example.plan.targets)]
        lesion = example.plan.lesions_of(target.id)[0]
        point = target.point.moved(lesion.long_axis, 0.1 * number)
        target_id, lesion_id = f"{target.id}-{number}", f"{lesion.id}-{number}"
        targets.append(replace(target, id=target_id, name=f"{name} {number}", point=point))
        lesions.append(replace(lesion, id=lesion_id, name=f"{name} lesion {number}", target_id=target_id, centre=point))
        reviews.append(replace(example.review.lesion(lesion.id), lesion_id=lesion_id))
    plan = replace(example.plan, targets=tuple(targets), lesions=tuple(lesions))
    return replace(example, plan=plan, review=replace(example.review, lesions=tuple(reviews)))


def printed(example: ExamplePlan, plan: Plan | None = None, review: PlanReview | None = None) -> PrintedReport:
    """The report of an example, or of a changed plan on the same head."""
    shown = example.plan if plan is None else plan
    return printed_report(
        shown,
        example.volume,
        example.review if review is None else review,
        {target.id: read_in_plan(shown, target.point) for target in shown.targets},
        example.atlases,
        load_template(),
        "1 May 2026",
    )
