"""What compiled code prints stays off the terminal, and all else is as before."""

import os

from hipoutcomes.privacy.suppression.quiet_solver import quiet


def test_only_what_is_printed_meanwhile_is_lost(capfd):
    os.write(1, b"before ")
    with quiet():
        os.write(1, b"a remark of the solver ")
    os.write(1, b"after")
    assert capfd.readouterr().out == "before after"


def test_a_fault_leaves_the_output_open(capfd):
    try:
        with quiet():
            raise ZeroDivisionError
    except ZeroDivisionError:
        os.write(1, b"still here")
    assert capfd.readouterr().out == "still here"
