"""``fusplan atlas``: list the atlases, show one, add one of your own, remove it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from fusplan.atlas.catalogue import AnyAtlas, AtlasEntry, list_atlases, open_atlas
from fusplan.atlas.imported.label_atlas import LabelStructure
from fusplan.atlas.imported.prepare import AtlasSource
from fusplan.atlas.imported.template_maps import PATIENT_SPACE
from fusplan.atlas.mixture_atlas import Structure
from fusplan.atlas.structure_ref import CLP_KEY, clp
from fusplan.cli.console import answer, fail, interruptible, out, plain, progress_bar, verdict_markup, warn
from fusplan.cli.options import AsJson
from fusplan.cli.tables import Column, TableContent, number_column, print_table
from fusplan.errors import FusplanError
from fusplan.planning.sides import SIDES
from fusplan.progress import NoProgress
from fusplan.spatial import AcPcReading, Mni, Point, ScannerRas
from fusplan.workflows.add_atlas import AddedAtlas, add_atlas, remove_atlas
from fusplan.workflows.requests import AddAtlasRequest, RemoveAtlasRequest

app = typer.Typer(
    help="The atlases of thalamic nuclei: list, show, add your own, remove.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)

AnyStructure = Structure | LabelStructure[Mni] | LabelStructure[ScannerRas]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the atlases at hand."""
    entries = list_atlases()
    answer(as_json, {"atlases": [_entry_json(entry) for entry in entries]}, lambda: _say_list(entries))


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name of an atlas, such as morel.")], as_json: AsJson = False
) -> None:
    """Show an atlas: its nuclei, volumes, centroids, source and licence."""
    try:
        atlas = open_atlas(name)
        content = _atlas_json(atlas)
    except FusplanError as error:
        fail(error)
    answer(as_json, content, lambda: _say_atlas(atlas))


@app.command()
def add(
    path: Annotated[
        Path, typer.Argument(help="A label map (.nii, .nii.gz, .mgz) or a folder of masks (Lead-DBS, THOMAS).")
    ],
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            help="Space it lies in: 2009cAsym, 2009bAsym, NLin6Asym, 2009aSym (of MNI152), or patient.",
        ),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option("--table", help="Its look-up table (FreeSurfer, ITK-SNAP, FSL xml or lut, BIDS dseg.tsv, text)."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="Name to find it by; made of the file's name.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="What it is called on the screen.")] = None,
    licence: Annotated[
        Path | None, typer.Option("--license", help="File with its licence; else LICENSE or README beside it.")
    ] = None,
    citation: Annotated[str | None, typer.Option("--citation", help="Where it comes from, to be cited.")] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="For the patient's own space: a plan on its image, to check against.")
    ] = None,
    image: Annotated[
        Path | None, typer.Option("--image", help="For the patient's own space: its image, where there is no plan yet.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace your own atlas of that name.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add an atlas of your own, after checking that it lies on the thalamus, the right way round."""
    source = AtlasSource(path, template, table, name, title, licence, citation)
    try:
        with progress_bar() as progress, interruptible():
            added = add_atlas(AddAtlasRequest(source, plan, None, image, overwrite), progress)
    except FusplanError as error:
        fail(error)
    for sentence in added.manifest.warnings:
        warn(sentence)
    answer(as_json, _added_json(added), lambda: _say_added(added))


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="Name of one of your own atlases.")], as_json: AsJson = False
) -> None:
    """Remove one of your own atlases. Plans made with it keep their targets and proposals."""
    try:
        entry = remove_atlas(RemoveAtlasRequest(name), NoProgress())
    except FusplanError as error:
        fail(error)
    answer(as_json, {"removed": entry.name}, lambda: out.print(f"Removed {plain(entry.title)} ({plain(entry.name)})."))


def _added_json(added: AddedAtlas) -> dict[str, Any]:
    manifest = added.manifest
    return {
        "name": manifest.name,
        "title": manifest.title,
        "template": manifest.template,
        "folder": str(added.folder),
        "licence": manifest.licence,
        "citation": manifest.source,
        "image_sha256": None if manifest.image is None else manifest.image.sha256,
        "alignment": {
            "state": manifest.alignment.state,
            "findings": [finding.model_dump() for finding in manifest.alignment.findings],
        },
        "clp": manifest.clp.model_dump(),
        "notes": manifest.notes,
        "warnings": manifest.warnings,
        "structures": [structure.model_dump() for structure in manifest.structures],
    }


def _say_added(added: AddedAtlas) -> None:
    manifest = added.manifest
    count = len(manifest.structures)
    out.print(f"Added [bold]{plain(manifest.title)}[/] as {plain(manifest.name)}: {count} structures.")
    for finding in manifest.alignment.findings:
        out.print(f"{plain(finding.name)}: {verdict_markup(finding.verdict)}. {plain(finding.sentence)}")
    atlas = open_atlas(manifest.name)
    out.print(plain(atlas.method))
    out.print(f"CLp: {plain(manifest.clp.note)}")
    for note in manifest.notes:
        out.print(plain(note))
    out.print(f"Licence: {plain(manifest.licence)}. Citation: {plain(manifest.source)}.")
    out.print(f"Kept in {plain(added.folder)}")


