"""AC, PC and midplane error of the registration on marked heads, as they are and made hard.

    python -m tests.benchmarks.landmarks [--quick] [--heads colin27 mne] [--cases "as it is"] [--log rows.jsonl]

Prints a row a case, then the figures against the aims. With ``--log``, finished rows are kept in that file and not
computed again. ``--antspy-python PATH`` adds antspyx (SyN and SyNQuick) on the heads as they are, run by the
interpreter of an environment in which ``pip install antspyx`` was done.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from fusplan.atlas.catalogue import load_template
from fusplan.imaging.volume import Volume
from fusplan.planning.landmarks import carry_landmarks, refine_landmarks
from fusplan.planning.plan import Landmarks
from fusplan.progress import NoProgress
from fusplan.registration.greedy_engine import register
from fusplan.registration.request import RegistrationRequest
from fusplan.spatial import Point, Points
from tests.benchmarks.hard_cases import CASES, STRIPPED, Stripper, skull_stripped
from tests.benchmarks.heads import CONTRASTS, CONTRASTS_TRUTH, MarkedHead, head_names, load_contrast, load_head
from tests.benchmarks.landmark_rows import AS_IT_IS, HEADING, Log, Row, errors_against_marks, measure
from tests.benchmarks.landmark_summary import summary_lines
from tests.benchmarks.peers import PEERS, Peer, antspy_peers

QUICK_CASES = (AS_IT_IS, "turn and shift", "2.5 mm axial", "T2-like", STRIPPED)


def run_heads(
    heads: Sequence[str], cases: Sequence[str], peers: Sequence[Peer], log: Log, threads: int
) -> Iterator[Row]:
    """Every head in every case, rows that are in the log from there."""
    for name in heads:
        wanted = [(case, "fusplan") for case in cases] + [(AS_IT_IS, peer.name) for peer in peers]
        missing = [want for want in wanted if log.find(name, *want) is None]
        head = load_head(name) if missing else None
        for case, engine in wanted:
            row = log.find(name, case, engine)
            if row is None and head is not None:
                peer = next((peer for peer in peers if peer.name == engine), None)
                if peer is not None:
                    row = by_peer(head, peer, threads)
                else:
                    row = measure(made_hard(head, case, threads), case, threads)
                log.add(row)
            if row is not None:
                yield row


def made_hard(head: MarkedHead, case: str, threads: int) -> MarkedHead:
    """The head in a case, by its name."""
    if case != STRIPPED:
        return CASES[case](head)
    template = load_template()
    whole = register(RegistrationRequest(head.volume, template, threads, deformable=False), NoProgress())
    return skull_stripped(head, Stripper(template, whole.mni_to_scanner.affine.inverse()))


def by_peer(head: MarkedHead, peer: Peer, threads: int) -> Row:
    """Register one head by a peer and compare with its marks."""
    found = peer.carry_landmarks(head.volume, load_template(), threads)
    errors = errors_against_marks(head, found.ac, found.pc, found.midline)
    return Row(head.name, AS_IT_IS, peer.name, errors, errors, "-", found.seconds, found.cpu_s)


def run_contrasts(log: Log, threads: int) -> Iterator[Row]:
    """T2 and FLAIR of a brain-extracted person, against what the T1 of the same person says."""
    missing = [name for name in CONTRASTS if log.find(name, AS_IT_IS) is None]
    answer = landmarks_found(load_contrast(CONTRASTS_TRUTH), threads) if missing else None
    for name, file_name in CONTRASTS.items():
        row = log.find(name, AS_IT_IS)
        if row is None and answer is not None:
            truth = _head_of_answer(name, load_contrast(file_name), answer)
            row = measure(truth, AS_IT_IS, threads)
            log.add(row)
        if row is not None:
            yield row


def landmarks_found(volume: Volume, threads: int) -> Landmarks:
    """The landmarks as a plan on this image has them."""
    result = register(RegistrationRequest(volume, load_template(), threads), NoProgress())
    return refine_landmarks(carry_landmarks(load_template(), result.mni_to_scanner, result.contrast), volume)


def _head_of_answer(name: str, volume: Volume, answer: Landmarks) -> MarkedHead:
    """An image with another image's landmarks as its marks; both have one scanner frame in all but name."""
    frame = volume.scanner_frame
    ac, pc = (Point.of(frame, landmark.point.coordinates) for landmark in (answer.ac, answer.pc))
    midline = np.array([landmark.point.coordinates for landmark in answer.midline])
    return MarkedHead(name, volume, ac, pc, Points(frame, midline))


def main() -> None:
    """Parse the command line, print rows as they come, then the summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two heads, five cases")
    parser.add_argument("--heads", nargs="*", choices=head_names(), default=None)
    parser.add_argument("--cases", nargs="+", choices=(*CASES, STRIPPED), default=None)
    parser.add_argument(
        "--contrasts", action="store_true", help="T2 and FLAIR against T1 (done anyway without --heads)"
    )
    parser.add_argument("--antspy-python", type=Path, default=None, metavar="PATH")
    parser.add_argument(
        "--peers", nargs="+", choices=tuple(PEERS), default=tuple(PEERS), help="which of antspyx's ways"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--log", type=Path, default=None)
    arguments = parser.parse_args()
    heads = arguments.heads
    if heads is None:
        heads = head_names()[:2] if arguments.quick else head_names()
    cases = arguments.cases or (QUICK_CASES if arguments.quick else (*CASES, STRIPPED))
    peers = [peer for peer in antspy_peers(arguments.antspy_python) if peer.name in arguments.peers]
    log = Log(arguments.log)
    rows = []
    print(HEADING)
    for row in run_heads(heads, cases, peers, log, arguments.threads):
        rows.append(row)
        print(row.line(), flush=True)
    if len(head_names()) > 1 and (arguments.contrasts or arguments.heads is None):
        for row in run_contrasts(log, arguments.threads):
            rows.append(row)
            print(row.line(), flush=True)
    print("", *summary_lines(rows), sep="\n")


if __name__ == "__main__":
    main()
