"""What people typed reaches no message and no line of output, whatever was wrong with it."""

import itertools

import pytest

from tests.command_line import run

SECRETS = ("Zyxwinkel", "Quorndale", "tovezyx@example.org", "604-555-0142", "Vexmarsh")
HEADINGS = (
    "Client,Client name,Contact,Visit date,Pain before,Pain after,Technique,Therapist,Notes\n"
)
GOOD = "".join(
    f"{100 + i % 6},{SECRETS[0]},{SECRETS[2]},2026-01-{i % 28 + 1:02d},{i % 11},{i % 7},Swedish,"
    f"{SECRETS[4]},saw {SECRETS[1]} at {SECRETS[3]}\n"
    for i in range(40)
)
#: Rows in which a secret stands where something else belongs.
SPOILED = tuple(
    f"{client},x,x,{day},{before},{after},{technique},{SECRETS[4]},\n"
    for client, day, before, after, technique in (
        ("100", SECRETS[0], "6", "4", "Swedish"),
        ("101", "2026-02-02", SECRETS[1], "4", "Swedish"),
        ("102", "2026-02-03", "6", SECRETS[2], "Swedish"),
        ("103", "2026-02-04", "6", "4", SECRETS[3]),
        (SECRETS[0], "2026-02-05", "6", "4", "Swedish"),
    )
)


@pytest.fixture
def clinic(tmp_path):
    (tmp_path / "visits.csv").write_text(HEADINGS + GOOD + "".join(SPOILED))
    return tmp_path / "visits.csv"


def test_commands_that_go_through_print_no_value(clinic, tmp_path, capsys):
    store, commands = tmp_path / "clinic", []
    for arguments in (
        ("report", clinic, "-o", tmp_path / "report"),
        ("import", clinic, "--store", store, "--max-bad", "0.5"),
        ("import", clinic, "--store", store),
        ("imports", "--store", store),
        ("issues", "--store", store),
        ("fix", "--store", store),
        ("due", "--store", store, "--on", "2026-02-20", "-o", tmp_path / "due.xlsx"),
        ("report", "--store", store, "-o", tmp_path / "of-store"),
        ("export", "--store", store, "-o", tmp_path / "export", "--safe-harbor"),
        ("clients", "forget", "100", "--store", store, "--yes"),
        ("undo", "1", "--store", store),
    ):
        code, said = run(capsys, *arguments)
        assert code in (0, 3), said
        commands.append(said)
    assert not [secret for secret in SECRETS if secret in "".join(commands)]


SPOILERS = {
    "no date order": ("2026-01-", "0{}/0{}/2026,"),
    "no client": ("Client,Client name", "Kode,Nomo"),
    "no date": ("Visit date", "Vizit"),
    "all rows bad": ("2026-", "Zyxwinkel-"),
    "not text": None,
}


@pytest.mark.parametrize("how", SPOILERS)
def test_messages_of_files_that_are_refused_hold_no_value(clinic, tmp_path, capsys, how):
    text = clinic.read_text()
    if SPOILERS[how] is None:
        clinic.write_bytes(b"\x81\x8d" + text.encode())
    elif how == "no date order":
        days = itertools.count()
        lines = [line.split(",") for line in text.splitlines()]
        for line in lines[1:]:
            n = next(days)
            line[3] = f"0{n % 9 + 1}/0{n % 8 + 2}/2025"
        clinic.write_text("\n".join(",".join(line) for line in lines))
    else:
        clinic.write_text(text.replace(*SPOILERS[how]))
    for arguments in (
        ("report", clinic, "-o", tmp_path / "report"),
        ("import", clinic, "--store", tmp_path / "clinic"),
    ):
        code, said = run(capsys, *arguments)
        assert code in (2, 4, 6), said
        assert not [secret for secret in SECRETS if secret in said], said
    assert not (tmp_path / "clinic").exists()
