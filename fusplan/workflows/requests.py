"""What workflows are asked: frozen values that go to another process as they are.

They stand together because the window makes them: nothing here loads an engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from fusplan.planning.file_content import FileContent
from fusplan.planning.lesion_size import DEFAULT_SIZES, LesionSize
from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.plan_images import ImageReference, PlacedImage
from fusplan.planning.sides import SIDES
from fusplan.spatial import Mni, ScannerRas, Side, Warp

if TYPE_CHECKING:
    from fusplan.atlas.imported.prepare import AtlasSource
    from fusplan.atlas.nuclei_atlas import HeadAtlas
    from fusplan.export.named_points import PointFrame
    from fusplan.imaging.dicom.series import FoundSeries
    from fusplan.imaging.volume import ContentName, Volume
    from fusplan.planning.open_review import LesionReviewState
    from fusplan.planning.review import PlanReview
    from fusplan.planning.simulated_treatment import SimulatedTreatment

ScannerMm: TypeAlias = tuple[float, float, float]
"""Scanner RAS mm of the image, as typed by a person before the image is read."""


# Images and plans ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadImageRequest:
    """An image file, and what the person said of it.

    Attributes:
        path: the file, or of DICOM a folder, a zip or one file of the series.
        volume_index: which of several volumes, counted from 1.
        assume_scanner_ras: whether one that does not say how it lies in space may be taken as stored right, anterior,
            superior.
    """

    path: Path
    volume_index: int | None = None
    assume_scanner_ras: bool = False


@dataclass(frozen=True, slots=True)
class ReadSeriesRequest:
    """One of the DICOM series at a path.

    Attributes:
        path: where it is.
        uid, title: of the series; what it is called.
        headers: what listing the series has read, so that it is not read again.
    """

    path: Path
    uid: str
    title: str
    headers: FoundSeries | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OpenPlanRequest:
    """Which plan to open.

    Attributes:
        path: a plan file, or a plan folder.
        image_path: where its image is now, when it is no longer where the plan says.
        review: of the plan, or parts of it, when at hand; what it lacks is computed, and all if it is of another plan.
    """

    path: Path
    image_path: Path | None = None
    review: PlanReview | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SavePlanRequest:
    """A plan and the file it goes to.

    Attributes:
        plan, path: the plan and its file.
        replaces: what the file held when the plan was read; None to replace whatever is there.
        keeps_other: whether what another program has written there is to be kept under another name, and replaced.
    """

    plan: Plan
    path: Path
    replaces: FileContent | None = None
    keeps_other: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SaveReviewRequest:
    """The review of a plan, to lie beside the plan's file."""

    review: PlanReview
    plan: Plan
    plan_path: Path


# Planning -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LesionWish:
    """Size and tilt of the lesion wanted on one side.

    Attributes:
        size: full diameters.
        tilt_anterior_deg, tilt_lateral_deg: how far the upper end of the long axis leans forward and outward.
    """

    size: LesionSize
    tilt_anterior_deg: float = 0.0
    tilt_lateral_deg: float = 0.0


def default_lesions() -> dict[Side, LesionWish]:
    """What is planned on each side when nothing else is asked for."""
    return {side: LesionWish(DEFAULT_SIZES[side]) for side in SIDES}


@dataclass(frozen=True, slots=True)
class MakePlanRequest:
    """What to plan on.

    Attributes:
        image_path: the head MRI: a file, or of DICOM a folder, a zip or one file of the series.
        volume_index: which volume of a 4-D image, counted from 1.
        assume_scanner_ras: accept an image without a spatial transform.
        ac_mm, pc_mm: the user's own landmarks in scanner RAS mm, instead of those found.
        midline_mm: the user's own midline points in scanner RAS mm; when given they replace all found ones.
        lesions: what is wanted on each side.
        threads: processor threads for the registration.
        seed: of everything random.
        series_uid: which DICOM series, when there are several at ``image_path``.
        series_number: the same by its number in the list of series.
        atlas: name of the atlas that targets start from by its best cover, and that comes first; it must describe CLp.
            None starts from where all atlases agree best, the first built-in one first.
        force: plan even on what shows no head that is known, or is a CT.
        known_as: what the image is known by where it is open, though its file was packed or unpacked since.
    """

    image_path: Path
    volume_index: int | None = None
    assume_scanner_ras: bool = False
    ac_mm: ScannerMm | None = None
    pc_mm: ScannerMm | None = None
    midline_mm: tuple[ScannerMm, ...] = ()
    lesions: dict[Side, LesionWish] = field(default_factory=default_lesions)
    threads: int = 2
    seed: int = 1
    series_uid: str | None = None
    series_number: int | None = None
    atlas: str | None = None
    force: bool = False
    known_as: ContentName | None = None


