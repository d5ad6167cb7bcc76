"""A label map drawn from the built-in Morel figures, and its table in every form, written by nibabel and by hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nibabel
import numpy as np

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.lattice import Lattice
from fusplan.spatial import Points

TEMPLATE = "MNI152NLin2009cAsym"


@dataclass(frozen=True)
class Drawn:
    """Labels from 1 on a 1 mm grid, their matrix, and what each label is."""

    values: np.ndarray
    affine: np.ndarray
    names: tuple[tuple[int, str, str], ...]
    """Label, abbreviation, side."""

    def volume_mm3(self, label: int) -> float:
        return float((self.values == label).sum()) * abs(float(np.linalg.det(self.affine[:3, :3])))

    def centroid_mm(self, label: int) -> np.ndarray:
        return nibabel.affines.apply_affine(self.affine, np.argwhere(self.values == label).mean(axis=0))


@lru_cache(maxsize=4)
def drawn_morel(spacing_mm: float = 1.0) -> Drawn:
    """The Morel figures at voxel centres."""
    morel = load_atlas("morel")
    lattice = Lattice.holding(*morel.box_mm(), spacing_mm)
    labels = morel.labels(Points(morel.frame, lattice.places_mm)).reshape(lattice.shape)
    present = [one for one in morel.structures if np.any(labels == one.index)]
    values = np.zeros(lattice.shape, dtype=np.int16)
    for number, one in enumerate(present, 1):
        values[labels == one.index] = number
    names = tuple((number, one.abbreviation, one.side) for number, one in enumerate(present, 1))
    return Drawn(values, lattice.matrix, names)


def write_map(path: Path, drawn: Drawn | None = None, affine: np.ndarray | None = None) -> Path:
    """The label map as NIfTI or MGH, by nibabel."""
    drawn = drawn if drawn is not None else drawn_morel()
    matrix = drawn.affine if affine is None else affine
    if path.name.endswith((".mgz", ".mgh")):
        image = nibabel.MGHImage(drawn.values.astype(np.int32), matrix)
    else:
        image = nibabel.Nifti1Image(drawn.values, matrix)
        image.set_sform(matrix, code=2)
        image.header.set_xyzt_units("mm")
    nibabel.save(image, path)
    return path


def freesurfer(drawn: Drawn) -> str:
    lines = ["#No. Label Name:            R   G   B   A", "0   Unknown   0 0 0 0", ""]
    lines += [f"{n:<5} {side.capitalize()}-{name:<12} {n} 100 20 0" for n, name, side in drawn.names]
    return "\n".join(lines) + "\n"


def itk_snap(drawn: Drawn) -> str:
    lines = ["#" * 40, "# ITK-SnAP Label Description File", "# IDX -R- -G- -B- -A-- VIS MSH LABEL", "#" * 40]
    lines += ['    0     0    0    0        0  0  0    "Clear Label"']
    lines += [f'{n:5d} {n:5d}   10  200     1.0  1  1    "{side.capitalize()} {name}"' for n, name, side in drawn.names]
    return "\n".join(lines) + "\n"


def fsl_lut(drawn: Drawn) -> str:
    return "".join(f"{n} 0.10000 0.25 1 {name}_{side[0].upper()}\n" for n, name, side in drawn.names)


def fsl_xml(drawn: Drawn) -> str:
    rows = "".join(
        f'<label index="{n - 1}" x="1" y="2" z="3">{side.capitalize()} {name}</label>' for n, name, side in drawn.names
    )
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?><atlas version="1.0"><header><name>Drawn</name>'
        f"<type>Probabilistic</type></header><data>{rows}</data></atlas>"
    )


def bids(drawn: Drawn) -> str:
    rows = "".join(f"{n}\t{name} nucleus, {side}\t{name}_{side[0].upper()}\t#00ff00\n" for n, name, side in drawn.names)
    return "index\tname\tabbreviation\tcolor\n" + rows


def plain(drawn: Drawn) -> str:
    return "".join(f"{n} {'lh' if side == 'left' else 'rh'}_{name}\n" for n, name, side in drawn.names)


FORMS = {
    "FreeSurfer": freesurfer,
    "ITK-SNAP": itk_snap,
    "FSL lut": fsl_lut,
    "FSL xml": fsl_xml,
    "BIDS dseg.tsv": bids,
    "plain text": plain,
}
"""Every form of table, written as its own program writes it."""