def _entry_json(entry: AtlasEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "title": entry.title,
        "template": entry.template,
        "source": entry.source,
        "licence": entry.licence,
        "origin": entry.origin,
        "problem": entry.problem,
        "warnings": entry.warnings,
        "image_sha256": entry.image_sha256,
    }


def _say_list(entries: tuple[AtlasEntry, ...]) -> None:
    rows = []
    for entry in entries:
        space = "one patient's own" if entry.template == PATIENT_SPACE else entry.template
        cells = (entry.name, entry.title, space, entry.origin if entry.problem is None else "broken")
        rows.append([plain(cell) for cell in cells])
    print_table(TableContent.of(map(Column, ("name", "title", "template", "origin")), rows))
    for entry in entries:
        for sentence in (*entry.warnings, *([entry.problem] if entry.problem is not None else [])):
            out.print(f"[yellow]{plain(entry.name)}:[/] {plain(sentence)}")


def _template_reading(atlas: AnyAtlas, structure: AnyStructure) -> AcPcReading | None:
    """Where a centroid lies in the template's AC-PC frame; None in a patient's own space."""
    place: Point[Mni] | Point[ScannerRas] = structure.centroid
    return atlas.acpc.read(place) if isinstance(place.frame, Mni) else None


def _structure_json(atlas: AnyAtlas, structure: AnyStructure) -> dict[str, Any]:
    frame = atlas.frame.template if isinstance(atlas.frame, Mni) else "scanner"
    content: dict[str, Any] = {
        "abbreviation": structure.abbreviation,
        "name": structure.name,
        "side": structure.side,
        "volume_mm3": structure.volume_mm3,
        f"centroid_{frame}_ras_mm": structure.centroid.coordinates,
    }
    reading = _template_reading(atlas, structure)
    if reading is not None:
        content["acpc_of_template"] = {
            "lateral_mm": reading.lateral_mm,
            "anterior_of_pc_mm": reading.anterior_of_pc_mm,
            "above_plane_mm": reading.above_plane_mm,
        }
    return content


def _clp_json(atlas: AnyAtlas) -> dict[str, Any] | None:
    """CLp in the template; None where the atlas describes none or lies in one head only."""
    part = atlas.part(CLP_KEY)
    if part is None or not isinstance(atlas.frame, Mni):
        return None
    return {
        "definition": part.rule,
        "volume_mm3": {side: atlas.volume_mm3(clp(side)) for side in SIDES},
        f"centroid_{atlas.frame.template}_ras_mm": {side: atlas.centroid(clp(side)).coordinates for side in SIDES},
    }


def _atlas_json(atlas: AnyAtlas) -> dict[str, Any]:
    return {
        "name": atlas.name,
        "title": atlas.title,
        "template": atlas.frame.template if isinstance(atlas.frame, Mni) else PATIENT_SPACE,
        "source": atlas.source,
        "licence": atlas.licence,
        "licence_text": atlas.licence_text,
        "method": atlas.method,
        "notes": atlas.notes,
        "warnings": atlas.warnings,
        "clp": _clp_json(atlas),
        "clp_note": atlas.note_on(CLP_KEY),
        "structures": [_structure_json(atlas, structure) for structure in atlas.structures],
    }


def _say_atlas(atlas: AnyAtlas) -> None:
    where = atlas.frame.template if isinstance(atlas.frame, Mni) else "the own space of one patient's image"
    out.print(f"[bold]{plain(atlas.title)}[/] in {plain(where)}")
    out.print(f"Source: {plain(atlas.source)}")
    out.print(plain(atlas.method))
    out.print(f"Licence: {plain(atlas.licence)}")
    for sentence in atlas.warnings:
        out.print(f"[yellow]Note:[/] {plain(sentence)}")
    for note in atlas.notes:
        out.print(plain(note))
    print_table(_structures_table(atlas))
    clp = _clp_json(atlas)
    if clp is None:
        out.print(plain(atlas.note_on(CLP_KEY)))
        return
    for side in SIDES:
        out.print(f"CLp {side}: {clp['volume_mm3'][side]:.0f} mm3 ({plain(clp['definition'])})")


def _structures_table(atlas: AnyAtlas) -> TableContent:
    rows = []
    structures: Sequence[AnyStructure] = atlas.structures
    for structure in sorted(structures, key=lambda one: (one.abbreviation, one.side)):
        reading = _template_reading(atlas, structure)
        numbers = ("", "", "")
        if reading is not None:
            numbers = (
                f"{reading.lateral_mm:.1f}", f"{reading.anterior_of_pc_mm:+.1f}", f"{reading.above_plane_mm:+.1f}",
            )  # fmt: skip
        rows.append(
            (
                plain(structure.abbreviation),
                plain(structure.name),
                structure.side,
                f"{structure.volume_mm3:.0f}",
                "{:6.1f} {:6.1f} {:6.1f}".format(*structure.centroid.coordinates),
                *numbers,
            )
        )
    of_numbers = ("mm3", f"centroid, {atlas.frame.label}", "lateral", "of PC", "above plane")
    columns = (Column("", whole=True), Column("nucleus"), Column("side"), *map(number_column, of_numbers))
    return TableContent.of(columns, rows)
