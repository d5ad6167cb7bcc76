"""``fusplan atlas list`` and ``fusplan atlas show NAME``."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from fusplan.atlas.catalogue import AtlasEntry, list_atlases, load_atlas
from fusplan.atlas.mixture_atlas import MixtureAtlas, Structure
from fusplan.cli.console import answer, fail, out, plain
from fusplan.cli.options import AsJson
from fusplan.errors import FusplanError
from fusplan.planning.sides import SIDES

app = typer.Typer(help="The atlases of thalamic nuclei: list them, show one.", no_args_is_help=True)


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
        atlas = load_atlas(name)
    except FusplanError as error:
        fail(error)
    answer(as_json, _atlas_json(atlas), lambda: _say_atlas(atlas))


def _entry_json(entry: AtlasEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "title": entry.title,
        "template": entry.template,
        "source": entry.source,
        "licence": entry.licence,
        "origin": entry.origin,
        "problem": entry.problem,
    }


def _say_list(entries: tuple[AtlasEntry, ...]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("name", "title", "template", "origin"):
        table.add_column(column)
    for entry in entries:
        cells = (entry.name, entry.title, entry.template, entry.origin if entry.problem is None else "broken")
        table.add_row(*map(plain, cells))
    out.print(table)
    for entry in entries:
        if entry.problem is not None:
            out.print(f"[yellow]{plain(entry.name)}:[/] {plain(entry.problem)}")


def _structure_json(atlas: MixtureAtlas, structure: Structure) -> dict[str, Any]:
    reading = atlas.acpc_of_centroid(structure)
    return {
        "abbreviation": structure.abbreviation,
        "name": structure.name,
        "side": structure.side,
        "volume_mm3": structure.volume_mm3,
        f"centroid_{atlas.frame.template}_ras_mm": structure.centroid.coordinates,
        "acpc_of_template": {
            "lateral_mm": reading.lateral_mm,
            "anterior_of_pc_mm": reading.anterior_of_pc_mm,
            "above_plane_mm": reading.above_plane_mm,
        },
    }


def _atlas_json(atlas: MixtureAtlas) -> dict[str, Any]:
    return {
        "name": atlas.name,
        "title": atlas.title,
        "template": atlas.frame.template,
        "source": atlas.source,
        "licence": atlas.licence,
        "notes": atlas.notes,
        "clp": {
            "definition": f"{atlas.clp_structure} at most {atlas.clp_most_anterior_of_pc_mm:g} mm in front of the PC",
            "volume_mm3": {side: atlas.clp_volume_mm3(side) for side in SIDES},
            f"centroid_{atlas.frame.template}_ras_mm": {side: atlas.clp_centroid(side).coordinates for side in SIDES},
        },
        "structures": [_structure_json(atlas, structure) for structure in atlas.structures],
    }


def _say_atlas(atlas: MixtureAtlas) -> None:
    out.print(f"[bold]{plain(atlas.title)}[/] in {plain(atlas.frame.template)}")
    out.print(plain(atlas.source))
    out.print(f"Licence: {plain(atlas.licence)}")
    for note in atlas.notes:
        out.print(plain(note))
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in ("", "nucleus", "side"):
        table.add_column(column)
    for column in ("mm3", f"centroid, {atlas.frame.label}", "lateral", "of PC", "above plane"):
        table.add_column(column, justify="right")
    for structure in sorted(atlas.structures, key=lambda one: (one.abbreviation, one.side)):
        reading = atlas.acpc_of_centroid(structure)
        table.add_row(
            plain(structure.abbreviation),
            plain(structure.name),
            structure.side,
            f"{structure.volume_mm3:.0f}",
            "{:6.1f} {:6.1f} {:6.1f}".format(*structure.centroid.coordinates),
            f"{reading.lateral_mm:.1f}",
            f"{reading.anterior_of_pc_mm:+.1f}",
            f"{reading.above_plane_mm:+.1f}",
        )
    out.print(table)
    for side in SIDES:
        out.print(
            f"CLp {side}: {atlas.clp_volume_mm3(side):.0f} mm3 "
            f"({atlas.clp_structure} at most {atlas.clp_most_anterior_of_pc_mm:g} mm in front of the PC)"
        )
