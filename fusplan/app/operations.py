"""The long work that the window hands to jobs. One value holds the functions, so that tests can put others in.

Each is a top-level function of a request and a progress. The engine is imported when work begins: the window is on
the screen before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fusplan.progress import PartOfProgress, Progress

if TYPE_CHECKING:
    from fusplan.atlas.nuclei_atlas import HeadAtlas
    from fusplan.display.drawn_atlas import DrawnAtlas
    from fusplan.display.mesh_slices import SliceableMesh
    from fusplan.imaging.dicom.series import SeriesList
    from fusplan.imaging.volume import Volume
    from fusplan.planning.plan import Plan
    from fusplan.workflows.kept_second_image import KeptSecondImage, PlacedSecondImage


@dataclass(frozen=True, slots=True)
class OpenPlan:
    """Which plan to open, and where its image is if it is not where the plan says."""

    path: Path
    image_path: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SavePlan:
    """A plan and the file it goes to."""

    plan: Plan
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class OpenedPlan:
    """A plan with the very image it was made on."""

    plan: Plan
    volume: Volume


@dataclass(frozen=True, slots=True, eq=False)
class NewPlanRequest:
    """The image to plan on, and which DICOM series. It is read again in the worker: voxels are not sent between
    processes."""

    image_path: Path
    volume_index: int | None = None
    assume_scanner_ras: bool = False
    series_uid: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PrepareAtlases:
    """Which atlases to carry to the head of a plan: only ``name``, or all but ``name``."""

    plan: Plan
    name: str
    only_it: bool


@dataclass(frozen=True, slots=True)
class ChosenImage:
    """An image file, and what the person said of it: which volume of several, counted from 1, and whether one that
    does not say how it lies in space may be taken as stored right, anterior, superior."""

    path: Path
    volume_index: int | None = None
    assume_scanner_ras: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PreparedAtlases:
    """Atlases in a patient, by name, and a sentence for every one of the user's that was left out."""

    atlases: Mapping[str, DrawnAtlas]
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChosenSeries:
    """One of the DICOM series at a path."""

    path: Path
    uid: str
    title: str


def read_image(request: ChosenImage, progress: Progress) -> Volume | SeriesList:
    """Read an image; where there are several DICOM series, list them instead. Raises FusplanError."""
    from fusplan.imaging.dicom.series import list_series  # noqa: PLC0415 - see the module's docstring
    from fusplan.imaging.read import holds_series, read_volume  # noqa: PLC0415

    path = request.path
    if holds_series(path):
        listed = list_series(path, PartOfProgress(progress, 0.0, 0.5))
        if len(listed.series) > 1:
            return listed
    progress.report(0.5, f"Reading {path.name}")
    return read_volume(path, volume_index=request.volume_index, assume_scanner_ras=request.assume_scanner_ras)


def read_series(request: ChosenSeries, progress: Progress) -> Volume:
    """Read the DICOM series that was chosen. Raises FusplanError."""
    from fusplan.imaging.read import read_volume  # noqa: PLC0415 - see the module's docstring

    progress.report(0.1, f"Reading {request.title}")
    return read_volume(request.path, series_uid=request.uid)


def demo_path(_request: None, progress: Progress) -> Path:
    """Where the built-in head is, its content checked. Raises FusplanError."""
    from fusplan.atlas.catalogue import demo_head_path  # noqa: PLC0415 - see the module's docstring

    progress.report(0.1, "Looking for the built-in head")
    return demo_head_path()


def open_plan(request: OpenPlan, progress: Progress) -> OpenedPlan:
    """Read a plan and its image, and check that they belong together. Raises FusplanError."""
    from fusplan.workflows.open_plan import OpenPlanRequest, read_plan_and_image  # noqa: PLC0415 - as above

    return OpenedPlan(*read_plan_and_image(OpenPlanRequest(request.path, request.image_path), progress))


def save_plan(request: SavePlan, progress: Progress) -> SavePlan:
    """Write a plan. Raises FileNotWritableError."""
    from fusplan.planning import plan_file  # noqa: PLC0415 - see the module's docstring

    progress.report(0.1, f"Saving {request.path.name}")
    plan_file.save_plan(request.plan, request.path)
    return request


def make_plan(request: NewPlanRequest, progress: Progress) -> Plan:
    """Align the atlas and propose targets and lesions, in a process of its own. Raises FusplanError."""
    from fusplan.workflows.make_plan import MakePlanRequest  # noqa: PLC0415 - see the module's docstring
    from fusplan.workflows.make_plan import make_plan as make  # noqa: PLC0415

    wanted = MakePlanRequest(
        request.image_path,
        volume_index=request.volume_index,
        assume_scanner_ras=request.assume_scanner_ras,
        series_uid=request.series_uid,
    )
    return make(wanted, progress).plan


def prepare_atlases(request: PrepareAtlases, progress: Progress) -> PreparedAtlases:
    """The atlases in a patient, with the surfaces of their nuclei. Raises FusplanError."""
    from fusplan.display.drawn_atlas import DrawnAtlas  # noqa: PLC0415 - Qt, which a worker process does without
    from fusplan.workflows.head_atlases import chosen_head_atlases  # noqa: PLC0415 - see the module's docstring

    progress.report(0.0, "Carrying the atlases to the head")
    found = chosen_head_atlases(request.plan, lambda name: (name == request.name) is request.only_it)
    prepared = {
        one.atlas.name: DrawnAtlas(one.atlas.name, one.atlas.short_title, one, _meshes(one, progress))
        for one in found.atlases
    }
    return PreparedAtlases(prepared, found.messages)


def _meshes(head_atlas: HeadAtlas, progress: Progress) -> tuple[SliceableMesh, ...]:
    """The nuclei's surfaces in the patient, CLp last so that it is drawn on top."""
    from fusplan.display.mesh_slices import SliceableMesh  # noqa: PLC0415 - see the module's docstring

    meshes = []
    surfaces = head_atlas.surfaces()
    for number, one in enumerate(surfaces):
        progress.report(number / len(surfaces), f"Drawing the nuclei of {head_atlas.atlas.name}")
        mesh = SliceableMesh.prepare(one.abbreviation, one.surface.vertices, one.surface.faces, one.side, one.name)
        meshes.append(mesh)
    return tuple(meshes)


def open_second_image(request: KeptSecondImage, progress: Progress) -> PlacedSecondImage:
    """Read the second image that a plan keeps, and check that it is the same. Raises FusplanError."""
    from fusplan.workflows.kept_second_image import open_second_image as open_kept  # noqa: PLC0415 - as above

    return open_kept(request, progress)


@dataclass(frozen=True, slots=True)
class Operations:
    """The functions that the window hands to jobs."""

    read_image: Callable[[ChosenImage, Progress], Volume | SeriesList] = read_image
    read_series: Callable[[ChosenSeries, Progress], Volume] = read_series
    demo_path: Callable[[None, Progress], Path] = demo_path
    open_plan: Callable[[OpenPlan, Progress], OpenedPlan] = open_plan
    save_plan: Callable[[SavePlan, Progress], SavePlan] = save_plan
    make_plan: Callable[[NewPlanRequest, Progress], Plan] = make_plan
    prepare_atlases: Callable[[PrepareAtlases, Progress], PreparedAtlases] = prepare_atlases
    open_second_image: Callable[[KeptSecondImage, Progress], PlacedSecondImage] = open_second_image
