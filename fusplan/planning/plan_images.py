"""The images of a plan: which files they are, and where another one lies over the planning image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from fusplan.harmless import harmless
from fusplan.imaging.volume import ContentName, Volume
from fusplan.spatial import Affine, Grid, ScannerRas
from fusplan.spatial.points import FloatArray

ImageRole: TypeAlias = Literal["second", "ct", "after"]
"""What an image beside the planning image is for: another contrast for the eye, the skull, the head after the
procedure."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageReference:
    """Which image a plan belongs to: file, content and place, so that a changed image is noticed.

    Attributes:
        path: the file; of a DICOM series the folder, zip or file it was found at, and None when that would name the
            patient.
        sha256, shape, affine: hash of its content, its grid and where that lies (scanner RAS mm).
        volume_index: which volume of a 4-D file, counted from 1.
        assumed_scanner_ras: the file has no spatial transform and its axes were taken for right, anterior, superior.
        series_uid, series_title: which DICOM series at ``path``, and what it is called; None for other images.
        content_sha256: sha256 of the unpacked bytes of a file, by which it is found when it is packed in another way;
            None of a DICOM series and where it is not known.
    """

    path: str | None
    sha256: str
    shape: tuple[int, int, int]
    affine: FloatArray
    volume_index: int | None = None
    assumed_scanner_ras: bool = False
    series_uid: str | None = None
    series_title: str | None = None
    content_sha256: str | None = None

    @property
    def frame(self) -> ScannerRas:
        return ScannerRas(self.sha256[:12])

    @property
    def grid(self) -> Grid[ScannerRas]:
        """Where its voxels lie: the same grid as the image's own."""
        return Grid.of(self.shape, self.affine, self.frame, self.sha256[:12])

    @property
    def name(self) -> str:
        """What the image is called on the screen and in files; never names the patient of a DICOM series."""
        if self.series_title is not None:
            return harmless(self.series_title)
        return harmless(Path(self.path).name) if self.path is not None else "image"

    @classmethod
    def of_volume(
        cls, volume: Volume, volume_index: int | None = None, assumed_scanner_ras: bool = False
    ) -> ImageReference:
        """The reference to an image that was read from ``volume.path`` in the way the other arguments say."""
        series = volume.series
        withheld = series is not None and series.path_names_patient
        return cls(
            path=str(volume.path.resolve()) if volume.path is not None and not withheld else None,
            sha256=volume.fingerprint,
            shape=volume.shape,
            affine=volume.affine,
            volume_index=volume_index,
            assumed_scanner_ras=assumed_scanner_ras,
            series_uid=series.uid if series is not None else None,
            series_title=series.title if series is not None else None,
            content_sha256=volume.content_sha256,
        )

    @property
    def content_name(self) -> ContentName:
        """What its content is known by, however its file is packed."""
        return self.sha256, self.content_sha256


@dataclass(frozen=True, slots=True)
class RigidRegistration:
    """What laid an image over the reference image, and how well.

    Attributes:
        sentence: what was found, for a person.
        similarity_before, similarity: normalised mutual information, 1 (none) to 2, as the headers put the images and
            after the motion.
        engine, recipe, versions: what found it, and how.
    """

    sentence: str
    similarity_before: float
    similarity: float
    engine: str
    versions: tuple[tuple[str, str], ...]
    recipe: str = ""

    @property
    def engine_words(self) -> str:
        """The engine and its recipe."""
        return f"{self.engine}, {self.recipe}" if self.recipe else self.engine


@dataclass(frozen=True, slots=True, eq=False)
class PlacedImage:
    """Another image of the same person, and where it lies over the reference image.

    Attributes:
        role: what it is for; a plan has at most one image of each role.
        image: which file, as of the reference image; its matrix is the one before the motion.
        to_reference: rigid motion of its scanner RAS mm to those of the reference image.
        registration: what found that motion.
    """

    role: ImageRole
    image: ImageReference
    to_reference: Affine[ScannerRas, ScannerRas]
    registration: RigidRegistration

    def shows_the_same(self, other: PlacedImage | None) -> bool:
        """Whether both put the same image at the same place, wherever its file is and whatever it is for."""
        return (
            other is not None
            and (self.image.sha256, self.image.volume_index) == (other.image.sha256, other.image.volume_index)
            and np.array_equal(self.to_reference.matrix, other.to_reference.matrix)
        )
