"""The fields of a simulated treatment as files: pressure, temperature, dose, and regions that a lesion is read from.

They keep the grids they were computed on, half a millimetre about each target, in the patient's scanner frame; a viewer
lays them over the image by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fusplan.export.names_in_files import file_stem
from fusplan.export.nifti_files import INTENT_LABEL, write_nifti
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
from fusplan.simulation.lesion_contours import contour_mask
from fusplan.simulation.predicted_lesion import ContourKind
from fusplan.spatial import Field, ScannerRas

REGIONS: dict[ContourKind, str] = {"51_celsius": "region-51-degC_mask", "100_cem43": "region-100-cem43-min_mask"}
"""Contours that are written as masks, and how their files end."""


@dataclass(frozen=True, slots=True, eq=False)
class FieldFile:
    """One file.

    Attributes:
        name: ends in the unit, or in ``_mask``.
        words: what the numbers are.
        field: the numbers.
    """

    name: str
    words: str
    field: Field[ScannerRas]

    @property
    def is_mask(self) -> bool:
        return self.name.endswith("_mask.nii.gz")


def field_files(simulated: SimulatedTreatment) -> tuple[FieldFile, ...]:
    """Every file of a treatment, target by target."""
    return tuple(made for target in simulated.targets for made in _files_of(target))


def _files_of(target: SimulatedTarget) -> Iterator[FieldFile]:
    stem = file_stem(target.target_id)
    ideal = ", with ideal correction: losses and phases are not known from a T1" if target.focus.ideal else ""
    yield FieldFile(
        f"{stem}_focus-pressure_relative.nii.gz",
        f"Pressure amplitude at {target.name} over the peak in water with all elements{ideal}.",
        target.focus.amplitude,
    )
    history, lesion = target.history, target.lesion
    if history is not None:
        yield FieldFile(
            f"{stem}_highest-temperature_degC.nii.gz",
            f"Highest true temperature of every voxel, over all sonications of {target.name}. Not what is shown.",
            history.peak_map,
        )
        yield FieldFile(
            f"{stem}_dose_cem43-min.nii.gz",
            f"Thermal dose of all sonications of {target.name}, minutes at 43 degrees (CEM43), cooling included.",
            history.dose,
        )
    if lesion is not None:
        for kind, ending in REGIONS.items():
            yield FieldFile(
                f"{stem}_{ending}.nii.gz",
                f"1 where the middle case of the ablations of {target.name} reaches {_level(kind)}, 0 elsewhere.",
                contour_mask(lesion.peak_map, lesion.dose, kind),
            )


def _level(kind: ContourKind) -> str:
    return "51 degrees Celsius" if kind == "51_celsius" else "100 CEM43"


def write_field_files(files: tuple[FieldFile, ...], folder: Path) -> None:
    """All of them into a folder that exists. Raises FileNotWritableError."""
    for made in files:
        values, grid = made.field.values, made.field.grid
        if made.is_mask:
            write_nifti(np.asarray(values, dtype=np.int16), grid, folder / made.name, INTENT_LABEL)
        else:
            write_nifti(np.asarray(values, dtype=np.float32), grid, folder / made.name)
