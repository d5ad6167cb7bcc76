"""Image files to volumes: the one way in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.imaging.byte_stream import fingerprint_of, require_ordinary_file, shown, unpacked_sha256
from fusplan.imaging.dicom.container import is_dicom
from fusplan.imaging.dicom.series import FoundSeries, no_series_to_choose
from fusplan.imaging.dicom.series_volume import read_series
from fusplan.imaging.header import ImageHeader, NotAnImageError
from fusplan.imaging.mgh import read_mgh_header
from fusplan.imaging.nifti import read_nifti_header
from fusplan.imaging.notes import ImageNote, unique
from fusplan.imaging.padding import fill_padding
from fusplan.imaging.placement import choose_placement, require_head_sized
from fusplan.imaging.volume import Volume
from fusplan.imaging.voxels import NoSuchVolumeError, StoredVoxels, choose_volume, read_voxels

NIFTI_ENDINGS = (".nii", ".hdr", ".img")
MGH_ENDINGS = (".mgh", ".mgz")
READABLE = "NIfTI (.nii, .nii.gz, .hdr/.img), FreeSurfer (.mgh, .mgz) and DICOM (folder, file or .zip)"

_OTHER_FORMATS = {
    ".dcm": ("not a DICOM file in spite of its name", "Copy it again from its source, or choose a .nii.gz."),
    ".ima": ("not a DICOM file in spite of its name", "Copy it again from its source, or choose a .nii.gz."),
    ".nrrd": ("an NRRD file", "Save it as .nii.gz, for example in 3D Slicer."),
    ".nhdr": ("an NRRD file", "Save it as .nii.gz, for example in 3D Slicer."),
    ".mha": ("a MetaImage file", "Save it as .nii.gz, for example in 3D Slicer or ITK-SNAP."),
    ".mhd": ("a MetaImage file", "Save it as .nii.gz, for example in 3D Slicer or ITK-SNAP."),
    ".mnc": ("a MINC file", "Convert it with mnc2nii."),
    ".brik": ("an AFNI file", "Convert it with 3dAFNItoNIFTI."),
    ".head": ("an AFNI file", "Convert it with 3dAFNItoNIFTI."),
    ".jpg": ("a picture", "Pictures have no place in space: use the original scan as .nii.gz."),
    ".jpeg": ("a picture", "Pictures have no place in space: use the original scan as .nii.gz."),
    ".png": ("a picture", "Pictures have no place in space: use the original scan as .nii.gz."),
    ".zip": ("not a zip file in spite of its name", "Copy it again from its source, or choose a .nii.gz."),
    ".bz2": ("packed with bzip2", "Unpack it, or pack it with gzip instead."),
    ".zst": ("packed with zstd", "Unpack it, or pack it with gzip instead."),
}


def read_header(path: Path) -> ImageHeader:
    """The header of any image file but DICOM that can be read, by the ending of its name.

    Raises:
        FusplanError: one subclass per cause; see :func:`read_volume`.
    """
    require_ordinary_file(path)
    name = path.name.lower()
    if name.endswith(MGH_ENDINGS):
        return read_mgh_header(path)
    if name.removesuffix(".gz").endswith(NIFTI_ENDINGS):
        return read_nifti_header(path)
    ending = Path(name).suffix
    what, remedy = _OTHER_FORMATS.get(
        ending, (f"a {ending} file" if ending else "a file without an ending", "Convert the image to .nii.gz.")
    )
    raise NotAnImageError(f"{shown(path)} is {what}; {READABLE} images can be read.", remedy)


def holds_series(path: Path) -> bool:
    """Whether a path is read as DICOM series: a folder, a zip or a DICOM file, but no NIfTI or MGH by its name."""
    is_named_otherwise = path.name.lower().removesuffix(".gz").endswith((*NIFTI_ENDINGS, *MGH_ENDINGS))
    return is_dicom(path) and (path.is_dir() or not is_named_otherwise)


def read_volume(
    path: Path,
    *,
    volume_index: int | None = None,
    assume_scanner_ras: bool = False,
    series_uid: str | None = None,
    series_number: int | None = None,
    series_headers: FoundSeries | None = None,
) -> Volume:
    """The image in a NIfTI-1, NIfTI-2 (.nii, .nii.gz, .hdr/.img) or FreeSurfer (.mgh, .mgz) file, or a DICOM series.

    For DICOM see ``dicom.series_volume.read_series``. Any other image is placed by the sform when its code is above
    zero, else by the qform when its code is above zero, as nibabel documents. The data stay in the file's axis order,
    scaled by slope and intercept, as float32; padding has the intensity of air (``padding``). The fingerprint is the
    sha256 of the file's bytes (of a pair: header, then image; of a volume of a 4-D file: of the whole file).

    Args:
        path: the file; of DICOM a folder, a zip or one file of the series.
        volume_index: which volume of a 4-D image, counted from 1; a DICOM series has but one.
        assume_scanner_ras: accept a file without any transform as if its axes were right, anterior, superior (for
            MGH: FreeSurfer's default axes), zero in the middle.
        series_uid: which DICOM series, when there are several.
        series_number: the same by its number in the list of ``dicom.series.list_series``.
        series_headers: what listing the series has read, so that it is not read again.

    Raises:
        FusplanError: always of a subclass that names the cause, in this package's modules: the file is missing or
            unreadable (byte_stream), damaged or of another kind (header, nifti, mgh), has no usable place in space or
            cannot hold a head (placement), or has no usable content (voxels). Of DICOM: see there.
    """
    path = Path(path)
    if holds_series(path):
        if volume_index not in (None, 1):
            raise NoSuchVolumeError(
                f"There is no volume {volume_index}: a DICOM series that can be read holds one.", "Leave --volume out."
            )
        return read_series(path, series_uid, series_number, series_headers)
    if series_number is not None and path.is_file():
        raise no_series_to_choose()
    header = read_header(path)
    volume = choose_volume(header, volume_index)
    placement = choose_placement(header, assume_scanner_ras)
    require_head_sized(shown(header.path), header.shape, placement.spacing_mm)
    stored = read_voxels(header, volume)
    notes = [*header.notes, *placement.notes, *stored.notes, *fill_padding(stored.data)]
    if header.volume_count > 1:
        notes.append(ImageNote("chosen volume", f"Volume {volume + 1} of {header.volume_count}.", "notice"))
    fingerprint = fingerprint_of(*header.paths)
    content_sha256 = _content_sha256(header, stored, fingerprint)
    return replace(
        Volume.of_array(stored.data, placement.affine, fingerprint, path=path, notes=unique(notes)),
        content_sha256=content_sha256,
    )


def _content_sha256(header: ImageHeader, stored: StoredVoxels, fingerprint: str) -> str | None:
    """Of the unpacked bytes; of a pair those of both files, one after the other."""
    if len(header.paths) == 1:
        return stored.unpacked_sha256 if stored.is_packed else fingerprint
    try:
        return unpacked_sha256(*header.paths)
    except FusplanError:  # such as bytes that follow the packed ones, which are passed over elsewhere
        return None
