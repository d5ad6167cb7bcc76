"""The help pages: every link and picture is there, and every number is what the engine computes."""

from __future__ import annotations

import re
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from fusplan.atlas.catalogue import BUILT_IN, load_atlas, load_template
from fusplan.atlas.structure_ref import CLP_KEY, clp
from fusplan.atlas.template_acpc import template_acpc
from fusplan.display.help_pages import (
    ORDER,
    UnknownHelpPageError,
    anchor_of,
    find_page,
    help_folder,
    load_pages,
    search_pages,
    split_link,
)
from fusplan.export.coordinate_frames import HeadFrames
from fusplan.export.points_in import read_points
from fusplan.imaging.volume import Volume
from fusplan.notice import RESEARCH_ONLY
from fusplan.planning import agreement, checks, consensus, error_sources, proposal_spread, uncertainty
from fusplan.planning.lesion_size import parse_lesion_size
from fusplan.spatial import AcPcGeometry, Point, Points, acpc_geometry, read_acpc
from fusplan.workflows.export_plan import ALL_FORMATS

PAGES = load_pages()
NAMES = [page.name for page in PAGES]
LARGEST_PICTURE_BYTES = 250_000


def text_of(name: str) -> str:
    return find_page(PAGES, name).text


def flowing(name: str) -> str:
    """A page's words with single blanks, as a reader sees them."""
    return " ".join(text_of(name).split())


