"""Plans with atlases of the user's: they appear, they may be gone or changed, and nothing is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusplan.atlas.imported.alignment import AtlasAlignmentError
from fusplan.atlas.imported.prepare import AtlasSource
from fusplan.atlas.imported.scanner_atlas import ScannerAtlas
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import clp
from fusplan.display.patient_nuclei import PatientNuclei
from fusplan.display.whereabouts import nuclei_at
from fusplan.export.csv_tables import write_lesions_csv
from fusplan.export.formats import ExportMaterial, export_files
from fusplan.paths import user_atlases_folder
from fusplan.planning.checks import check_atlases
from fusplan.planning.plan import AtlasReference, Plan
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.planning.provenance import Provenance
from fusplan.planning.review_key import references
from fusplan.planning.review_plan import review
from fusplan.progress import NoProgress
from fusplan.report.html_report import report_html
from fusplan.spatial import Ellipsoid, Points
from fusplan.workflows.add_atlas import (
    AtlasNameTakenError,
    BuiltInAtlasError,
    add_atlas,
    remove_atlas,
)
from fusplan.workflows.head_atlases import OtherHeadError, atlases_in_head, plan_head_atlases
from fusplan.workflows.recompute import recompute_proposals
from fusplan.workflows.requests import AddAtlasRequest, RemoveAtlasRequest
from tests.fixtures.drawn_atlases import drawn_morel, plain, write_map
from tests.fixtures.small_heads import small_head, small_plan
from tests.fixtures.user_atlases import LICENCE, add_drawn_atlas


def in_head(plan: Plan) -> tuple[HeadAtlas, ...]:
    return plan_head_atlases(plan).atlases


def test_an_atlas_of_a_template_appears_in_every_head_and_answers_as_the_figures_do(tmp_path: Path) -> None:
    add_drawn_atlas(tmp_path, "2009cAsym")
    morel, julich, mine = in_head(small_plan())
    assert [one.atlas.name for one in (morel, julich, mine)] == ["morel", "julich", "mine"]
    for side in ("left", "right"):
        assert mine.centroid(clp(side)).distance_to(morel.centroid(clp(side))) < 0.3
        assert mine.volume_mm3(clp(side)) == pytest.approx(morel.volume_mm3(clp(side)), rel=0.05)
    lesion = small_plan().lesions[0]
    reviewed = review(small_plan(), small_head(), (morel, julich, mine)).lesion(lesion.id)
    by_figures, _, by_voxels = reviewed.coverage
    assert by_voxels.title == "Title of mine"
    assert by_voxels.known_target.share_of_lesion == pytest.approx(by_figures.known_target.share_of_lesion, abs=0.08)


def test_an_atlas_without_clp_is_shown_and_asked_but_leads_nothing(tmp_path: Path) -> None:
    add_drawn_atlas(tmp_path, "2009cAsym", without_cl=True)
    plan = replace(small_plan(), atlases=(AtlasReference("mine", "Title of mine"),))
    atlases = in_head(plan)
    assert [one.atlas.name for one in atlases] == ["morel", "mine", "julich"]
    reviewed = review(plan, small_head(), atlases)
    coverage = reviewed.lesions[0].coverage[1]
    assert coverage.target is None
    assert sum(one.share_of_lesion for one in coverage.spill) == pytest.approx(1.0, abs=1e-9)
    mine = atlases[1]
    point = plan.targets[0].point
    assert nuclei_at(point, "Mine", mine).memberships
    nuclei = PatientNuclei(mine)
    assert nuclei.insideness(Points.gather([point])).shape == (len(nuclei.nuclei), 1)
    assert not any(one.abbreviation == "CLp" for one in nuclei.nuclei)
    write_lesions_csv(plan, reviewed, tmp_path / "lesions.csv")
    header = (tmp_path / "lesions.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "mine_largest_spill_mm3" in header and "mine_clp_covered_mm3" not in header


def test_an_atlas_in_a_patients_own_space_belongs_to_that_image_only(tmp_path: Path) -> None:
    add_drawn_atlas(tmp_path, "patient", plan=small_plan())
    description = json.loads((user_atlases_folder() / "mine" / "atlas.json").read_text(encoding="utf-8"))
    assert description["image"] == {"sha256": small_plan().image.sha256}
    assert description["alignment"]["state"] == "checked"
    mine = next(one for one in in_head(small_plan()) if one.atlas.name == "mine")
    assert isinstance(mine, ScannerAtlas)
    assert not mine.follows_registration
    record = small_plan().registration
    assert "mine" not in [one.atlas.name for one in atlases_in_head(record, "b" * 64).atlases]
    with pytest.raises(OtherHeadError, match="another image"):
        atlases_in_head(record, "b" * 64, ["mine"], insist=True)


def test_an_atlas_in_a_patients_own_space_stays_when_the_registration_is_nudged(tmp_path: Path) -> None:
    add_drawn_atlas(tmp_path, "patient", plan=small_plan())
    mine, morel = (next(a for a in in_head(small_plan()) if a.atlas.name == name) for name in ("mine", "morel"))
    warp = small_plan().registration.mni_to_scanner
    shift = np.eye(4)
    shift[0, 3] = 3.0
    nudged = replace(warp, affine=replace(warp.affine, matrix=shift @ warp.affine.matrix))
    structure = mine.atlas.structure("CM", "left")
    before = mine.centroid(structure.ref)
    assert mine.under(nudged).centroid(structure.ref) == before
    figures = morel.atlas.structure("CM", "left")
    moved = morel.under(nudged).centroid(figures.ref).x - morel.centroid(figures.ref).x
    assert moved == pytest.approx(3.0, abs=1e-6)


def test_a_patients_atlas_beside_its_thalamus_is_refused_with_the_plan(tmp_path: Path) -> None:
    drawn = drawn_morel()
    affine = drawn.affine.copy()
    affine[:3, 3] += (0, 12, 0)
    path = write_map(tmp_path / "a.nii.gz", affine=affine)
    (tmp_path / "a.txt").write_text(plain(drawn), encoding="utf-8")
    source = AtlasSource(path, "patient")
    with pytest.raises(AtlasAlignmentError, match="mm in front"):
        add_atlas(AddAtlasRequest(source, plan=small_plan()), NoProgress())
    assert not user_atlases_folder().exists() or list(user_atlases_folder().iterdir()) == []


def test_a_deferred_check_is_made_with_the_first_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = drawn_morel()
    affine = drawn.affine.copy()
    affine[:3, 3] += (0, 12, 0)
    path = write_map(tmp_path / "a.nii.gz", affine=affine)
    (tmp_path / "a.txt").write_text(plain(drawn), encoding="utf-8")
    from fusplan.workflows import add_atlas as module

    monkeypatch.setattr(module, "read_volume", lambda _path: small_head())
    added = add_atlas(AddAtlasRequest(AtlasSource(path, "patient"), image_path=path), NoProgress())
    assert added.manifest.alignment.state == "deferred"
    found = plan_head_atlases(small_plan())
    assert [one.atlas.name for one in found.atlases] == ["morel", "julich"]
    assert "is left out" in found.messages[0] and "mm in front" in found.messages[0]


def with_proposals_of(plan: Plan, name: str) -> Plan:
    """A plan that was started from an atlas of the user's."""
    own = tuple(
        replace(one, provenance=Provenance("atlas centroid", "By mine.", "C", 2.5, atlas=name))
        for one in plan.proposals
        if one.provenance.method == "morel-centroid"
    )
    names = references(in_head(plan))
    mine = next(one for one in names if one.name == name)
    return replace(plan, proposals=(*own, *plan.proposals), atlases=(mine, *(one for one in names if one != mine)))


