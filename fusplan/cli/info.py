"""``fusplan info IMAGE``: what an image holds and whether it can be planned on; of DICOM which series there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fusplan.atlas.catalogue import load_template
from fusplan.atlas.template_files import load_coarse_template
from fusplan.cli.console import answer, fail, out, plain
from fusplan.cli.options import AsJson, AssumeScannerRas, ImagePath, SeriesChoice, VolumeIndex
from fusplan.cli.series import listed_series, say_series, series_as_json
from fusplan.cli.tables import Column, TableContent, print_table
from fusplan.errors import FusplanError
from fusplan.imaging.describe import ImageDescription, describe_image, describe_series
from fusplan.imaging.read import holds_series
from fusplan.registration.head_turning import HeaderTurn
from fusplan.registration.header_turn import seems_turned
from fusplan.registration.request import NoHeadError

if TYPE_CHECKING:
    from fusplan.registration.first_sight import FirstSight


def info(
    image: ImagePath,
    volume: VolumeIndex = None,
    series: SeriesChoice = None,
    assume_scanner_ras: AssumeScannerRas = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not look for the head, which tells what kind of image it is.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what an image file holds: size, spacing, orientation, transforms, kind of image, and what is odd about it.

    Of DICOM (a folder, a zip or a file) the series are listed; with --series one of them is described.
    """
    try:
        if series is None and holds_series(image):
            listed = listed_series(image)
            answer(as_json, series_as_json(image, listed), lambda: say_series(image, listed))
            return
        if series is not None:
            described = describe_series(image, listed_series(image), series)
        else:
            described = describe_image(image, volume_index=volume, assume_scanner_ras=assume_scanner_ras)
    except FusplanError as error:
        fail(error)
    turn = _header_turn(described)
    seen = _at_first_sight(described) if turn is None and not quick else None
    content = {
        **_as_json(described),
        "header_turn": None if turn is None else turn.sentence,
        "first_sight": None if seen is None else _seen_as_json(seen),
    }
    answer(as_json, content, lambda: _say(described, turn, seen))


def _header_turn(image: ImageDescription) -> HeaderTurn | None:
    """How a head seems to lie in its header, where that is clearly otherwise than the header says."""
    if image.volume is None or image.problem is not None:
        return None
    try:
        return seems_turned(image.volume, load_coarse_template())
    except NoHeadError:
        return None


def _at_first_sight(image: ImageDescription) -> FirstSight | None:
    """What a quick look tells of what can be planned on."""
    if image.volume is None or image.problem is not None:
        return None
    # Aligns images, which takes long to import.
    from fusplan.registration.first_sight import at_first_sight  # noqa: PLC0415

    try:
        return at_first_sight(image.volume, load_template())
    except NoHeadError:
        return None


def _seen_as_json(seen: FirstSight) -> dict[str, Any]:
    contrast = seen.contrast
    return {
        "is_head": seen.is_head,
        "kind": None if contrast is None else contrast.kind,
        "certainty": None if contrast is None else contrast.certainty,
        "sentence": f"{seen.sentence}.",
    }


def _as_json(image: ImageDescription) -> dict[str, Any]:
    affine = image.voxel_to_scanner
    return {
        "path": str(image.path),
        "format": image.format_name,
        "shape": image.shape,
        "volumes": image.volume_count,
        "spacing_mm": image.spacing_mm,
        "extent_mm": image.extent_mm,
        "orientation": image.orientation,
        "oblique_deg": image.oblique_deg,
        "transform": image.transform,
        "voxel_to_scanner_ras": None if affine is None else affine.tolist(),
        "datatype": image.datatype,
        "intensity_range": image.intensity_range,
        "notes": [note.sentence for note in image.notes],
        "image_notes": [note.as_json for note in image.notes],
        "problem": image.problem,
        "remedy": image.remedy,
        "sha256": image.fingerprint,
    }


def _say(image: ImageDescription, turn: HeaderTurn | None, seen: FirstSight | None) -> None:
    rows = []
    volumes = "" if image.volume_count == 1 else f", {image.volume_count} volumes"
    rows.append(("file", f"{image.name} ({image.format_name}, {image.datatype})"))
    rows.append(("voxels", " x ".join(str(size) for size in image.shape) + volumes))
    rows.append(("spacing", " x ".join(f"{spacing:.3g}" for spacing in image.spacing_mm) + " mm"))
    rows.append(("extent", " x ".join(f"{extent:.0f}" for extent in image.extent_mm) + " mm"))
    oblique = "" if image.oblique_deg is None else f", oblique by {image.oblique_deg:.1f} deg"
    rows.append(("orientation", "unknown" if image.orientation is None else image.orientation + oblique))
    rows.append(("placed by", image.transform or "nothing in the file"))
    if image.intensity_range is not None:
        rows.append(("intensities", "{:g} to {:g}".format(*image.intensity_range)))
    rows.append(("sha256", image.fingerprint))
    cells = [(f"[dim]{name}[/]", plain(what)) for name, what in rows]
    print_table(TableContent.of((Column(whole=True), Column()), cells))
    for note in image.notes:
        out.print(f"[yellow]Note:[/] {plain(note.sentence)}")
    if turn is not None:
        out.print(f"[red]It lies otherwise than its header says:[/] {turn.sentence}.")
    elif image.problem is None and (seen is None or seen.is_head):
        out.print("It can be planned on.")
    if seen is not None:
        is_t1 = seen.contrast is not None and seen.contrast.is_t1
        out.print(f"{seen.sentence}." if is_t1 else f"[yellow]{seen.sentence}.[/]")
    if image.problem is not None:
        out.print(f"[red]It cannot be planned on:[/] {plain(image.problem)}")
        out.print(f"[bold]What to do:[/] {plain(image.remedy)}")
