from datetime import date, datetime, time, timedelta

import pytest

from hipoutcomes.ingest.parsing.parse_times import minutes_of, parse_time


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        ("08:30", 510),
        ("8:30 AM", 510),
        ("12:05 am", 5),
        ("12:05pm", 725),
        ("2 pm", 840),
        ("14h30", 870),
        ("23:59:59", 1439),
        (time(9, 15), 555),
        (timedelta(hours=10), 600),
        (0.5, 720),
    ],
)
def test_times_become_minutes_since_midnight(raw, minutes):
    assert parse_time(raw).value == minutes


@pytest.mark.parametrize("raw", ["soon", "25:00", "13 pm", "0:30 pm", "12:75", 7, date(2026, 3, 5)])
def test_what_is_no_time_is_refused(raw):
    parsed = parse_time(raw)
    assert parsed.value is None
    assert parsed.code == "type-error"


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        ("2026-09-01 08:30:00 -0700", 510),
        ("2026-09-01T18:05:00Z", 1085),
        ("01/09/2026 6:05 PM", 1085),
        (datetime(2026, 9, 1, 8, 30), 510),
        ("2026-09-01", None),
        ("05.03.2026", None),
        ("5.3.26", None),
        ("20260901", None),
        (date(2026, 9, 1), None),
        (46086, None),
    ],
)
def test_the_time_within_a_date(raw, minutes):
    assert minutes_of(raw) == minutes
