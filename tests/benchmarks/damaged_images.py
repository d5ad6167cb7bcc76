"""Seeded damage to image files: truncation, flipped bytes, and lies in the fields of a header that matter.

Whole files come from nibabel, an independent writer; what each of them truly shows is kept beside it.
"""

from __future__ import annotations

import gzip
import struct
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

SHAPE = (33, 36, 35)
SPACING_MM = 2.0
MGH_HEADER_BYTES = 284

Fields = dict[str, tuple[tuple[int, str], ...]]
"""For each kind of lie the places where it can be told: byte offset and struct format."""


def _row(offset: int, kind: str, count: int) -> tuple[tuple[int, str], ...]:
    return tuple((offset + number * struct.calcsize(kind), kind) for number in range(count))


NIFTI_1: Fields = {
    "dims": _row(40, "h", 8),
    "affine": _row(76, "f", 4) + _row(252, "h", 2) + _row(256, "f", 18),
    "datatype": ((70, "h"), (72, "h")),
    "slope": ((112, "f"), (116, "f"), (108, "f")),
}
NIFTI_2: Fields = {
    "dims": _row(16, "q", 8),
    "affine": _row(104, "d", 4) + _row(344, "i", 2) + _row(352, "d", 18),
    "datatype": ((12, "h"), (14, "h")),
    "slope": ((176, "d"), (184, "d"), (168, "q")),
}
MGH: Fields = {
    "dims": _row(4, "i", 4),
    "affine": (*_row(30, "f", 15), (28, "h")),
    "datatype": ((20, "i"),),
    "slope": ((24, "i"),),
}


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A whole image file and what it shows.

    Attributes:
        name: of the file to open.
        files: name and bytes of every file of it, as stored.
        header: the file that holds the header.
        fields: where the fields of the header are.
        order: byte order of the fields, ``<`` or ``>``.
        header_bytes: length of the header.
        data, affine: what an independent reader sees.
        stored_bytes: of one voxel.
    """

    name: str
    files: dict[str, bytes]
    header: str
    fields: Fields
    order: str
    header_bytes: int
    data: np.ndarray
    affine: np.ndarray
    stored_bytes: int

    @property
    def is_packed(self) -> bool:
        return self.files[self.name].startswith(b"\x1f\x8b")


def _head(dtype: str) -> np.ndarray:
    """A blob with a gradient and a little noise, so that no two axes look alike."""
    i, j, k = np.meshgrid(*(np.linspace(-1, 1, size) for size in SHAPE), indexing="ij")
    blob = 200 * np.exp(-2 * (i**2 + 1.3 * j**2 + 0.8 * k**2)) * (1 + 0.3 * i + 0.2 * j - 0.1 * k)
    noise = np.random.default_rng(5).integers(0, 5, SHAPE)
    return np.clip(blob + noise, 0, 250).astype(dtype)


def _affine() -> np.ndarray:
    affine = np.eye(4)
    turn = np.radians(11)
    affine[:3, :3] = [[1, 0, 0], [0, np.cos(turn), -np.sin(turn)], [0, np.sin(turn), np.cos(turn)]]
    affine[:3, :3] *= (-SPACING_MM, SPACING_MM, SPACING_MM)
    affine[:3, 3] = (33.0, -41.5, -30.25)
    return affine


def _sample(
    folder: Path,
    name: str,
    kind: Any,
    fields: Fields,
    dtype: str = "int16",
    edit: Callable[[Any], None] | None = None,
    order: str = "<",
) -> Sample:
    image = kind(_head(dtype), _affine())
    if order != image.header.endianness:
        image = kind(_head(dtype), _affine(), image.header.as_byteswapped(order))
    if hasattr(image.header, "set_sform"):
        image.set_sform(_affine(), code=1)
        image.set_qform(_affine(), code=1)
    if edit is not None:
        edit(image)
    image.to_filename(folder / name)
    names = sorted(path.name for path in folder.iterdir())
    # nibabel leaves an .mgh file open that it reads by name.
    loaded = kind.from_bytes((folder / name).read_bytes()) if name.endswith(".mgh") else nib.load(folder / name)
    data, affine = np.asarray(loaded.dataobj).astype(np.float32), np.array(loaded.affine)
    files = {one: (folder / one).read_bytes() for one in names}
    header = next((one for one in names if ".hdr" in one), name)
    return Sample(
        name,
        files,
        header,
        fields,
        order,
        getattr(image.header, "sizeof_hdr", MGH_HEADER_BYTES),
        data,
        affine,
        np.dtype(dtype).itemsize,
    )


def samples() -> tuple[Sample, ...]:
    """One whole file of every kind that can be read."""

    def only_sform(image: Any) -> None:
        image.set_qform(None, code=0)

    def only_qform(image: Any) -> None:
        image.set_sform(None, code=0)

    def scaled(image: Any) -> None:
        image.header.set_slope_inter(0.5, 3.0)

    wanted: list[dict[str, Any]] = [
        {"name": "one.nii", "kind": nib.Nifti1Image, "fields": NIFTI_1},
        {"name": "one-big-endian.nii", "kind": nib.Nifti1Image, "fields": NIFTI_1, "order": ">"},
        {"name": "sform.nii", "kind": nib.Nifti1Image, "fields": NIFTI_1, "edit": only_sform},
        {"name": "qform.nii", "kind": nib.Nifti1Image, "fields": NIFTI_1, "edit": only_qform},
        {"name": "one.nii.gz", "kind": nib.Nifti1Image, "fields": NIFTI_1},
        {"name": "float.nii.gz", "kind": nib.Nifti1Image, "fields": NIFTI_1, "dtype": "float32"},
        {"name": "scaled.nii.gz", "kind": nib.Nifti1Image, "fields": NIFTI_1, "edit": scaled},
        {"name": "two.nii", "kind": nib.Nifti2Image, "fields": NIFTI_2},
        {"name": "two.nii.gz", "kind": nib.Nifti2Image, "fields": NIFTI_2, "dtype": "uint8"},
        {"name": "pair.hdr", "kind": nib.Nifti1Pair, "fields": NIFTI_1},
        {"name": "pair.img.gz", "kind": nib.Nifti1Pair, "fields": NIFTI_1},
        {"name": "surfer.mgh", "kind": nib.MGHImage, "fields": MGH, "order": ">"},
        {"name": "surfer.mgz", "kind": nib.MGHImage, "fields": MGH, "order": ">"},
    ]
    made = []
    for one in wanted:
        with tempfile.TemporaryDirectory() as folder:
            made.append(_sample(Path(folder), **one))
    return tuple(made)


@dataclass(frozen=True, slots=True, eq=False)
class Damaged:
    """A damaged copy of a sample.

    Attributes:
        sample: what it was.
        damage: which kind of damage.
        detail: what exactly was done, for a person who wants to do it again.
        files: name and bytes of every file of it.
        behind_checksum: whether the stored bytes of a gzip file were damaged, so that its checksum tells.
    """

    sample: Sample
    damage: str
    detail: str
    files: dict[str, bytes] = field(repr=False)
    behind_checksum: bool = False

    def write(self, folder: Path) -> Path:
        """Write it into a folder; the file to open."""
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return folder / self.sample.name


DAMAGES = ("truncated", "bytes anywhere", "header bytes", "body bytes", "dims", "affine", "datatype", "slope")


def damaged_files(count: int, seed: int) -> Iterator[Damaged]:
    """``count`` damaged files: every kind of damage to every kind of file in turn."""
    whole = samples()
    rng = np.random.default_rng(seed)
    for number in range(count):
        sample = whole[number % len(whole)]
        damage = DAMAGES[(number // len(whole)) % len(DAMAGES)]
        yield _damage(sample, damage, rng)


def _damage(sample: Sample, damage: str, rng: np.random.Generator) -> Damaged:
    if damage == "truncated":
        return _truncated(sample, rng)
    if damage == "bytes anywhere":
        name = str(rng.choice(sorted(sample.files)))
        stored, detail = _flipped(sample.files[name], 0, len(sample.files[name]), rng)
        packed = stored.startswith(b"\x1f\x8b")
        return Damaged(sample, damage, f"{name}: {detail}", {**sample.files, name: stored}, packed)
    if damage == "body bytes":
        name = next((one for one in sample.files if ".img" in one), sample.name)
        start = 0 if ".img" in name else sample.header_bytes + 12
        return _repacked(sample, damage, name, lambda content: _flipped(content, start, len(content), rng))
    if damage == "header bytes":
        return _repacked(sample, damage, sample.header, lambda content: _flipped(content, 0, sample.header_bytes, rng))
    return _repacked(sample, damage, sample.header, lambda content: _lie(content, sample, damage, rng))


def _truncated(sample: Sample, rng: np.random.Generator) -> Damaged:
    name = str(rng.choice(sorted(sample.files)))
    whole = sample.files[name]
    near = int(rng.integers(3))
    length = int(rng.integers((min(600, len(whole)), len(whole), len(whole))[near]))
    return Damaged(sample, "truncated", f"{name} cut to {length} bytes", {**sample.files, name: whole[:length]})


def _repacked(sample: Sample, damage: str, name: str, change: Callable[[bytes], tuple[bytes, str]]) -> Damaged:
    """Damage to what a gzip file holds, with a right checksum: a file that was already wrong when it was packed."""
    stored = sample.files[name]
    packed = stored.startswith(b"\x1f\x8b")
    content, detail = change(gzip.decompress(stored) if packed else stored)
    files = {**sample.files, name: gzip.compress(content, 1) if packed else content}
    return Damaged(sample, damage, f"{name}: {detail}", files)


def _flipped(content: bytes, start: int, stop: int, rng: np.random.Generator) -> tuple[bytes, str]:
    bad, done = bytearray(content), []
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(start, stop))
        bad[place] ^= int(rng.integers(1, 256))
        done.append(f"byte {place} is {bad[place]:#x}")
    return bytes(bad), ", ".join(done)


WILD_WHOLE = (0, 1, -1, 2, 3, 7, 8, 255, 256, 512, 1024, 32767, -32768, 2**31 - 1, -(2**31), 2**62)
WILD_REAL = (0.0, -0.0, -1.0, 0.5, 1000.0, 1e-30, -1e30, 1e38, np.nan, np.inf, -np.inf)


def _lie(content: bytes, sample: Sample, what: str, rng: np.random.Generator) -> tuple[bytes, str]:
    places = sample.fields[what]
    bad, done = bytearray(content), []
    for _ in range(int(rng.integers(1, 3))):
        offset, kind = places[int(rng.integers(len(places)))]
        (true,) = struct.unpack_from(sample.order + kind, content, offset)
        value = _untrue(true, kind, rng)
        struct.pack_into(sample.order + kind, bad, offset, value)
        done.append(f"{value} instead of {true} at byte {offset}")
    return bytes(bad), ", ".join(done)


def _untrue(true: float, kind: str, rng: np.random.Generator) -> float:
    if kind in "fd":
        return float(rng.choice([*WILD_REAL, true * float(rng.normal(1, 0.5)), true + float(rng.normal(0, 10))]))
    bits = 8 * struct.calcsize(kind)
    fitting = [value for value in WILD_WHOLE if -(2 ** (bits - 1)) <= value < 2 ** (bits - 1)]
    return int(rng.choice([*fitting, int(true) + 1, int(true) - 1, max(0, int(true) // 2), int(rng.integers(0, 300))]))
