"""A field that lies beside a plan, such as a dose or a temperature: what the plan's file says of it."""

from __future__ import annotations

from typing import Literal

from fusplan.planning.plan_format.fields import (
    SCANNER,
    Finite,
    Matrix,
    Model,
    PathBeside,
    ScannerFrame,
    Sha256,
    Shape,
    matrix_rows,
)
from fusplan.planning.stored_file import StoredFile
from fusplan.spatial import ScannerRas
from fusplan.spatial.field import Field, Unit


class StoredFieldModel(Model):
    """The file, the grid in the frame of the reference image, and what a number means.

    ``outside`` is the value beyond the grid, null where it is not known.
    """

    path: PathBeside
    sha256: Sha256
    frame: ScannerFrame
    shape: Shape
    voxel_to_scanner_ras_mm: Matrix
    kind: Literal["float32", "float64"]
    unit: Unit
    outside: Finite | None

    @classmethod
    def of(cls, field: Field[ScannerRas], stored: StoredFile) -> StoredFieldModel:
        return cls(
            path=stored.path,
            sha256=stored.sha256,
            frame=SCANNER,
            shape=field.grid.shape,
            voxel_to_scanner_ras_mm=matrix_rows(field.grid.matrix),
            kind="float32" if field.values.dtype.itemsize == 4 else "float64",
            unit=field.unit,
            outside=field.outside if field.outside == field.outside else None,
        )

    @property
    def stored(self) -> StoredFile:
        return StoredFile(self.path, self.sha256)
