"""Registration by antspyx, the peer that others use; not needed by fusplan and only asked when it is installed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nibabel
import numpy as np

from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.spatial import Mni, Point, Points, ScannerRas
from fusplan.spatial.lps import flip_rows


@dataclass(frozen=True, slots=True, eq=False)
class AntsPoints:
    """The template-to-patient map of an antspyx registration, for points."""

    source: Mni
    target: ScannerRas
    transforms: tuple[str, ...]

    def apply(self, item: Any) -> Any:
        import ants
        import pandas

        lps = np.atleast_2d(item.array) @ flip_rows(np.eye(4))[:3, :3]
        # ANTs moves points against images: what pulls the patient onto the template moves template points to it.
        table = pandas.DataFrame(lps, columns=["x", "y", "z"])
        moved = ants.apply_transforms_to_points(3, table, list(self.transforms))[["x", "y", "z"]].to_numpy()
        points = Points(self.target, moved @ flip_rows(np.eye(4))[:3, :3])
        return points[0] if isinstance(item, Point) else points

    def inverse(self) -> Any:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Peer:
    """One way of antspyx to register the template and a head."""

    name: str
    transform: str

    def register(self, patient: Volume, template: TemplateImage) -> AntsPoints:
        import ants

        with tempfile.TemporaryDirectory() as folder:
            fixed = ants.image_read(
                _written(Path(folder) / "template.nii", template.data, template.voxel_to_mni.matrix)
            )
            moving = ants.image_read(_written(Path(folder) / "patient.nii", patient.data, patient.affine))
        found = ants.registration(fixed, moving, self.transform, random_seed=1)
        return AntsPoints(template.frame, patient.scanner_frame, tuple(found["fwdtransforms"]))


PEERS = (Peer("antspyx SyN", "SyN"), Peer("antspyx SyNQuick", "antsRegistrationSyNQuick[s]"))


def available_peers() -> tuple[Peer, ...]:
    """The peers that can run here."""
    return PEERS if find_spec("ants") else ()


def _written(path: Path, data: Any, affine: Any) -> str:
    nibabel.save(nibabel.Nifti1Image(np.asarray(data), affine), path)
    return str(path)
