"""``transforms/``: the registration in both directions as ITK transforms (LPS mm, moving points).

Each direction is a pair. From template to patient the displacement comes first, then the affine: exactly the map of
the plan. From patient to template the inverse affine comes first, then the inverse displacement, sampled on a grid:
its spacing is halved when the interpolation between nodes would move a target by more than ``FINE_ENOUGH_MM``.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TypeAlias

import numpy as np

from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.own_folder import make_own_folder
from fusplan.imaging.notes import Notes
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Plan
from fusplan.registration.transform_files import affine_transform_text, displacement_field_file
from fusplan.spatial import Affine, Mni, Points, ScannerRas, Warp
from fusplan.spatial.lps import flip_ras_lps_matrix
from fusplan.spatial.warp import Displacements

TRANSFORMS_FOLDER = "transforms"

FINE_ENOUGH_MM = 0.005
"""Half of what an exported point may be off."""

MOST_HALVINGS = 1
"""Each halving makes the file eight times as large."""

TemplateWarp: TypeAlias = Warp[Mni, ScannerRas]


class TransformFile(Enum):
    """The files of the folder, numbered in the order in which a point passes them."""

    TO_PATIENT_WARP = "template_to_patient_1_warp.nii.gz"
    TO_PATIENT_AFFINE = "template_to_patient_2_affine.txt"
    TO_TEMPLATE_AFFINE = "patient_to_template_1_affine.txt"
    TO_TEMPLATE_WARP = "patient_to_template_2_warp.nii.gz"


_WORDS = """\
ITK transforms between the template {template} and the patient's scanner frame.
All move points, in LPS mm. A point passes the files of a direction in the order of their numbers:

  template to patient: template_to_patient_1_warp.nii.gz, then template_to_patient_2_affine.txt
  patient to template: patient_to_template_1_affine.txt, then patient_to_template_2_warp.nii.gz

Images move the other way round. ANTs applies the transform named last first, so the template on the patient's grid is
  antsApplyTransforms -d 3 -i template.nii.gz -r patient.nii.gz -o out.nii.gz \\
    -t patient_to_template_2_warp.nii.gz -t patient_to_template_1_affine.txt
and the patient on the template's grid
  antsApplyTransforms -d 3 -i patient.nii.gz -r template.nii.gz -o out.nii.gz \\
    -t template_to_patient_2_affine.txt -t template_to_patient_1_warp.nii.gz

The fields cover the deep brain. Outside their grids ITK moves by the affine alone, where fusplan goes on with the
displacement of the nearest edge: there the two differ by millimetres.
"""


def write_itk_transforms(plan: Plan, folder: Path, notes: Notes = ()) -> None:
    """The folder ``transforms`` in ``folder``. Takes some seconds. Raises FileNotWritableError."""
    warp = plan.registration.mni_to_scanner
    made = folder / TRANSFORMS_FOLDER
    make_own_folder(made, _WORDS.format(template=warp.source.template), notes)
    targets = Points(plan.image.frame, np.array([target.point.coordinates for target in plan.targets]).reshape(-1, 3))
    contents = {
        TransformFile.TO_PATIENT_WARP: displacement_field_file(warp.displacements),
        TransformFile.TO_PATIENT_AFFINE: affine_transform_text(warp.affine).encode("ascii"),
        TransformFile.TO_TEMPLATE_AFFINE: _inverse_affine_text(warp.affine).encode("ascii"),
        TransformFile.TO_TEMPLATE_WARP: displacement_field_file(inverse_displacements(warp, targets)),
    }
    for name, content in contents.items():
        write_atomically(made / name.value, content)


def inverse_displacements(warp: TemplateWarp, targets: Points[ScannerRas]) -> Displacements[Mni]:
    """The displacement that follows the inverse affine on the way from patient to template.

    Args:
        warp: the map to invert.
        targets: where the sampled field is to be right to ``FINE_ENOUGH_MM``; may be none.
    """
    for halvings in range(MOST_HALVINGS + 1):
        sampled = _sample_inverse(warp, 2**halvings)
        if _largest_error_mm(warp, sampled, targets) <= FINE_ENOUGH_MM:
            break
    return sampled


def _sample_inverse(warp: TemplateWarp, parts: int) -> Displacements[Mni]:
    """The inverse displacement at the nodes of the warp's own grid with each interval divided into parts."""
    field = warp.displacements
    ni, nj, nk = ((size - 1) * parts + 1 for size in field.grid.shape)
    grid = field.grid.derived((ni, nj, nk), np.diag([1 / parts, 1 / parts, 1 / parts, 1.0]), f"divided by {parts}")
    places = grid.all_places()
    found = warp.inverse().apply(warp.affine.apply(places))
    vectors_mm = (found.array - places.array).astype(np.float32).reshape(*grid.shape, 3)
    return Displacements(vectors_mm, grid)


def _largest_error_mm(warp: TemplateWarp, sampled: Displacements[Mni], targets: Points[ScannerRas]) -> float:
    if len(targets) == 0:
        return 0.0
    straight = warp.affine.inverse().apply(targets)
    off = straight.array + sampled.at(straight) - warp.inverse().apply(targets).array
    return float(np.linalg.norm(off, axis=1).max())


def _inverse_affine_text(affine: Affine[Mni, ScannerRas]) -> str:
    """The text of an ITK affine transform (LPS mm), patient to template."""
    matrix = flip_ras_lps_matrix(affine.inverse().matrix)
    numbers = [*matrix[:3, :3].ravel().tolist(), *matrix[:3, 3].tolist()]
    return "\n".join(
        [
            "#Insight Transform File V1.0",
            "#Transform 0",
            f"# {RESEARCH_ONLY}",
            f"# Moves points of the patient's scanner frame towards {affine.source.template}, LPS mm, before the warp.",
            "Transform: AffineTransform_double_3_3",
            "Parameters: " + " ".join(repr(float(number)) for number in numbers),
            "FixedParameters: 0 0 0",
            "",
        ]
    )