def test_a_plan_whose_atlas_is_removed_opens_says_so_and_loses_nothing(tmp_path: Path) -> None:
    add_drawn_atlas(tmp_path / "atlas", "2009cAsym")
    plan = with_proposals_of(small_plan(), "mine")
    assert in_head(plan)[0].atlas.name == "mine"
    assert check_atlases(plan, in_head(plan)) == ()
    save_plan(plan, tmp_path / "plan.fusplan.json")
    remove_atlas(RemoveAtlasRequest("mine"), NoProgress())
    opened = load_plan(tmp_path / "plan.fusplan.json")
    atlases = in_head(opened)
    assert [one.atlas.name for one in atlases] == ["morel", "julich"]
    checks = [one for one in review(opened, small_head(), atlases).checks if one.name.startswith("atlas")]
    assert [one.verdict for one in checks] == ["warning"]
    assert "not there any more" in checks[0].sentence and "under the name mine" in checks[0].sentence
    assert opened.proposals == plan.proposals
    assert opened.targets == plan.targets
    again = recompute_proposals(opened, small_head(), atlases)
    kept = [one for one in again.proposals if one.provenance.method == "mine-centroid"]
    assert kept == [one for one in plan.proposals if one.provenance.method == "mine-centroid"]
    save_plan(again, tmp_path / "plan.fusplan.json")
    assert load_plan(tmp_path / "plan.fusplan.json").atlases == plan.atlases


def test_a_plan_whose_atlas_has_changed_says_so(tmp_path: Path) -> None:
    add_drawn_atlas(tmp_path, "2009cAsym")
    plan = with_proposals_of(small_plan(), "mine")
    remove_atlas(RemoveAtlasRequest("mine"), NoProgress())
    add_drawn_atlas(tmp_path, "NLin6Asym")
    (check,) = check_atlases(plan, in_head(plan))
    assert "is not the same" in check.sentence


