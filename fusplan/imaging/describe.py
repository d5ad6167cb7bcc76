"""What an image file holds, for a person who asks before planning on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.imaging.byte_stream import fingerprint_of, shown
from fusplan.imaging.computed_tomography import ComputedTomographyError, looks_like_ct
from fusplan.imaging.dicom.series import SeriesList
from fusplan.imaging.header import ImageHeader
from fusplan.imaging.notes import Notes, unique
from fusplan.imaging.orientation import oblique_deg, orientation_code
from fusplan.imaging.placement import Placement, choose_placement
from fusplan.imaging.read import read_header, read_volume
from fusplan.imaging.volume import Volume
from fusplan.spatial.points import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ImageDescription:
    """An image file in numbers and words.

    Attributes:
        path: the file; of a DICOM series the folder, zip or file.
        name: what it is called: the file's name, of a DICOM series its description and number.
        format_name: such as ``NIfTI-1``.
        shape: voxels along the three axes.
        volume_count: volumes along the fourth axis.
        spacing_mm: distance between voxel centres along each axis (the header's own statement when the image has
            no usable place in space).
        extent_mm: size of the image along each axis, voxel edges included.
        orientation: where the axes lead, such as ``LIA``; None when unknown.
        oblique_deg: largest angle between a voxel axis and its anatomical axis; None when unknown.
        transform: which transform places the image and what it leads to; None when there is none.
        voxel_to_scanner: 4 x 4, voxel indices to scanner RAS mm; None when there is none.
        datatype: of the stored numbers, such as ``int16``.
        intensity_range: smallest and largest intensity; None when the content was not read.
        notes: what a person should know.
        problem, remedy: why it cannot be planned on and what to do; None when it can.
        fingerprint: sha256 of the file's bytes; of a DICOM series of its pixels and their places.
        volume: the image itself, where it could be read.
    """

    path: Path
    name: str
    format_name: str
    shape: tuple[int, int, int]
    volume_count: int
    spacing_mm: tuple[float, float, float]
    extent_mm: tuple[float, float, float]
    orientation: str | None
    oblique_deg: float | None
    transform: str | None
    voxel_to_scanner: FloatArray | None
    datatype: str
    intensity_range: tuple[float, float] | None
    notes: Notes
    problem: str | None
    remedy: str | None
    fingerprint: str
    volume: Volume | None = field(default=None, repr=False)


def describe_image(
    path: Path, *, volume_index: int | None = None, assume_scanner_ras: bool = False
) -> ImageDescription:
    """What an image file holds and whether it can be planned on.

    Args:
        path: the file.
        volume_index: which volume of a 4-D image, counted from 1.
        assume_scanner_ras: as for ``read_volume``.

    Raises:
        FusplanError: the file is not an image that can be described. An image that can be described but not planned
            on is returned with its ``problem``.
    """
    path = Path(path)
    header = read_header(path)
    placement = None
    volume: Volume | None = None
    problem: FusplanError | None = None
    notes = header.notes
    try:
        placement = choose_placement(header, assume_scanner_ras)
        notes += placement.notes
        volume = read_volume(path, volume_index=volume_index, assume_scanner_ras=assume_scanner_ras)
        notes += volume.notes
        if looks_like_ct(volume):
            problem = ComputedTomographyError(volume.name)
    except FusplanError as error:
        problem = error
    return _description(header, placement, volume, unique(notes), problem)


def describe_series(path: Path, listed: SeriesList, number: int) -> ImageDescription:
    """What one of the DICOM series at a path holds.

    Args:
        path: where the series were found.
        listed: the list of them.
        number: of the series in the list.

    Raises:
        FusplanError: it is not in the list, or cannot be read as a volume.
    """
    series = listed.numbered(number)
    volume = read_volume(path, series_uid=series.uid, series_headers=listed.headers)
    problem = ComputedTomographyError(volume.name) if looks_like_ct(volume) else None
    i, j, k = (size * length for size, length in zip(volume.shape, volume.spacing_mm, strict=True))
    return ImageDescription(
        path=path,
        name=series.title,
        format_name=f"DICOM {series.modality}",
        shape=volume.shape,
        volume_count=1,
        spacing_mm=volume.spacing_mm,
        extent_mm=(i, j, k),
        orientation=orientation_code(volume.affine),
        oblique_deg=oblique_deg(volume.affine),
        transform="image positions and orientations (scanner)",
        voxel_to_scanner=volume.affine,
        datatype=series.datatype,
        intensity_range=(float(volume.data.min()), float(volume.data.max())),
        notes=volume.notes,
        problem=problem.message if problem is not None else None,
        remedy=problem.remedy if problem is not None else None,
        fingerprint=volume.fingerprint,
        volume=volume,
    )


def _description(
    header: ImageHeader,
    placement: Placement | None,
    volume: Volume | None,
    notes: Notes,
    problem: FusplanError | None,
) -> ImageDescription:
    spacing = placement.spacing_mm if placement is not None else header.spacing_mm
    i, j, k = (float(size * length) for size, length in zip(header.shape, spacing, strict=True))
    return ImageDescription(
        path=header.path,
        name=shown(header.path),
        format_name=header.format_name,
        shape=header.shape,
        volume_count=header.volume_count,
        spacing_mm=spacing,
        extent_mm=(i, j, k),
        orientation=orientation_code(placement.affine) if placement is not None else None,
        oblique_deg=oblique_deg(placement.affine) if placement is not None else None,
        transform=f"{placement.source} ({placement.meaning})" if placement is not None else None,
        voxel_to_scanner=placement.affine if placement is not None else None,
        datatype=header.dtype.newbyteorder("=").name,
        intensity_range=(float(volume.data.min()), float(volume.data.max())) if volume is not None else None,
        notes=notes,
        problem=problem.message if problem is not None else None,
        remedy=problem.remedy if problem is not None else None,
        fingerprint=fingerprint_of(*header.paths),
        volume=volume,
    )
