"""hipoutcomes fix: rows that wait to be corrected."""

from hipoutcomes.cli.app import app
from hipoutcomes.cli.options import StoreFolder


@app.command()
def fix(store: StoreFolder) -> None:
    """Say which rows wait to be corrected, and in which workbooks they lie."""
    from hipoutcomes.clinic_records.fixing import open_rows

    found = open_rows(store)
    if found.empty:
        print("No row waits to be corrected.")
        return
    for line in found.itertuples():
        rows = "1 row" if line.n_rows == 1 else f"{line.n_rows:,} rows"
        where = line.path or "its fix file is gone; correct your own file, and import that"
        print(f"Import {line.import_id}: {rows} to correct: {where}")
    if found["path"].notna().any():
        example = found["path"].dropna().iloc[0]
        print(f"Correct the shaded cells, save, then: hipoutcomes import {example} --store {store}")
