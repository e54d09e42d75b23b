"""A file on its way into a clinic's records: nothing in it names a person."""

import pandas as pd

from hipoutcomes import __version__
from hipoutcomes.ingest.checks import CHECKS
from hipoutcomes.ingest.file_read import FileRead
from hipoutcomes.ingest.planning.mapping_text import mapping_text
from hipoutcomes.ingest.read import Reading
from hipoutcomes.privacy.admitted import admit, admitted_issues, name_in_store
from hipoutcomes.privacy.admitted_mapping import admitted_mapping
from hipoutcomes.privacy.findings import personal_columns
from hipoutcomes.privacy.key import Key
from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.pseudonyms import pseudonymise
from hipoutcomes.store.incoming import Incoming


def incoming_of(file: FileRead, reading: Reading, key: Key, links: Links) -> Incoming:
    """One file as the store takes it: nothing in it names a person."""
    account = reading.accounting.files[0]
    name = name_in_store(file.grid.file, file.grid.sha256, links)
    admitted = admit(pseudonymise(reading.records, key, links), key, links, name)
    return Incoming(
        admitted.records,
        name,
        file.grid.sha256,
        family=file.plan.kind,
        mapping=admitted_mapping(mapping_text(file.plan)),
        tool_version=__version__,
        accounting={
            "rows": dict(account.rows),
            "cells": dict(account.cells),
            "n_rows": reading.sources[0].n_rows,
        },
        issues=_with_findings(admitted_issues(reading.issues), file),
    )


def columns_of(file: FileRead) -> tuple:
    """Headings and cells of a file, and what each column that was read holds."""
    fields = {column.place: str(column.target) for column in file.plan.read}
    return file.grid.headers, file.grid.columns, fields


def _with_findings(issues: pd.DataFrame, file: FileRead) -> pd.DataFrame:
    """Issues with one for each column that was read and seems personal."""
    _, fields = personal_columns(*columns_of(file))
    if not fields:
        return issues
    found = pd.DataFrame({"row": 0, "field": fields, "code": "looks-personal"})
    check = CHECKS["looks-personal"]
    found = found.assign(severity=check.severity, action="accepted")[list(issues.columns)]
    return pd.concat([issues.astype(object), found.astype(object)], ignore_index=True)