def test_an_atlas_added_later_makes_no_proposals_unasked(tmp_path: Path) -> None:
    plan = replace(small_plan(), atlases=references(in_head(small_plan())))
    add_drawn_atlas(tmp_path, "2009cAsym")
    assert len(in_head(plan)) == 3
    methods = {one.provenance.method for one in recompute_proposals(plan, small_head(), in_head(plan)).proposals}
    assert not any(method.startswith("mine") for method in methods)


def test_the_licence_goes_along_with_page_and_exports(tmp_path: Path) -> None:
    add_drawn_atlas(tmp_path, "2009cAsym")
    plan = replace(small_plan(), atlases=(AtlasReference("mine", "Title of mine"),))
    atlases = in_head(plan)
    reviewed = review(plan, small_head(), atlases)
    material = ExportMaterial(plan, reviewed, small_head(), atlases)
    out = tmp_path / "out"
    out.mkdir()
    export_files(material, ("nifti", "bids", "masks", "surfaces"), out)
    assert json.loads((out / "nuclei.json").read_text(encoding="utf-8"))["AtlasLicenceText"] == LICENCE
    assert "A book, 1999" in (out / "nuclei.json").read_text(encoding="utf-8")
    for note in ("masks/README", "surfaces/README"):
        assert LICENCE in (out / note).read_text(encoding="utf-8")
    sidecar = next((out / "bids").rglob("*nuclei*.json"))
    assert LICENCE in sidecar.read_text(encoding="utf-8")
    from fusplan.export.readings import read_in_plan

    readings = {target.id: read_in_plan(plan, target.point) for target in plan.targets}
    page = report_html(plan, small_head(), reviewed, readings, atlases)
    assert LICENCE in page and "By the atlas Title of mine" in page


def test_surfaces_of_a_user_atlas_lie_about_its_nuclei(tmp_path: Path) -> None:
    add_drawn_atlas(tmp_path, "patient", plan=small_plan())
    mine = next(one for one in in_head(small_plan()) if one.atlas.name == "mine")
    surfaces = mine.surfaces()
    assert [one.abbreviation for one in surfaces[-2:]] == ["CLp", "CLp"]
    for one in surfaces:
        if one.abbreviation == "CM":
            centre = mine.centroid(mine.atlas.structure("CM", one.side).ref)
            assert np.linalg.norm(one.surface.vertices.array.mean(axis=0) - centre.array) < 1.0


def test_names_are_taken_once_and_built_in_ones_stay(tmp_path: Path) -> None:
    add_drawn_atlas(tmp_path, "2009cAsym")
    with pytest.raises(AtlasNameTakenError, match="there already"):
        add_drawn_atlas(tmp_path, "2009cAsym")
    with pytest.raises(AtlasNameTakenError, match="built in"):
        add_drawn_atlas(tmp_path, "2009cAsym", name="morel")
    with pytest.raises(BuiltInAtlasError):
        remove_atlas(RemoveAtlasRequest("julich"), NoProgress())
    add_drawn_atlas(tmp_path, "NLin6Asym", overwrite=True)
    assert sorted(path.name for path in user_atlases_folder().iterdir()) == ["mine"]


def test_nothing_half_written_stays_and_nothing_half_written_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fusplan.atlas.catalogue import list_atlases
    from fusplan.workflows import add_atlas as module

    def fail(path: Path, content: bytes) -> None:
        if path.name == "atlas.json":
            raise OSError(28, "No space left on device")
        path.write_bytes(content)

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_atomically", fail)
        with pytest.raises(OSError, match="space"):
            add_drawn_atlas(tmp_path, "2009cAsym")
    assert list(user_atlases_folder().iterdir()) == []
    (user_atlases_folder() / ".mine.part").mkdir()
    (user_atlases_folder() / ".mine.part" / "atlas.json").write_text("{}", encoding="utf-8")
    assert [entry.name for entry in list_atlases()] == ["morel", "julich"]


def test_where_a_lesion_lies_in_voxels(tmp_path: Path) -> None:
    """A ball inside one big structure lies in it wholly, whatever the rest of the atlas."""
    add_drawn_atlas(tmp_path, "patient", plan=small_plan())
    mine = next(one for one in in_head(small_plan()) if one.atlas.name == "mine")
    from fusplan.planning.coverage import cover

    centre = mine.centroid(mine.atlas.structure("PuM", "left").ref)
    found = cover(Ellipsoid(centre, (1.5, 1.5, 1.5), np.eye(3)), mine, clp("left"))
    assert found.spill[0].abbreviation == "PuM"
    assert found.spill[0].share_of_lesion > 0.98
