from __future__ import annotations

import re

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.colours import AMBER, PALE_AMBER, distinct_colours, nucleus_colour


def test_every_nucleus_of_the_built_in_atlases_has_a_colour_of_its_own() -> None:
    for name in ("morel", "julich"):
        abbreviations = {structure.abbreviation for structure in load_atlas(name).structures}
        colours = distinct_colours(abbreviations)
        assert set(colours) == abbreviations
        assert len(set(colours.values())) == len(abbreviations)
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours.values())
        assert colours["CL"] == PALE_AMBER


def test_nuclei_of_a_group_share_their_colour_and_clp_stands_out() -> None:
    assert nucleus_colour("CLp") == AMBER
    assert nucleus_colour("MDpc") == nucleus_colour("MDmc") == nucleus_colour("MD")
    assert nucleus_colour("VPLp") != nucleus_colour("VLa")
    assert nucleus_colour("unheard of") == nucleus_colour("xyz")
