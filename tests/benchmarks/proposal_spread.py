"""How far apart the proposals for CLp lie in ordinary heads: what a plan's own distances are judged against.

    python -m tests.benchmarks.proposal_spread [--keep FOLDER] [--write]

Takes whatever proposals there are on the marked heads (tests/benchmarks/heads.py) and one that is brain-extracted, as
a new plan makes them, and prints mean, standard deviation and largest distance of each two kinds, both sides together.
Then every head is judged by the others, as the program would judge it. ``--write`` puts the numbers where the program
reads them (resources/planning/proposal_spread.json): to be done again whenever a proposal is made differently.
Registrations take half a minute each; ``--keep`` keeps them, so that only the proposals are made anew.
"""

from __future__ import annotations

import argparse
import pickle
from collections import defaultdict
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import numpy as np

from fusplan.atlas.catalogue import load_template
from fusplan.atlas.presets import CLP_RULE
from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.imaging.volume import Volume
from fusplan.planning.agreement import judged
from fusplan.planning.lesion_size import DEFAULT_SIZES
from fusplan.planning.plan import Landmarks, Plan, Proposal, RegistrationRecord
from fusplan.planning.plan_images import ImageReference
from fusplan.planning.proposal_spread import SPREAD_FILE, PairSpread, ProposalSpread
from fusplan.planning.readable_json import readable_json
from fusplan.planning.review_key import references
from fusplan.planning.sides import SIDES
from fusplan.progress import NoProgress
from fusplan.registration.greedy_engine import register
from fusplan.registration.request import RegistrationRequest
from fusplan.spatial import Side
from fusplan.workflows.head_atlases import built_in_atlases, carried
from fusplan.workflows.make_plan import find_landmarks, record_of
from fusplan.workflows.recompute import recompute_proposals
from fusplan.workflows.requests import MakePlanRequest
from tests.benchmarks.heads import CONTRASTS_TRUTH, SHARED_DATA, head_names, load_contrast, load_head

_EXTRACTED = "cstar_t1"

Pair = tuple[str, str]
Distances = dict[Side, dict[Pair, float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="folder of registrations that were made before")
    parser.add_argument("--write", action="store_true", help="put the numbers where the program reads them")
    arguments = parser.parse_args()
    heads = (*head_names(), *((_EXTRACTED,) if SHARED_DATA.is_dir() else ()))
    found = {name: distances_of(proposals_of(name, arguments.keep)) for name in heads}
    reference = spread_of(found)
    print_spread(reference)
    judge_each_by_the_others(found)
    if arguments.write:
        SPREAD_FILE.parent.mkdir(parents=True, exist_ok=True)
        SPREAD_FILE.write_bytes(readable_json(reference.plain))
        print(f"written to {SPREAD_FILE.name}")


def proposals_of(name: str, keep: Path | None) -> tuple[Proposal, ...]:
    """What a new plan of default lesions proposes on a head."""
    volume = load_contrast(CONTRASTS_TRUTH) if name == _EXTRACTED else load_head(name).volume
    record, landmarks = _registered(name, volume, keep)
    atlases = tuple(carried(atlas, record.mni_to_scanner) for atlas in built_in_atlases())
    image = ImageReference.of_volume(volume)
    plan = Plan(image, landmarks, record, (), (), (), 0, atlases=references(atlases))
    return recompute_proposals(plan, volume, atlases).proposals


def _registered(name: str, volume: Volume, keep: Path | None) -> tuple[RegistrationRecord, Landmarks]:
    path = None if keep is None else keep / f"{name}.pickle"
    if path is not None and path.is_file():
        made: tuple[RegistrationRecord, Landmarks] = pickle.loads(path.read_bytes())
        return made
    template = load_template()
    registered = register(RegistrationRequest(volume, template, threads=1), NoProgress())
    landmarks = find_landmarks(MakePlanRequest(Path(name)), volume, template, registered)
    made = (record_of(registered, template), landmarks)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(made))
    return made


def distances_of(proposals: tuple[Proposal, ...]) -> Distances:
    """Between every two proposals of a side, by their methods in the order of the alphabet, mm."""
    found: Distances = {}
    for side in SIDES:
        on_side = [proposal for proposal in proposals if proposal.side == side]
        found[side] = {
            pair_of(one, other): one.point.distance_to(other.point) for one, other in combinations(on_side, 2)
        }
    return found


def pair_of(one: Proposal, other: Proposal) -> Pair:
    first, second = sorted((one.provenance.method, other.provenance.method))
    return first, second


def spread_of(heads: dict[str, Distances]) -> ProposalSpread:
    """The reference of some heads."""
    pooled: dict[Pair, list[float]] = defaultdict(list)
    for distances in heads.values():
        for pairs in distances.values():
            for pair, distance_mm in pairs.items():
                pooled[pair].append(distance_mm)
    pairs = tuple(
        PairSpread(*pair, float(np.mean(values)), float(np.std(values, ddof=1)), float(max(values)))
        for pair, values in sorted(pooled.items())
    )
    sizes = ", ".join(f"{side} {DEFAULT_SIZES[side].words} mm" for side in SIDES)
    rule = CLP_RULE.words()
    return ProposalSpread(CLP_KEY, tuple(heads), datetime.now(UTC).date().isoformat(), rule, sizes, pairs)


def print_spread(reference: ProposalSpread) -> None:
    print(f"{reference.head_count} heads, both sides: {', '.join(reference.heads)}")
    for pair in reference.pairs:
        print(
            f"  {pair.first:20} {pair.second:20} {pair.mean_mm:5.2f} ± {pair.standard_deviation_mm:.2f} mm, "
            f"at most {pair.largest_mm:.2f}; warning {pair.warning_mm:.2f}, error {pair.error_mm:.2f}"
        )


def judge_each_by_the_others(heads: dict[str, Distances]) -> None:
    """How often an ordinary head would be called unusual."""
    for name, distances in heads.items():
        others = spread_of({other: found for other, found in heads.items() if other != name})
        for side, pairs in distances.items():
            raised = [
                f"{' and '.join(pair)} {distance_mm:.1f} mm: {verdict}"
                for pair, distance_mm in pairs.items()
                if (verdict := judged(distance_mm, others.pair(*pair))) != "ok"
            ]
            print(f"  {name:10} {side:6} {'; '.join(raised) or 'as in most heads'}")


if __name__ == "__main__":
    main()