def rows_under(name: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    part = text_of(name).split(f"\n{heading}\n", 1)[1]
    lines = [line for line in re.split(r"\n#+ ", part)[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_all_pages_are_there_and_listed_on_the_first() -> None:
    assert tuple(NAMES) == ORDER
    linked = {split_link(link)[0] for link in find_page(PAGES, "index").links}
    assert linked == set(NAMES) - {"index"}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_has_one_title_the_notice_and_links_that_lead_somewhere(page: object) -> None:
    assert page.text.startswith("# ")
    assert len(re.findall(r"^# ", page.text, re.MULTILINE)) == 1
    assert f"*{RESEARCH_ONLY}*" in page.text.splitlines()[2]
    assert len(set(page.anchors)) == len(page.anchors)
    for link in page.links:
        if link.startswith("https://"):
            continue
        name, anchor = split_link(link)
        other = find_page(PAGES, name) if name else page
        assert link.split("#")[0].endswith(".md") or not name
        assert not anchor or anchor in other.anchors
    for picture in page.pictures:
        path = help_folder() / picture
        assert path.stat().st_size < LARGEST_PICTURE_BYTES
        with Image.open(path) as opened:
            assert opened.format == "PNG"
            opened.load()


def test_no_picture_lies_about_unused() -> None:
    used = {(help_folder() / picture).resolve() for page in PAGES for picture in page.pictures}
    assert {path.resolve() for path in (help_folder() / "pictures").iterdir()} == used


def test_pages_are_found_and_searched() -> None:
    assert find_page(PAGES, "Frames.md").title == "Coordinate frames"
    with pytest.raises(UnknownHelpPageError, match="nonsense") as caught:
        find_page(PAGES, "nonsense")
    assert "tutorial" in caught.value.remedy
    assert search_pages(PAGES, "sham-controlled TRIAL").keys() >= {"index", "evidence"}
    assert search_pages(PAGES, "rainbow") == {}
    assert anchor_of("1. Open the head, now!") == "1-open-the-head-now"


# Formats


def test_every_export_format_and_every_file_of_it_is_on_the_formats_page() -> None:
    rows = {row[0].strip("`"): row for row in rows_under("formats", "## Out")}
    # The printed report may not be there yet; a page that names it is no harm.
    assert set(ALL_FORMATS) <= set(rows) <= {*ALL_FORMATS, "pdf"}
    for name, one in ALL_FORMATS.items():
        for file in one.file_names:
            assert f"`{file}`" in rows[name][1] or f"`{file}/`" in rows[name][1], (name, file)


def test_every_format_of_images_and_points_that_is_read_is_on_the_page(tmp_path: object) -> None:
    from fusplan.session.file_controller import POINT_SUFFIXES

    page = text_of("formats")
    endings = {".nii", ".nii.gz", ".hdr", ".img", ".mgh", ".mgz", ".dcm", ".zip", ".mrk.json", ".fcsv", ".txt", ".csv"}
    for ending in endings | set(POINT_SUFFIXES):
        assert f"`{ending}`" in page, ending
    readers = {function for function in read_points.__code__.co_names if function.startswith("read_")}
    assert readers == {"read_markups", "read_fcsv", "read_brainsight", "read_table"}
    assert len(rows_under("formats", "## Points in")) == len(readers)


def test_every_kind_of_atlas_that_is_read_is_on_the_atlases_page() -> None:
    from fusplan.atlas.imported.table_forms import TableForm
    from fusplan.atlas.imported.template_maps import TEMPLATES

    words = flowing("atlases")
    for named in (*(form for form in get_args(TableForm) if form != "built-in"), *TEMPLATES, *BUILT_IN):
        assert named in words, named


# Frames


def example() -> tuple[Volume, AcPcGeometry]:
    """The head of the example on the frames page, from the page's own words."""
    page = text_of("frames")
    matrix = np.array([[float(value) for value in line.split()] for line in re.findall(r"^ {6}(.*)$", page, re.M)])
    affine = np.vstack([matrix, [0, 0, 0, 1]])
    shape = tuple(int(size) for size in re.search(r"An image of (\d+) x (\d+) x (\d+) voxels", page).groups())
    volume = Volume.of_array(np.zeros(shape, np.float32), affine, "a" * 64)
    frame = volume.scanner_frame
    words = flowing("frames")
    ac, pc, midline = (
        Point.of(frame, [float(value) for value in re.search(pattern, words).group(1).split(",")])
        for pattern in (r"AC \(([^)]*)\)", r"PC \(([^)]*)\)", r"midline point \(([^)]*)\)")
    )
    return volume, acpc_geometry(ac, pc, Points.gather([midline]))


def test_the_example_of_the_frames_page_is_what_the_engine_computes() -> None:
    volume, geometry = example()
    rows = dict(rows_under("frames", "## An example"))
    point = Point.of(volume.scanner_frame, [float(value) for value in rows["scanner RAS mm"].split(",")])
    frames = HeadFrames(volume, geometry)
    expected = {
        "scanner RAS mm": point.coordinates,
        "scanner LPS mm": (-point.x, -point.y, point.z),
        "voxel (i, j, k), from 0": volume.scanner_to_voxel.apply(point).coordinates,
        **{
            frames.labels[f"acpc_{origin}"]: geometry.scanner_to_acpc(origin).apply(point).coordinates
            for origin in ("mcp", "pc", "ac")
        },
    }
    assert rows == {label: ", ".join(f"{value:.2f}" for value in values) for label, values in expected.items()}
    words = flowing("frames")
    assert f"In words: {read_acpc(point, geometry).words}." in words
    assert f"AC to PC is {geometry.length_mm:.2f} mm" in words
    assert "The midpoint is ({:.1f}, {:.1f}, {:.1f})".format(*geometry.mcp.coordinates) in words
    assert f"a roll of {geometry.midplane.roll_deg:.1f} and a yaw of {geometry.midplane.yaw_deg:.1f} degrees" in words
    # The readings differ as the page says: along y by half of AC-PC and by all of it.
    along = [float(rows[f"AC-PC mm from {origin}"].split(",")[1]) for origin in ("PC", "MCP", "AC")]
    assert np.diff(along) == pytest.approx([-geometry.length_mm / 2] * 2, abs=0.02)


def test_the_templates_table_is_true_to_itself_and_to_the_shipped_template() -> None:
    rows = {name: cells for name, *cells in rows_under("frames", "### Templates")}
    for ac, pc, length in rows.values():
        apart = np.subtract(*(np.array([float(value) for value in text.split(",")]) for text in (ac, pc)))
        assert float(length) == pytest.approx(np.linalg.norm(apart), abs=0.005)
    template = load_template()
    marks = template.landmarks
    ac, pc, length = rows[template.frame.template]
    assert ac == ", ".join(f"{value:.3f}" for value in marks.ac.coordinates)
    assert pc == ", ".join(f"{value:.3f}" for value in marks.pc.coordinates)
    assert f"{template_acpc(marks).length_mm:.2f}" == length


def test_the_tilt_of_a_wrong_mark_and_the_reading_of_a_nucleus() -> None:
    words = flowing("frames")
    pitch_deg = float(np.degrees(np.arctan(0.5 / 25)))
    assert f"pitched by {pitch_deg:.1f} degrees" in words
    assert f"moves by {10 * np.sin(np.radians(pitch_deg)):.1f} mm in height" in words
    morel = load_atlas("morel")
    place = morel.structure("CL", "left").centroid
    assert "({:.2f}, {:.2f}, {:.2f}) in MNI152NLin2009cAsym".format(*place.coordinates) in words
    assert f"There it reads: {morel.acpc.read(place).words}." in words


def test_lps_is_said_as_it_is_computed() -> None:
    assert "LPS = (-x, -y, z) of RAS" in text_of("frames")
    assert "Right and left are always the patient's" in text_of("frames")


# Anatomy


def test_the_table_of_neighbours_is_that_of_the_atlas() -> None:
    morel = load_atlas("morel")
    rows = rows_under("anatomy", "## What lies next to it")
    assert len(rows) == 12
    for abbreviation, name, volume, lateral, anterior, above, _ in rows:
        one = morel.structure(abbreviation, "left")
        reading = morel.acpc.read(one.centroid)
        assert (name, float(volume)) == (one.name, one.volume_mm3)
        numbers = (reading.lateral_mm, reading.anterior_of_pc_mm, reading.above_plane_mm)
        assert (lateral, anterior, above) == tuple(f"{value + 0.0:.1f}" for value in numbers), abbreviation


NO_NUCLEI_OF_AN_ATLAS = {"CLp", "Vim", "Vc", "IL", "MD", "VPL"}
"""Names that a page explains: a part of CL, other nomenclatures, several nuclei together."""

LIKE_A_NUCLEUS = re.compile(
    r"\b(?:(?:CL|CM|MD|VP|VL|VA|AV|AM|AD|LP|LD|VM)(?:[ILM]?[a-z]{0,2})|Pu[AILM]|PU[ailm]|Pf|Li|Hb|STh|STN|RN|IL|Vim|Vc|"
    r"LGN(?:[mp]c)?|MGN|CeM)\b"
)


def test_every_nucleus_that_a_page_names_exists() -> None:
    known = {one.abbreviation for name in BUILT_IN for one in load_atlas(name).structures}
    named = {word for page in PAGES for word in LIKE_A_NUCLEUS.findall(page.text)}
    assert {"CL", "CLp", "PuM", "CM", "MDpc", "VLpv", "Hb"} <= named
    assert named - known <= NO_NUCLEI_OF_AN_ATLAS


def test_clp_and_the_rule_are_told_as_they_are() -> None:
    from fusplan.atlas.presets import CLP_RULE

    words = flowing("anatomy")
    morel = load_atlas("morel")
    assert f"at most {morel.part(CLP_KEY).most_anterior_of_pc_mm:g} mm in front of the PC" in words
    assert f"**{CLP_RULE.lateral_from_wall_mm:g} mm lateral of the wall of the third ventricle" in words
    assert f"(or {CLP_RULE.lateral_mm:g} mm from the midline)" in words
    assert (
        f"{CLP_RULE.anterior.offset_mm:g} mm in front of PC, {CLP_RULE.above_plane_mm:g} mm above the plane**" in words
    )
    assert f"within {consensus.WITHIN_MM:g} mm of the AC-PC rule's point" in words
    assert f"Among places as good, within {consensus.AS_GOOD_AS_THE_BEST:.0%}".replace("%", " %") in words
    assert consensus.LEAST_SHARE == 1 / 4
    lesion = consensus.STANDARD_LESION
    assert f"an upright lesion of {lesion.across_mm[0]:g} x {lesion.along_mm:g} mm" in words
    julich = load_atlas("julich").structure("CL", "left")
    assert f"the label of the {julich.name.lower()}: {julich.volume_mm3:g} mm³ on the left" in words


# Accuracy


def test_sizes_and_limits_of_the_accuracy_page_are_the_programs_own() -> None:
    words = flowing("accuracy")
    errors = {row[0]: row[1] for row in rows_under("accuracy", "## Where the error comes from")}
    for verdict, size_mm in error_sources.REGISTRATION_RMS_MM.items():
        key = "registration, verdict ok" if verdict == "ok" else f"registration, {verdict}"
        assert float(errors[key].split()[0]) == size_mm
    device = ", ".join(f"{value:.2f}" for value in error_sources.DEVICE_RMS_MM)
    assert errors["the device"].startswith(device)
    assert errors["marking the midline"].startswith(f"{error_sources.MIDLINE_PICK_SD_MM:g} ")
    assert float(errors["this person's nucleus against the atlas"].split()[0]) == error_sources.INTER_SUBJECT_RMS_MM
    assert error_sources.CARELESS_PICK_SHARE == 1 / 5
    assert error_sources.ATLAS_SHARE_OF_DISTANCE == 1 / 2
    assert f"{uncertainty.DRAWS:,} times".replace(",", " ") in words
    assert f"**{uncertainty.REGION:.0%} region**".replace("%", " %") in words
    assert f"more than {uncertainty.TOUCH_SHARE:.0%} of the lesion".replace("%", " %") in words
    proposals = [row[0] for row in rows_under("accuracy", "### The proposals")]
    near, warned = agreement.AGREE_WITHIN_MM, proposal_spread.WARNING_DEVIATIONS
    unusual, beyond_mm = proposal_spread.ERROR_DEVIATIONS, proposal_spread.BEYOND_THE_LARGEST_MM
    assert proposals == [
        f"up to {near:g} mm, or {warned:g} standard deviations above the mean",
        "beyond that",
        f"beyond {unusual:g} standard deviations, and {beyond_mm:g} mm above the largest",
    ]
    assert f"in {proposal_spread.reference_spread().head_count} reference heads" in words
    limits = {row[0]: row[1:] for row in rows_under("accuracy", "### The frame and the targets")}
    low, high = checks.ACPC_LENGTH_OK_MM
    assert limits["AC-PC length"][0] == f"{low:.1f} to {high:.1f} mm"
    low, high = checks.ACPC_LENGTH_POSSIBLE_MM
    assert limits["AC-PC length"][2] == f"below {low:g} or above {high:g} mm"
    for row, limit, unit in (
        ("midline points from one plane", checks.MIDLINE_RESIDUAL, " mm"),
        ("roll, yaw of the head", checks.ROLL_OR_YAW, "°"),
        ("pitch of the head", checks.PITCH, "°"),
    ):
        assert limits[row][:2] == [f"up to {limit.warning:g}{unit}", f"up to {limit.error:g}{unit}"]
    sides = checks.SIDES_DIFFER
    assert limits["left and right CLp targets, along one axis"][:2] == [
        f"differ up to {sides.warning:g} mm", f"up to {sides.error:g} mm"
    ]  # fmt: skip
    assert limits["lesion to the wall of the third ventricle"][0] == f"{checks.CLEAR_OF_WALL_MM:g} mm and more"


@pytest.mark.parametrize(("size", "page"), [("4x5", "accuracy"), ("4x7", "accuracy"), ("4x5", "tutorial")])
def test_volumes_of_lesions_are_those_of_ellipsoids(size: str, page: str) -> None:
    wanted = parse_lesion_size(size)
    first, second, length = *wanted.across_mm, wanted.along_mm
    volume = np.pi / 6 * first * second * length
    assert re.search(rf"4 x 4 x {length:g} mm (ellipsoid )?(has )?{volume:.0f} mm³", flowing(page)), volume
    volume = load_atlas("morel").volume_mm3(clp("left"))
    assert volume == pytest.approx(440, rel=0.08)


# Through the skull


def test_every_option_of_simulate_is_on_its_page() -> None:
    import typer

    from fusplan.cli.main import app

    page = text_of("through-the-skull")
    command = typer.main.get_command(app).commands["simulate"]
    options = [name for parameter in command.params for name in parameter.opts if name.startswith("--")]
    assert len(options) >= 14
    for name in options:
        assert f"`{name}`" in page, name


def test_figures_of_the_helmet_and_the_heat_are_the_programs_own() -> None:
    from fusplan.planning import treatment_edits
    from fusplan.simulation import acoustic_map, element_report, helmet_fit, predicted_lesion, spot_pattern, transducer
    from fusplan.simulation.heated_region import BROADENING_SIGMA_MM
    from fusplan.simulation.skull_density_ratio import SDR_LEAST
    from fusplan.simulation.sonication import CALIBRATED_SPREAD, LOSS_PER_REPEAT, HeatingCalibration
    from fusplan.simulation.thermometry_settings import ThermometrySettings

    rows = {row[0]: row[1] for row in rows_under("through-the-skull", "## The helmet")}
    assert rows["elements, radius of the sphere"] == f"{transducer.ELEMENTS}; {transducer.RADIUS_MM:g} mm"
    assert rows["frequency"].startswith(f"{transducer.FREQUENCY_HZ / 1000:g} kHz")
    assert rows["an element is off above"].startswith(f"{element_report.INCIDENCE_LIMIT_DEG:g}°")
    kept = (helmet_fit.LEAST_ELEMENT_DISTANCE_MM, helmet_fit.LEAST_RIM_DISTANCE_MM)
    assert rows["distance kept from the skin"] == f"elements {kept[0]:g} mm, rim {kept[1]:g} mm"
    assert rows["electronic steering"].startswith(f"up to {treatment_edits.LARGEST_STEERING_MM:g} mm")
    words, calibration, settings = flowing("through-the-skull"), HeatingCalibration(), ThermometrySettings()
    low, high = calibration.band
    for told in (
        f"a kilojoule *shows*: {calibration.shown_celsius_per_kj:g}",
        f"with {low:.2f} to {high:g} as likely".replace("1.15", "1.1"),
        f"{100 * CALIBRATED_SPREAD:g} % of doubt",
        f"heats {100 * LOSS_PER_REPEAT:g} % less",
        f"blurred by {BROADENING_SIGMA_MM:g} mm",
        f"mostly asked for {SDR_LEAST:.2f}",
        f"shows {spot_pattern.SPOT_SHOWN_CELSIUS:g} °C for {spot_pattern.SPOT_DURATION_S:g} s, "
        f"{spot_pattern.SPOT_INTERVAL_S:g} s apart",
        f"voxels of {settings.voxel_mm:g} mm, slices of {settings.slice_mm:g} mm, frames of {settings.frame_s:g} s",
    ):
        assert told in words, told
    contours = {row[0] for row in rows_under("through-the-skull", "## Dose, and the lesion to expect")}
    assert contours == set(predicted_lesion.CONTOUR_WORDS.values())
    for name in acoustic_map.ACOUSTIC_MAPS:
        assert f"`{name}`" in words


def test_what_is_not_simulated_is_told_on_the_page() -> None:
    words = flowing("through-the-skull")
    for told in ("near field", "standing waves", "shear waves", "refraction", "bone, skin and dura", "teaching event"):
        assert told in words
    assert "no treatment may be set by them" in words.lower()
