"""Texts out of other people's files, and names on the disk, through every reader and command: nothing of them acts.

A control character, an escape sequence or a mark of writing direction is told of (``\\x1b``), and never printed, put
into a page, a table, a file's name or an answer.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import nibabel as nib
import pytest

from fusplan.export.formats import ExportMaterial
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.workflows.export_plan import ALL_FORMATS, write_formats
from tests.fixtures import plans
from tests.fixtures.command_line import fusplan_here
from tests.fixtures.dicom_series import save, series_objects
from tests.fixtures.lesion_reviews import plan_review
from tests.fixtures.simulated_plans import simulated_plan
from tests.fixtures.small_heads import head
from tests.fixtures.user_atlases import add_drawn_atlas

NASTY = "Vim\x1b[31m\u202e\u2066\x07\x9b\u200b\u200f"
ACTING = set(NASTY) - set("Vim[31m")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses such names of files")


def spoilt(value: Any, key: str = "") -> Any:
    """Every free text of a file with what acts at its end; what is one of a few words, a digest or a path stays."""
    if isinstance(value, dict):
        return {name: spoilt(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [spoilt(part, key) for part in value]
    return value + NASTY if isinstance(value, str) and key in FREE_TEXTS else value


FREE_TEXTS = {
    "name", "title", "sentence", "citation", "notes", "series_title", "engine", "recipe", "description", "label",
    "program_version", "created", "version", "notice", "source_text", "text", "rule", "words",
}  # fmt: skip


def acting(told: str) -> set[str]:
    return ACTING.intersection(told)


def require_harmless(*words: str | Path) -> None:
    """Neither words nor numbers for programs hold anything that acts, also where they are parsed."""
    for more in ((), ("--json",)):
        done = fusplan_here(*words, *more)
        assert not acting(done.stdout), (words, done.stdout)
        assert not acting(done.stderr), (words, done.stderr)
        if more and done.returncode == 0:
            assert not acting("".join(texts(json.loads(done.stdout)))), words


def texts(value: Any, key: str = "") -> list[str]:
    """Every text of an answer but the paths, which have to be those on the disk."""
    if isinstance(value, dict):
        return [text for name, part in value.items() for text in (name, *texts(part, name))]
    if isinstance(value, list):
        return [text for part in value for text in texts(part, key)]
    is_path = any(word in key for word in ("path", "folder", "files"))
    return [value] if isinstance(value, str) and not is_path else []


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A readable image with what acts in its name, its description and its intent."""
    picture = nib.Nifti1Image(head().data, head().affine)
    picture.header["descrip"] = NASTY.encode()[:79]
    picture.header["intent_name"] = b"\x1b[31m"
    path = tmp_path / f"head{NASTY}.nii.gz"
    nib.save(picture, path)
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan of other people in which every free text acts."""
    folder = tmp_path / f"case {NASTY}"
    folder.mkdir()
    path = folder / "plan.fusplan.json"
    save_plan(plans.plan(str(folder / f"T1w{NASTY}.nii.gz")), path)
    content = spoilt(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_images(image: Path, tmp_path: Path) -> None:
    require_harmless("info", image)
    require_harmless("info", image.parent / f"missing{NASTY}.nii.gz")
    require_harmless("plan", image.parent / f"missing{NASTY}.nii.gz", "--out", tmp_path / "out")
    (tmp_path / f"broken{NASTY}.nii.gz").write_bytes(b"\x1f\x8bnothing")
    require_harmless("info", tmp_path / f"broken{NASTY}.nii.gz")
    (tmp_path / f"broken{NASTY}.nii").write_bytes(b"nothing")
    require_harmless("info", tmp_path / f"broken{NASTY}.nii")
    require_harmless("info", tmp_path / f"other{NASTY}.nrrd")


@pytest.mark.parametrize("as_zip", [False, True], ids=["folder", "zip"])
def test_dicom(tmp_path: Path, as_zip: bool) -> None:
    series = series_objects()
    for dataset in series:
        dataset.SpecificCharacterSet = "ISO_IR 192"
        dataset.SeriesDescription = dataset.StudyDescription = f"T1 {NASTY}"
        dataset.ProtocolName = dataset.Manufacturer = NASTY
        dataset.ContrastBolusAgent = NASTY
    folder = save(series, tmp_path / f"study {NASTY}")
    (folder / f"letter{NASTY}.txt").write_text("not DICOM")
    (folder / f"cut{NASTY}.dcm").write_bytes(next(folder.glob("IM*")).read_bytes()[:300])
    path = folder
    if as_zip:
        path = tmp_path / f"study{NASTY}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file in folder.iterdir():
                archive.write(file, f"{NASTY}/{file.name}{NASTY}")
    require_harmless("info", path)
    require_harmless("info", path, "--series", "1")
    require_harmless("info", path, "--series", "7")


def test_plans(plan: Path) -> None:
    assert not acting(load_plan(plan).targets[0].name)
    assert not acting(load_plan(plan).image.name)
    for words in (("targets",), ("targets", "--presets"), ("landmarks",), ("export", "--format", "csv")):
        require_harmless(words[0], plan, *words[1:])
    require_harmless("targets", plan.parent / f"no{NASTY}.json")
    require_harmless("export", plan, "--format", NASTY)
    require_harmless("export", plan, "--format", "csv", "--image", plan.parent / f"gone{NASTY}.nii")


def points(folder: Path) -> list[Path]:
    """One file of points a format, with what acts in names, descriptions and what stands beside them."""
    place = "9.0,-20.0,10.0"
    markup = {"label": NASTY, "description": NASTY, "position": [9.0, 20.0, 10.0], "id": NASTY}
    whole = {"markups": [{"type": "Fiducial", "coordinateSystem": "LPS", "controlPoints": [markup]}]}
    files = {
        "a.csv": f"name,r,a,s,aim\n{NASTY},{place},{NASTY}\n",
        "b.tsv": f"name\tx\ty\tz\tframe\n{NASTY}\t9\t-20\t10\tRAS\nAC{NASTY}\tn/a\tn/a\tn/a\tRAS\n",
        "c.fcsv": f"# CoordinateSystem = 0\n# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc\n"
        f"1,{place},0,0,0,1,1,1,0,{NASTY},{NASTY},\n",
        "d.mrk.json": json.dumps(whole),
        "e.txt": f"# Version: 13\n# Coordinate system: NIfTI:Aligned\n# Target Name\tLoc. X\tLoc. Y\tLoc. Z\n"
        f"{NASTY}\t9\t-20\t10\n",
        "f.csv": f"name,r,a,s\n{NASTY},9;{NASTY},-20,10\n",
        "g.csv": f"{NASTY},{NASTY}\n",
        "h.mrk.json": json.dumps({"markups": [{"type": NASTY, "coordinateSystem": NASTY, "controlPoints": [markup]}]}),
        f"i{NASTY}.csv": "",
    }
    paths = [folder / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_text(content, encoding="utf-8")
    return paths


def test_files_of_points(plan: Path, tmp_path: Path) -> None:
    before = plan.read_bytes()
    for path in points(tmp_path):
        for words in (("targets", plan, "--add", path), ("landmarks", plan, "--from", path)):
            require_harmless(*words)
            require_harmless(*words, "--frame", "ras")
    added = [target.name for target in load_plan(plan).targets]
    assert len(added) > 2 and plan.read_bytes() != before  # some were read, by their names as they are shown
    assert not acting("".join(added))


def test_atlases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / f"atlas {NASTY}"
    add_drawn_atlas(folder, "2009cAsym")
    table = (folder / "mine.tsv").read_text(encoding="utf-8").replace("nucleus", f"nucleus{NASTY}")
    (folder / f"mine{NASTY}.tsv").write_text(table, encoding="utf-8")
    (folder / "mine.nii.gz").rename(folder / f"mine{NASTY}.nii.gz")
    named = ("--template", "2009cAsym", "--table", folder / f"mine{NASTY}.tsv")
    titled = ("--title", f"Title {NASTY}", "--citation", NASTY, "--overwrite", "--name", "mine")
    require_harmless("atlas", "add", folder / f"mine{NASTY}.nii.gz", *named, *titled)
    for words in (("list",), ("show", "mine"), ("show", NASTY), ("remove", NASTY)):
        require_harmless("atlas", *words)
    require_harmless("atlas", "add", folder / f"gone{NASTY}.nii.gz", *named)
    require_harmless("atlas", "add", folder / f"mine{NASTY}.nii.gz", "--template", NASTY)
    require_harmless("atlas", "add", folder, "--template", "2009cAsym")


@pytest.mark.parametrize(
    "words",
    [
        ("info", "x.nii", "--volume", NASTY),
        ("info", "x.nii", "--series", f"1{NASTY}"),
        ("plan", "x.nii", "--out", "y", "--seed", NASTY),
        ("targets", f"--{NASTY}"),
        ("targets", "x", "y", NASTY),
        ("targets", NASTY, "--add", "y", "--frame", NASTY),
        ("targets", NASTY, "--add", "y", "--aim", NASTY),
        ("atlas", NASTY),
        (f"--{NASTY}",),
        (NASTY,),
        ("help", NASTY),
        ("open", "x.nii", "--panel", NASTY),
        ("open", "x.nii", "--theme", NASTY),
    ],
    ids=lambda words: " ".join(words).encode("unicode_escape").decode(),
)
def test_words_of_the_command_line(words: tuple[str, ...]) -> None:
    done = fusplan_here(*words)
    assert done.returncode == 2
    told = "".join(letter for letter in done.stderr + done.stdout if letter not in "│ \n")
    assert "Vim\\x1b" in told or "x.nii" in told
    assert not acting(done.stdout + done.stderr)


def test_files_that_are_written(plan: Path, tmp_path: Path) -> None:
    """Every format, out of a plan of other people: neither names nor text of what is written act."""
    spoilt_plan = load_plan(plan)
    material = ExportMaterial(
        spoilt_plan,
        plan_review(spoilt_plan),
        plans.volume(),
        (plans.patient_atlas(),),
        simulated=simulated_plan(spoilt_plan),
    )
    out = tmp_path / "out"
    wanted = [name for name in ALL_FORMATS if not name.startswith(("dicom", "rtstruct", "pdf", "nifti"))]
    for path in write_formats(material, wanted, out):
        assert not acting(str(path.relative_to(out)))
        content = path.read_bytes()
        if path.suffix in (".json", ".csv", ".fcsv", ".tsv", ".txt", ".html", ".xml", ".svg", ""):
            assert not acting(content.decode("utf-8")), path
            if path.suffix == ".json":
                assert not acting("".join(texts(json.loads(content)))), path
