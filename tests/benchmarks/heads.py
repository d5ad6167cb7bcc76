"""The heads whose AC, PC and midline are marked by eye, as the benchmarks read them."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from fusplan.atlas.catalogue import demo_head_path
from fusplan.imaging.read import read_volume
from fusplan.imaging.simpleitk_bridge import volume_of_sitk
from fusplan.imaging.volume import Volume
from fusplan.spatial import AcPcGeometry, Affine, Point, Points, ScannerRas, acpc_geometry
from tests.fixtures.archives import unpack

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

_FILES = {
    "mne": "mne_sample_ecog_T1.mgz",
    "seg3d": "seg3d_T1w.nii.gz",
    "brainchop": "brainchop_T1w.nii.gz",
}
_DICOM_HEAD = "uih"
_DICOM_FOLDER = "UIH-uMR770_T1/In/DTI_132225/t1_gre_fsp_3d_sag__132750"
CONTRASTS = {"cstar_t2": "cstar_T2_brain.nii.gz", "cstar_flair": "cstar_FLAIR_brain.nii.gz"}
CONTRASTS_TRUTH = "cstar_T1_brain.nii.gz"

# Marked by eye on this very file by one rater; expected error 0.5 (AC) and 0.7 mm (PC).
_COLIN_AC, _COLIN_PC = (0.5, 4.4, -4.1), (0.2, -23.2, -2.1)
_COLIN_MIDLINE = ((0.1, -18.0, 55.0), (0.3, -14.5, -14.0))


@dataclass(frozen=True, slots=True, eq=False)
class MarkedHead:
    """A head and where its AC, PC and midline points are in its scanner frame."""

    name: str
    volume: Volume
    ac: Point[ScannerRas]
    pc: Point[ScannerRas]
    midline: Points[ScannerRas]

    def geometry(self) -> AcPcGeometry:
        return acpc_geometry(self.ac, self.pc, self.midline)

    def moved(self, volume: Volume, to_new: Affine[ScannerRas, ScannerRas]) -> MarkedHead:
        """The same head as another image, whose scanner frame is reached by a map."""
        return MarkedHead(self.name, volume, to_new.apply(self.ac), to_new.apply(self.pc), to_new.apply(self.midline))


def head_names() -> tuple[str, ...]:
    """The marked heads that are at hand; Colin27 always is."""
    return ("colin27", *_FILES, _DICOM_HEAD) if SHARED_DATA.is_dir() else ("colin27",)


def load_head(name: str) -> MarkedHead:
    """One marked head. Raises KeyError for a name that is not in :func:`head_names`."""
    if name == "colin27":
        return _marked(name, read_volume(demo_head_path()), _COLIN_AC, _COLIN_PC, _COLIN_MIDLINE)
    marks = json.loads((SHARED_DATA / "landmarks" / "marked.json").read_text(encoding="utf-8"))["heads"]
    if name == _DICOM_HEAD:
        volume, key = _read_dicom(), "uih_T1 (DICOM series)"
    else:
        volume, key = read_volume(SHARED_DATA / "heads" / _FILES[name]), _FILES[name]
    return _marked(name, volume, marks[key]["ac"]["mm"], marks[key]["pc"]["mm"], marks[key]["midline"])


def load_contrast(file_name: str) -> Volume:
    """One contrast of the brain-extracted person; all of them lie in one space."""
    return read_volume(SHARED_DATA / "heads" / file_name)


def _marked(name: str, volume: Volume, ac: object, pc: object, midline: object) -> MarkedHead:
    frame = volume.scanner_frame
    points = np.array([ac, pc], dtype=np.float64)
    return MarkedHead(
        name,
        volume,
        Point.of(frame, points[0]),
        Point.of(frame, points[1]),
        Points(frame, np.array(midline, dtype=np.float64)),
    )


def _read_dicom() -> Volume:
    with _unpacked(SHARED_DATA / "dicom" / "uih_T1.tar.gz") as folder:
        series = str(folder / _DICOM_FOLDER)
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(series, reader.GetGDCMSeriesIDs(series)[0]))
        image = reader.Execute()
    fingerprint = hashlib.sha256(sitk.GetArrayViewFromImage(image).tobytes()).hexdigest()
    return volume_of_sitk(image, ScannerRas(fingerprint[:12]), fingerprint)


@contextmanager
def _unpacked(archive: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield unpack(archive, Path(folder))
