"""One point in every frame: each row says in which frame it is, in which unit, and which way its numbers count."""

from __future__ import annotations

from fusplan.export.readings import PointReading
from fusplan.planning.number_words import number
from fusplan.report.markup import text

RAS = "right, anterior, superior"


def coordinates_table(reading: PointReading) -> str:
    """The point in every frame; nobody has to guess an axis or a sign."""
    rows = (
        (reading.scanner.frame.label, RAS, reading.scanner.coordinates, 2),
        ("LPS mm (DICOM, ITK)", "left, posterior, superior", reading.lps_mm, 2),
        (reading.acpc_from_mcp.frame.label, RAS, reading.acpc_from_mcp.coordinates, 2),
        (reading.acpc_from_pc.frame.label, RAS, reading.acpc_from_pc.coordinates, 2),
        (reading.acpc_from_ac.frame.label, RAS, reading.acpc_from_ac.coordinates, 2),
        (reading.mni.frame.label, RAS, reading.mni.coordinates, 2),
        (reading.voxel.frame.label, "along the file's own axes", reading.voxel.coordinates, 2),
    )
    shown = []
    for frame, meaning, values, decimals in rows:
        cells = "".join(f'<td class="number">{number(value, decimals)}</td>' for value in values)
        shown.append(
            f'<tr data-frame="{text(frame)}"><th scope="row">{text(frame)}</th>'
            f'<td class="small">{text(meaning)}</td>{cells}</tr>'
        )
    words = reading.words.words
    return (
        f"<p>{text(words[0].upper() + words[1:])}.</p>"
        '<table class="coordinates"><thead><tr><th scope="col">Frame and unit</th><th scope="col">Counted towards</th>'
        '<th scope="col" class="number" colspan="3">Coordinates</th></tr></thead>'
        f"<tbody>{''.join(shown)}</tbody></table>"
    )
