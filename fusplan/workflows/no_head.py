"""What it comes down to when a registration finds no head, or one that lies otherwise than its header says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fusplan.errors import FusplanError
from fusplan.registration.contrast_kind import ImageContrast
from fusplan.registration.head_turning import MEND_THE_HEADER, HeaderTurn
from fusplan.registration.quality import NO_HEAD_FOUND
from fusplan.registration.request import NoHeadError, RegistrationResult
from fusplan.spatial.acpc import DegenerateLandmarksError

_ALL_THE_SAME = "To see what would come out all the same, use 'fusplan plan --force'."


class NotAHeadError(NoHeadError):
    """The image is no MRI of a head: no target is put into it unless a person insists."""

    def __init__(self, name: str, contrast: ImageContrast) -> None:
        super().__init__(
            f"No plan was made on {name}: {contrast.sentence}"
            + (", and the template does not fit it." if contrast.kind == "other" else "."),
            f"Plan on a T1 MRI of the head ('fusplan info' tells what a file holds). {_ALL_THE_SAME}",
        )


class HeadNotFoundError(NoHeadError):
    """It may be a head, but nothing tells where: no target is put into it unless a person insists."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No plan was made on {name}: {NO_HEAD_FOUND}.",
            "Plan on a T1 MRI of the head that holds the whole brain ('fusplan info' tells what a file holds). "
            f"{_ALL_THE_SAME}",
        )


class HeadTurnedError(FusplanError):
    """The head lies otherwise than its header says: AC and PC make no head where the template came to lie."""

    def __init__(self, name: str, turn: HeaderTurn) -> None:
        super().__init__(
            f"AC and PC cannot be found in {name}: {turn.finding}.",
            f"Nothing was turned: {MEND_THE_HEADER}.",
        )


def require_head(registered: RegistrationResult, name: str) -> None:
    """Refuse what the template does not fit and in which no tissue of a head shows.

    Raises:
        NotAHeadError: it is no head.
        HeadNotFoundError: no head was found in it.
    """
    if registered.is_lost:
        raise HeadNotFoundError(name)
    contrast = registered.contrast
    is_misfit = registered.quality.verdict == "error" and registered.turn is None
    if contrast is not None and contrast.kind == "other" and is_misfit:
        raise NotAHeadError(name, contrast)


@contextmanager
def told_by_registration(registered: RegistrationResult, name: str) -> Iterator[None]:
    """Where AC and PC that a registration led astray make no head, say why it went astray and blame no landmark.

    Raises:
        HeadTurnedError, HeadNotFoundError: what the registration found out.
        DegenerateLandmarksError: it found nothing out.
    """
    try:
        yield
    except DegenerateLandmarksError as error:
        if registered.turn is not None:
            raise HeadTurnedError(name, registered.turn) from error
        if registered.is_lost:
            raise HeadNotFoundError(name) from error
        raise
