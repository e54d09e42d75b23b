"""A simulated clinic as its booking software exports it, and as its therapists fill a score sheet.

Appointments take the form that Jane's appointments report has: one line per booking, with names,
states and times, and not one score.
"""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from openpyxl import Workbook, load_workbook

from hipoutcomes.errors import OutputError

#: The columns of the report, in its order.
APPOINTMENT_COLUMNS = (
    *("id", "location_name", "start_at", "end_at", "patient_guid", "patient_number"),
    *("patient_first_name", "patient_preferred_name", "patient_last_name", "treatment_name"),
    *("staff_member_name", "state", "first_visit", "chart_status", "booked_at", "arrived_at"),
    *("booked_online", "cancelled_at", "cancelled_reason", "notes_text", "insurance_state"),
)
_ZONE = ZoneInfo("America/Vancouver")
_FIRST_NAMES = ("Mika", "Tove", "Anouk", "Ravi", "Noor", "Sten", "Lio", "Wren", "Ilse", "Otto")
_LAST_NAMES = ("Aldermoor", "Brackwater", "Cinderfell", "Dunmarsh", "Elderbrook", "Fennimore")
_STAFF = ("Quist", "Rowntree", "Sallow", "Tarn", "Underhay", "Vale")
_NOT_KEPT = ("cancelled", "no_show", "rescheduled")


