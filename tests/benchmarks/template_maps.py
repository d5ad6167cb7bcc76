"""The maps between templates that user atlases are carried over with: fitted to expert landmarks, and their error.

Run: python -m tests.benchmarks.template_maps [--write]

Each map is affine, by least squares on the 32 AFIDs consensus points of both templates. Its error is what a landmark
is missed by when it takes no part in the fit. A second, independent check of MNI152NLin6Asym: the centroids of the
right-hand nuclei of the Morel label map in that template (facts of the project) against the built-in figures, which
were carried over by registering the template images.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fusplan.atlas.catalogue import load_atlas
from fusplan.paths import built_in_atlases_folder

SHARED = Path(__file__).resolve().parents[3] / "shared"
TARGET = "MNI152NLin2009cAsym"
MIDDLE_OF_THALAMI_MM = np.array([0.0, -15.0, 5.0])
NEAR_MM = 35.0
"""Landmarks this near to the middle between the thalami count as near: 22 of 32."""

LANDMARKS_OF = {
    "MNI152NLin2009bAsym": ("MNI152NLin2009bAsym",),
    "MNI152NLin6Asym": ("MNI152NLin6Asym",),
    "MNI152NLin2009aSym": ("MNI152NLin2009bSym", "MNI152NLin2009cSym"),
}
"""AFIDs has no 2009a: 2009b is the same template at 0.5 mm, 2009c a nearly equal one; their marks are averaged."""

Array = npt.NDArray[np.float64]


def read_landmarks(shared: Path, template: str) -> Array:
    """The 32 consensus points of a template, (32, 3), template RAS mm."""
    path = shared / "data/landmarks/afids-templates" / f"tpl-{template}_afids.fcsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    if not any(line.replace(" ", "") in ("#CoordinateSystem=0", "#CoordinateSystem=RAS") for line in lines):
        raise ValueError(f"{path} is not in RAS")
    rows = [line.split(",") for line in lines if line and not line.startswith("#")]
    return np.array([[float(value) for value in row[1:4]] for row in sorted(rows, key=lambda row: int(row[11]))])


def landmarks_of(shared: Path, template: str) -> Array:
    """What a map from that template is fitted to."""
    return np.mean([read_landmarks(shared, one) for one in LANDMARKS_OF[template]], axis=0)


def fit_affine(source: Array, target: Array) -> Array:
    """The 4 x 4 affine matrix that takes (n, 3) places to (n, 3) others with least squares."""
    solution, *_ = np.linalg.lstsq(np.column_stack([source, np.ones(len(source))]), target, rcond=None)
    return np.vstack([solution.T, [0, 0, 0, 1]])


def apply(matrix: Array, places: Array) -> Array:
    """The affine map of (n, 3) places."""
    return places @ matrix[:3, :3].T + matrix[:3, 3]


def left_out_errors(source: Array, target: Array) -> Array:
    """How far (n,) each landmark is missed by the map fitted to the others, mm."""
    errors = []
    for index in range(len(source)):
        others = np.arange(len(source)) != index
        matrix = fit_affine(source[others], target[others])
        errors.append(float(np.linalg.norm(apply(matrix, source[index : index + 1]) - target[index])))
    return np.array(errors)


def rounded(values: Array) -> Any:
    """Numbers for a file: six decimals are below a nanometre over a head."""
    return np.round(values, 6).tolist()


def fitted_map(shared: Path, template: str) -> dict[str, Any]:
    """Matrix and errors of one map."""
    source, target = landmarks_of(shared, template), read_landmarks(shared, TARGET)
    near = np.linalg.norm(target - MIDDLE_OF_THALAMI_MM, axis=1) < NEAR_MM
    same_space = template == "MNI152NLin2009bAsym"
    matrix = np.eye(4) if same_space else fit_affine(source, target)
    errors = np.linalg.norm(source - target, axis=1) if same_space else left_out_errors(source, target)
    return {
        "from": template,
        "to": TARGET,
        "matrix": rounded(matrix),
        "error_mm": {
            "landmarks_near_the_thalamus": int(near.sum()),
            "root_mean_square": round(float(np.sqrt((errors[near] ** 2).mean())), 2),
            "median": round(float(np.median(errors[near])), 2),
            "largest": round(float(errors[near].max()), 2),
            "ac": round(float(errors[0]), 2),
            "pc": round(float(errors[1]), 2),
        },
    }


def morel_centroids_nlin6(shared: Path) -> dict[str, Array]:
    """Centroids of the right-hand nuclei in MNI152NLin6Asym, from the table of the project's facts."""
    pattern = r"\| (\w+) \| [A-Z].*? \| \d+/\d+ \| ([-\d.]+), ([-\d.]+), ([-\d.]+) \|"
    found: dict[str, Array] = {}
    for row in re.findall(pattern, (shared / "facts.md").read_text(encoding="utf-8")):
        found.setdefault(row[0], np.array([float(value) for value in row[1:]]))
    return found


def against_morel(shared: Path, matrix: Array) -> Array:
    """Distance (n,) of carried centroids from those of the built-in figures, mm."""
    figures = {one.abbreviation: one.centroid.array for one in load_atlas("morel").structures if one.side == "right"}
    listed = {name: place for name, place in morel_centroids_nlin6(shared).items() if name in figures}
    carried = apply(matrix, np.array(list(listed.values())))
    return np.linalg.norm(carried - np.array([figures[name] for name in listed]), axis=1)


def main() -> None:
    """Print the table, and store the maps when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="store the maps in atlases/template-maps/maps.json")
    write = parser.parse_args().write
    maps = [fitted_map(SHARED, template) for template in LANDMARKS_OF]
    for one in maps:
        print(one["from"], one["error_mm"])
    nlin6 = next(np.array(one["matrix"]) for one in maps if one["from"] == "MNI152NLin6Asym")
    for name, matrix in (("as it is", np.eye(4)), ("carried", nlin6)):
        errors = against_morel(SHARED, matrix)
        print(
            f"Morel centroids of MNI152NLin6Asym {name}: rms {np.sqrt((errors**2).mean()):.2f}, max {errors.max():.2f}"
        )
    if write:
        path = built_in_atlases_folder() / "template-maps" / "maps.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        for stored, one in zip(content["maps"], maps, strict=True):
            stored.update(one)
        text = re.sub(
            r"\[\s+([-\d.e,\s]+?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]", json.dumps(content, indent=2)
        )
        path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
