"""One image in memory: numbers, where they lie, and which file they came from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.harmless import harmless
from fusplan.imaging.notes import Notes
from fusplan.spatial import Affine, Grid, Point, ScannerRas, Voxel
from fusplan.spatial.grid import Shape, shape_of
from fusplan.spatial.points import FloatArray

ContentName: TypeAlias = tuple[str, str | None]
"""A fingerprint, and the sha256 of the unpacked bytes where that is known."""


@dataclass(frozen=True, slots=True)
class SeriesReference:
    """Which DICOM series a volume is.

    Attributes:
        uid: series instance UID, which finds it again at the volume's path.
        title: its description and number; shown instead of a file name, and never names the patient.
        path_names_patient: whether the path holds a name or identifier of the patient, and so must not be kept.
        kernel: the reconstruction kernel of a CT, in its maker's words; None where none is stated.
    """

    uid: str
    title: str
    path_names_patient: bool = False
    kernel: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A three-dimensional image with its place in the scanner frame.

    Attributes:
        data: shape (ni, nj, nk), float32 (scaled intensities), read-only, in the file's own axis order.
        grid: where the voxels lie in the scanner frame.
        fingerprint: sha256 (hex) of the file's bytes, or of data and affine when there is no file or several.
        path: the file it was read from, if any; of a DICOM series the folder, zip or file that was named.
        notes: what the reader noticed and a person should see.
        series: which DICOM series at ``path`` it is, if it is one.
        content_sha256: sha256 (hex) of the file's bytes as they are unpacked, which stays when it is packed again; None
            where that is not known, and for a DICOM series, whose fingerprint is of its content already.
    """

    data: npt.NDArray[np.float32]
    grid: Grid[ScannerRas]
    fingerprint: str
    path: Path | None = None
    notes: Notes = field(default=())
    series: SeriesReference | None = None
    content_sha256: str | None = None

    def __post_init__(self) -> None:
        if self.data.shape != self.grid.shape:
            raise ValueError(f"data of shape {self.data.shape} do not fit a grid of {self.grid.shape}")
        view = np.asarray(self.data, dtype=np.float32).view()
        view.flags.writeable = False
        object.__setattr__(self, "data", view)

    @property
    def shape(self) -> Shape:
        return self.grid.shape

    @property
    def voxel_to_scanner(self) -> Affine[Voxel, ScannerRas]:
        """Continuous voxel indices to scanner RAS mm."""
        return self.grid.to_frame

    @property
    def scanner_to_voxel(self) -> Affine[ScannerRas, Voxel]:
        """Scanner RAS mm to continuous voxel indices; worked out once."""
        return self.grid.from_frame

    @property
    def voxel_frame(self) -> Voxel:
        return self.grid.voxel_frame

    @property
    def scanner_frame(self) -> ScannerRas:
        return self.grid.frame

    @property
    def affine(self) -> FloatArray:
        """4 x 4 voxel indices to scanner RAS mm."""
        return self.grid.matrix

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between voxel centres along each voxel axis."""
        return self.grid.spacing_mm

    def contains(self, point: Point[ScannerRas]) -> bool:
        """Whether a point lies in the image; half a voxel around the outer centres belongs to it."""
        return self.grid.contains(point)

    @property
    def name(self) -> str:
        """What the image is called on the screen and in files."""
        if self.series is not None:
            return harmless(self.series.title)
        return harmless(self.path.name) if self.path is not None else "image"

    @property
    def content_name(self) -> ContentName:
        """What its content is known by, packed and unpacked."""
        return self.fingerprint, self.content_sha256

    def known_as(self, name: ContentName | None) -> Volume:
        """The same image under the name that its content was known by before its file was packed or unpacked.

        Frames are named after it. An image of another content is returned as it is.
        """
        if name is None or self.fingerprint == name[0] or {*self.content_name, None}.isdisjoint({*name} - {None}):
            return self
        named = Volume.of_array(self.data, self.affine, name[0], self.path, self.notes)
        return replace(named, content_sha256=self.content_sha256)

    @classmethod
    def of_array(
        cls,
        data: npt.NDArray[np.float32],
        affine: npt.ArrayLike,
        fingerprint: str,
        path: Path | None = None,
        notes: Notes = (),
        study_id: str | None = None,
        series: SeriesReference | None = None,
    ) -> Volume:
        """A volume whose frames are named after its fingerprint (or, for the scanner frame, ``study_id``)."""
        short = fingerprint[:12]
        frame = ScannerRas(study_id if study_id is not None else short)
        return cls(data, Grid.of(shape_of(data), affine, frame, short), fingerprint, path, notes, series)