def appointments_of(sessions: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """The visits of a simulated clinic as lines of an appointments report.

    Parameters
    ----------
    sessions : DataFrame
        `SimulatedClinic.sessions` of a clinic without mess.
    seed : int
        For names, times of day, and the appointments that were booked and not kept.

    Returns
    -------
    DataFrame
        One row per booking, every cell text; columns `APPOINTMENT_COLUMNS`.
    """
    rng = np.random.default_rng(seed)
    visits = sessions[sessions["Row type"] == "Visit"].reset_index(drop=True)
    slot = visits.groupby("Date").cumcount().to_numpy()
    lines = [
        _line(number, visit, int(slot[place]), rng)
        for place, (number, visit) in enumerate(
            zip(_numbers(len(visits)), _rows(visits), strict=True)
        )
    ]
    seen: set[str] = set()
    for line in lines:
        line["first_visit"] = str(line["patient_guid"] not in seen).lower()
        seen.add(line["patient_guid"])
    not_kept = rng.choice(len(lines), len(lines) // 12, replace=False)
    lines += [
        _not_kept(lines[at], 900_000 + place, rng) for place, at in enumerate(sorted(not_kept))
    ]
    return pd.DataFrame(lines, columns=APPOINTMENT_COLUMNS).sort_values(
        "start_at", ignore_index=True, kind="stable"
    )


def write_appointments(appointments: pd.DataFrame, path: str | Path) -> Path:
    """Write an appointments report as a workbook with its one sheet, Export.

    Raises
    ------
    OutputError
        When the place cannot be written to.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = "Export"
    sheet.append(list(appointments.columns))
    for row in appointments.itertuples(index=False):
        sheet.append([None if cell == "" else cell for cell in row])
    return _save(book, Path(path))


def fill_scores(sheet: str | Path, sessions: pd.DataFrame) -> Path:
    """Fill a score sheet that lists a clinic's visits, as its therapists would.

    Parameters
    ----------
    sheet : path
        A score sheet made from `appointments_of` the same sessions.
    sessions : DataFrame
        `SimulatedClinic.sessions`; scores sent between visits get rows of their own.
    """
    book = load_workbook(sheet)
    page = book["Sessions"]
    headings = {cell.value: cell.column for cell in page[1]}
    by_visit = {
        (client_number(row["Client"]), row["Date"]): row for row in _rows(sessions, "Visit")
    }
    last = 1
    for row in range(2, page.max_row + 1):
        client, day = page.cell(row, headings["Client"]).value, page.cell(row, headings["Date"])
        if client is None:
            continue
        last = row
        scores = by_visit.get((client, str(day.value)[:10]))
        for heading, name in _FILLED.items():
            if scores is not None and pd.notna(scores[name]):
                page.cell(row, headings[heading], scores[name])
    for row in _rows(sessions, "Text message"):
        if pd.isna(row["Pain between visits"]):
            continue
        last += 1
        page.cell(last, headings["Client"], client_number(row["Client"]))
        page.cell(last, headings["Date"], row["Date"])
        page.cell(last, headings["Row type"], "score between visits")
        page.cell(last, headings["Pain before (0-10)"], row["Pain between visits"])
    return _save(book, Path(sheet))


#: Heading of the score sheet -> heading of the simulated file.
_FILLED = {
    "Condition": "Condition",
    "Side": "Side",
    "Pain before (0-10)": "Pain before",
    "Pain after (0-10)": "Pain after",
    "Discomfort during massage (0-10)": "Discomfort",
    "Active flexion before (degrees)": "Flexion active before",
    "Active internal rotation before (degrees)": "Internal rotation active before",
    "Device": "Device",
    "Position": "Position",
    "Age": "Age",
    "Sex": "Sex",
}


def client_number(client: str) -> str:
    """Number of a client in the booking software.

    Examples
    --------
    >>> client_number("C0042")
    '1042'
    """
    return str(1000 + int(client[1:]))


def _rows(sessions: pd.DataFrame, kind: str | None = None) -> list[dict]:
    """Rows as dictionaries; of one kind only, where asked."""
    kept = sessions if kind is None else sessions[sessions["Row type"] == kind]
    return kept.to_dict("records")


def _numbers(n: int) -> range:
    """Numbers of appointments."""
    return range(41_000, 41_000 + n)


def _line(number: int, visit: dict, slot: int, rng: np.random.Generator) -> dict[str, str]:
    """One appointment that was kept."""
    at = int(visit["Client"][1:])
    start = datetime.fromisoformat(visit["Date"]).replace(tzinfo=_ZONE)
    start += timedelta(minutes=480 + 15 * (slot % 40))
    end = start + timedelta(minutes=int(visit["Minutes"]))
    booked = start - timedelta(days=int(rng.integers(1, 20)), minutes=int(rng.integers(0, 300)))
    therapist = str(visit["Therapist"])
    return {
        **dict.fromkeys(APPOINTMENT_COLUMNS, ""),
        "id": str(number),
        "location_name": "Harbour Street",
        "start_at": _moment(start),
        "end_at": _moment(end),
        "patient_guid": f"20111-{client_number(visit['Client'])}",
        "patient_number": client_number(visit["Client"]),
        "patient_first_name": _FIRST_NAMES[at % len(_FIRST_NAMES)],
        "patient_last_name": _LAST_NAMES[at // len(_FIRST_NAMES) % len(_LAST_NAMES)],
        "treatment_name": f"{visit['Minutes']} min {visit['Technique']}",
        "staff_member_name": f"{therapist} {_STAFF[len(therapist) % len(_STAFF)]}",
        "state": "arrived",
        "chart_status": "signed",
        "booked_at": _moment(booked),
        "arrived_at": _moment(start - timedelta(minutes=int(rng.integers(0, 10)))),
        "booked_online": "true" if rng.random() < 0.5 else "false",
        "notes_text": "prefers the room at the back" if rng.random() < 0.05 else "",
        "insurance_state": "unpaid" if rng.random() < 0.1 else "paid",
    }


def _not_kept(line: dict[str, str], number: int, rng: np.random.Generator) -> dict[str, str]:
    """An appointment that was booked, some days from one that was kept, and not kept itself."""
    state = _NOT_KEPT[int(rng.integers(len(_NOT_KEPT)))]
    start = datetime.fromisoformat(line["start_at"]) + timedelta(days=int(rng.integers(2, 9)))
    return {
        **line,
        "id": str(number),
        "start_at": _moment(start),
        "end_at": _moment(start + timedelta(minutes=60)),
        "state": state,
        "chart_status": "",
        "arrived_at": "",
        "first_visit": "false",
        "cancelled_at": "" if state == "no_show" else _moment(start - timedelta(days=1)),
        "cancelled_reason": "" if state == "no_show" else "client asked",
        "notes_text": "",
    }


def _moment(moment: datetime) -> str:
    """A moment with its distance from universal time, as 2026-09-01 08:30:00 -0700."""
    return moment.strftime("%Y-%m-%d %H:%M:%S %z")


def _save(book: Workbook, path: Path) -> Path:
    """Save a workbook, or say why not."""
    try:
        book.save(path)
    except OSError as problem:
        raise OutputError(
            f"{path} cannot be written: {problem.strerror or problem}.",
            remedy="Name another place, or close the file where it is open.",
        ) from None
    return path
