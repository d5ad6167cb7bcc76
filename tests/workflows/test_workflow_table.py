"""The table of the window's workflows: every name leads to a function of that request and that result."""

from __future__ import annotations

import inspect
import pickle
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from fusplan.progress import NoProgress
from fusplan.workflows.requests import MakePlanRequest, ReadImageRequest
from fusplan.workflows.workflow_table import Workflow, Workflows

STATED = re.compile(r"JobFunction\[(?P<request>[^,]+), (?P<result>.+)\]")
ENGINES = ("scipy", "skimage", "nibabel", "SimpleITK", "numba", "pydantic", "picsl_greedy", "pydicom", "PySide6")


@pytest.mark.parametrize("field", fields(Workflows), ids=lambda field: field.name)
def test_a_name_leads_to_a_function_of_what_the_table_says(field) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(field.default, Workflow)
    function = field.default.load()
    stated = STATED.fullmatch(field.type)
    assert stated is not None
    assert function.__name__ == field.name
    taken = list(inspect.signature(function).parameters.values())
    assert [taken[0].annotation, taken[1].annotation] == [stated["request"], "Progress"]
    assert inspect.signature(function).return_annotation == stated["result"]


def test_a_workflow_is_sent_by_name_and_does_the_work(tmp_path: Path) -> None:
    sent = pickle.loads(pickle.dumps(Workflows().read_file_facts))
    assert sent == Workflows().read_file_facts
    assert sent(tmp_path / "none.nii", NoProgress()) == ()


def test_requests_are_sent_as_they_are() -> None:
    request = MakePlanRequest(Path("T1w.nii.gz"), seed=3, atlas="julich")
    assert pickle.loads(pickle.dumps(request)) == request
    assert pickle.loads(pickle.dumps(ReadImageRequest(Path("a.nii"), 2))) == ReadImageRequest(Path("a.nii"), 2)


def test_table_and_requests_load_no_engine() -> None:
    program = f"""
import sys
import fusplan.workflows.requests, fusplan.workflows.workflow_table
print([name for name in {ENGINES!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
