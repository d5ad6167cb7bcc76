"""The commands that need no registration, and how all of them fail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from fusplan import __version__
from fusplan.notice import RESEARCH_ONLY
from tests.fixtures.command_line import fusplan, fusplan_here
from tests.fixtures.forked_programs import fusplan_forked
from tests.fixtures.limits import LONGEST_PROGRAM_S


def test_version() -> None:
    assert fusplan("--version").stdout.strip() == f"fusplan {__version__}"


def test_no_command_imports_qt() -> None:
    program = (
        "import sys\n"
        "for name in ('PySide6', 'pyqtgraph', 'OpenGL', 'superqt', 'shiboken6'):\n"
        "    sys.modules[name] = None\n"  # an import of any of them fails from now on
        "import fusplan.cli.main, fusplan.api\n"
        "from fusplan.cli.command_or_file import Commands\n"
        "assert all(command.help for command in Commands().values())\n"  # imports every one of them
        "fusplan.cli.main.app(['atlas', 'list'], standalone_mode=False)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=LONGEST_PROGRAM_S, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "morel" in done.stdout


def test_info_does_without_what_takes_long_to_import(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.arange(40**3, dtype=np.int16).reshape(40, 40, 40), np.diag([4.0, 4, 4, 1]))
    nib.save(image, tmp_path / "head.nii")
    program = (
        "import sys\n"
        "for name in ('scipy', 'SimpleITK', 'numba', 'picsl_greedy', 'fusplan.workflows', 'fusplan.planning'):\n"
        "    sys.modules[name] = None\n"  # an import of any of them fails from now on
        "import fusplan.cli.main\n"
        f"fusplan.cli.main.app(['info', {str(tmp_path / 'head.nii')!r}], standalone_mode=False)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=LONGEST_PROGRAM_S, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "40 x 40 x 40" in done.stdout


def test_atlas_list_and_show() -> None:
    listed = json.loads(fusplan_here("atlas", "list", "--json").stdout)
    assert [entry["name"] for entry in listed["atlases"]] == ["morel", "julich"]
    assert all(entry["template"] == "MNI152NLin2009cAsym" for entry in listed["atlases"])
    shown = json.loads(fusplan_forked("atlas", "show", "morel", "--json").stdout)
    volumes = {(one["abbreviation"], one["side"]): one["volume_mm3"] for one in shown["structures"]}
    assert volumes["CL", "left"] == 847  # published figure, facts of the Morel label map
    assert "CC BY-NC-SA" in shown["licence"] + shown["source"]
    unknown = fusplan_here("atlas", "show", "nonesuch")
    assert unknown.returncode == 2
    assert "morel" in unknown.stderr


def test_presets_are_listed_with_their_confidence() -> None:
    presets = json.loads(fusplan_forked("targets", "--json").stdout)["presets"]
    assert {preset["confidence"] for preset in presets} == {"V", "C", "M", "derived"}
    assert RESEARCH_ONLY in fusplan_here("targets").stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("plan", "missing.nii.gz", "--out", "out"), "missing.nii.gz"),
        (("plan", "text.nii.gz", "--out", "out"), "text.nii.gz"),
        (("plan", "text.nii.gz", "--out", "out", "--left", "huge"), "huge"),
        (("plan", "text.nii.gz", "--out", "out", "--midline", "1 2"), "--midline"),
        (("plan", "text.nii.gz", "--out", "text.nii.gz"), "folder"),
        (("info", "missing.nii.gz"), "missing.nii.gz"),
        (("register", "missing.nii.gz", "--out", "out"), "missing.nii.gz"),
        (("targets", "missing"), "missing"),
        (("export", "missing"), "missing"),
    ],
)
def test_mistakes_end_with_code_2_a_remedy_and_no_traceback(
    arguments: tuple[str, ...], word: str, tmp_path: Path
) -> None:
    (tmp_path / "text.nii.gz").write_text("this is not an image", encoding="utf-8")
    in_a_process_of_its_own = "missing" in arguments[1]
    done = (fusplan_forked if in_a_process_of_its_own else fusplan_here)(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "What to do:" in done.stderr
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"text.nii.gz", "user"}


def test_info_of_the_built_in_head() -> None:
    from fusplan.atlas.catalogue import demo_head_path

    told = json.loads(fusplan_here("info", demo_head_path(), "--json").stdout)
    assert told["shape"] == [181, 217, 181]
    assert told["problem"] is None
