"""Which DICOM series can be a volume by their kind, before it is looked at where their images lie."""

from __future__ import annotations

from collections.abc import Sequence

from pydicom import uid as uids

from fusplan.errors import FusplanError
from fusplan.imaging.dicom.elements import quiet_pydicom
from fusplan.imaging.dicom.instance import Instance
from fusplan.imaging.header import NotThreeDimensionalError, VoxelTypeError

VOLUME_KINDS = frozenset(
    {
        uids.MRImageStorage,
        uids.CTImageStorage,
        uids.PositronEmissionTomographyImageStorage,
        uids.EnhancedMRImageStorage,
        uids.EnhancedCTImageStorage,
        uids.EnhancedPETImageStorage,
        uids.LegacyConvertedEnhancedMRImageStorage,
        uids.LegacyConvertedEnhancedCTImageStorage,
        uids.LegacyConvertedEnhancedPETImageStorage,
    }
)

SECONDARY_CAPTURES = frozenset(
    {
        uids.SecondaryCaptureImageStorage,
        uids.MultiFrameSingleBitSecondaryCaptureImageStorage,
        uids.MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
        uids.MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
        uids.MultiFrameTrueColorSecondaryCaptureImageStorage,
    }
)

PLAIN_SYNTAXES = frozenset(
    {uids.ImplicitVRLittleEndian, uids.ExplicitVRLittleEndian, uids.ExplicitVRBigEndian, uids.RLELossless}
)
"""Decoded by pydicom itself."""

GDCM_SYNTAXES = frozenset(
    {
        uids.JPEGBaseline8Bit,
        uids.JPEGExtended12Bit,
        uids.JPEGLossless,
        uids.JPEGLosslessSV1,
        uids.JPEGLSLossless,
        uids.JPEGLSNearLossless,
        uids.JPEG2000Lossless,
        uids.JPEG2000,
    }
)
"""Decoded by GDCM within SimpleITK, which the program has anyway."""


class NotAScanError(FusplanError):
    """A DICOM series that holds no scan: a report, a segmentation, a dose, a picture."""


class SecondaryCaptureError(NotAScanError):
    """A picture of a screen or of paper."""


class MosaicError(FusplanError):
    """A whole volume tiled into each image."""


class CompressionError(FusplanError):
    """The pixels are compressed in a way that is not decoded."""


def require_scan(instances: Sequence[Instance], title: str) -> None:
    """Refuse what is no stack of grey images.

    Raises:
        SecondaryCaptureError, NotAScanError, MosaicError, VoxelTypeError, CompressionError, NotThreeDimensionalError.
    """
    _require_kind(instances, title)
    if any("MOSAIC" in instance.image_type for instance in instances):
        raise MosaicError(
            f"Each image of {title} is a mosaic of all slices of a volume; such series are not read.",
            "Use the three-dimensional T1 of the examination, or convert the mosaic to NIfTI with dcm2niix.",
        )
    _require_grey(instances, title)
    syntaxes = {instance.transfer_syntax for instance in instances} - PLAIN_SYNTAXES - GDCM_SYNTAXES - {""}
    if syntaxes:
        names = ", ".join(sorted(map(_name_of, syntaxes)))
        raise CompressionError(
            f"The pixels of {title} are compressed as {names}, which is not decoded.",
            "Export the series again without compression, or with JPEG lossless, JPEG-LS, JPEG 2000 or RLE.",
        )


def _require_kind(instances: Sequence[Instance], title: str) -> None:
    kinds = {instance.kind for instance in instances}
    if kinds & SECONDARY_CAPTURES:
        raise SecondaryCaptureError(
            f"{title} is a secondary capture: pictures of a screen or of reconstructions without a place in space.",
            "Choose the original series.",
        )
    other = sorted(kinds - VOLUME_KINDS)
    if other:
        raise NotAScanError(
            f"{title} holds {kind_words(other[0])}, not an MR, CT or PET scan.",
            "Choose the series of the scan itself.",
        )
    if not any(instance.frame_count for instance in instances):
        raise NotThreeDimensionalError(f"{title} holds no images.", "Choose the series of the scan itself.")


def kind_words(kind: str) -> str:
    """What the objects of a SOP class are."""
    name = _name_of(kind)
    return f"objects of the kind {name!r}" if name and name != kind else "objects of an unknown kind"


def _name_of(uid: str) -> str:
    with quiet_pydicom():
        return uids.UID(uid).name if uid else ""


def _require_grey(instances: Sequence[Instance], title: str) -> None:
    for instance in instances:
        if instance.samples != 1 or instance.photometric not in ("MONOCHROME2", "MONOCHROME1", ""):
            raise VoxelTypeError(
                f"{title} is in colour ({instance.photometric}): its voxels are not one intensity each.",
                "Choose the original grey series, not a colour map made of it.",
            )
        if instance.photometric == "MONOCHROME1":
            raise VoxelTypeError(
                f"{title} is stored as a negative (MONOCHROME1): bright is dark.", "Choose the original series."
            )
        if instance.has_lookup:
            raise VoxelTypeError(
                f"The intensities of {title} are reached through a table (modality LUT), which is not read.",
                "Choose the original series.",
            )