@dataclass(frozen=True, slots=True)
class RegisterHeadRequest:
    """Which head to register.

    Attributes:
        image_path: the head MRI.
        volume_index: which volume of a 4-D image, counted from 1.
        assume_scanner_ras: accept an image without a spatial transform.
        threads: processor threads.
        series_uid: which DICOM series, when there are several at ``image_path``.
        series_number: the same by its number in the list of series.
    """

    image_path: Path
    volume_index: int | None = None
    assume_scanner_ras: bool = False
    threads: int = 2
    series_uid: str | None = None
    series_number: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RecomputeRequest:
    """A plan with its image and the atlases in its head."""

    plan: Plan
    volume: Volume
    atlases: tuple[HeadAtlas, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ReviewLesionRequest:
    """Which lesion to review.

    Attributes:
        plan, lesion: the plan and one of its lesions.
        atlases: in the head, the one that plans start from first.
        before: what is known of the lesion, perhaps as it was before its last change.
    """

    plan: Plan
    lesion: Lesion
    atlases: tuple[HeadAtlas, ...]
    before: LesionReviewState | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CheckPlanRequest:
    """A plan, its image and the atlases in its head."""

    plan: Plan
    volume: Volume
    atlases: tuple[HeadAtlas, ...]


# Atlases ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class PrepareAtlasesRequest:
    """Which atlases to carry to the head of a plan: only ``name``, or all but ``name``."""

    plan: Plan
    name: str
    only_it: bool


@dataclass(frozen=True, slots=True, eq=False)
class AddAtlasRequest:
    """An atlas to add.

    Attributes:
        source: what and where it is, and the space it was declared to lie in.
        plan_path: for an atlas in the patient's own space, a plan on its image: file or folder.
        plan: the same, when it is open already.
        image_path: for an atlas in the patient's own space, its image, where there is no plan yet.
        overwrite: whether an atlas of the user's of that name may be replaced.
    """

    source: AtlasSource
    plan_path: Path | None = None
    plan: Plan | None = None
    image_path: Path | None = None
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class RemoveAtlasRequest:
    """The name of one of the user's atlases."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class NucleusTargetRequest:
    """A nucleus of an atlas in a head, by its abbreviation and side."""

    atlas: HeadAtlas
    abbreviation: str
    side: Side


@dataclass(frozen=True, slots=True, eq=False)
class OverlayRequest:
    """Which registration to show on which head."""

    mni_to_scanner: Warp[Mni, ScannerRas]
    patient: Volume


# The second image ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SecondImageRequest:
    """Which image to lay over which.

    Attributes:
        first_path: the image that is planned on.
        second_path: the other image of the same person.
        first_volume_index: which volume of a 4-D first image, counted from 1.
        first_assumed_scanner_ras: the first image has no spatial transform.
        threads: processor threads.
        first_series_uid, second_series_uid: which DICOM series, when there are several at a path.
        first_known_as: as ``known_as`` of :class:`MakePlanRequest`.
    """

    first_path: Path
    second_path: Path
    first_volume_index: int | None = None
    first_assumed_scanner_ras: bool = False
    threads: int = 2
    first_series_uid: str | None = None
    second_series_uid: str | None = None
    first_known_as: ContentName | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PlaceCtRequest:
    """Which CT to lay over the head of which plan.

    Attributes:
        plan: the plan.
        plan_folder: where its file is.
        ct_path: the CT, NIfTI or DICOM.
        ct_series_uid: which DICOM series, when there are several.
        image_path: where the plan's image is now, when it is no longer where the plan says.
        threads: processor threads.
    """

    plan: Plan
    plan_folder: Path
    ct_path: Path
    ct_series_uid: str | None = None
    image_path: Path | None = None
    threads: int = 2


@dataclass(frozen=True, slots=True, eq=False)
class KeptSecondImage:
    """Which second image to read.

    Attributes:
        record: what the plan keeps of it.
        path: where it is now, when it is no longer where the plan says.
        plan_folder: where the plan's file is, None when it was never saved: the image may have moved with it.
    """

    record: PlacedImage
    path: Path | None = None
    plan_folder: Path | None = None


# Files of points, and export ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadPointsRequest:
    """Which file of points to read for which image.

    Attributes:
        path: the file of points.
        image: the image that they were marked on: a file may state them in one of its header's transforms.
        plan_folder: where the plan's file is, None when it was never saved: the image may have moved with it.
    """

    path: Path
    image: ImageReference
    plan_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class AddPointsRequest:
    """What to add to which plan.

    Attributes:
        plan_path: a plan file or a plan folder.
        points_path: the file of points.
        frame: the frame of its coordinates as the user states it; needed when the file states none.
        aim_key: abbreviation of the structure that the points aim at, as the user states it.
        image_path: where the plan's image is now, when it is no longer where the plan says.
    """

    plan_path: Path
    points_path: Path
    frame: PointFrame | None = None
    aim_key: str | None = None
    image_path: Path | None = None


@dataclass(frozen=True, slots=True)
class SetLandmarksRequest:
    """Which landmarks to put into which plan.

    Attributes:
        plan_path: a plan file or a plan folder.
        points_path: the file of points.
        frame: the frame of its coordinates as the user states it; needed when the file states none.
        image_path: where the plan's image is now, when it is no longer where the plan says.
    """

    plan_path: Path
    points_path: Path
    frame: PointFrame | None = None
    image_path: Path | None = None


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export and where to.

    Attributes:
        plan_path: a plan file or a plan folder.
        formats: names from ``ALL_FORMATS``; all of them when empty or when one is ``all``.
        out: folder to write into, made when missing; the plan's own folder when None.
        overwrite: whether files of the same names may be replaced.
        image_path: where the plan's image is now, when it is no longer where the plan says.
        dicom_series: folder of the DICOM series the image was made from; where the image was read from a folder of
            DICOM files, that is the default.
        keep_identity: whether DICOM objects carry the patient's identity and the study's date.
        paper: of the printed report, A4 or Letter; empty for the usual one of the place.
        review: of the plan, or parts of it, when at hand, as of :class:`OpenPlanRequest`.
        simulated: what the plan's treatment does, when at hand; one of another plan is not used.
    """

    plan_path: Path
    formats: tuple[str, ...] = ()
    out: Path | None = None
    overwrite: bool = False
    image_path: Path | None = None
    dicom_series: Path | None = None
    keep_identity: bool = False
    paper: str = ""
    review: PlanReview | None = None
    simulated: SimulatedTreatment | None = None
