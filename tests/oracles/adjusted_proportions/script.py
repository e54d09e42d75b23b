"""Intervals of Agresti and Coull and of Agresti and Caffo, as statsmodels gives them.

Run in this folder: python script.py > printout.txt
"""

import csv

import statsmodels
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

SHARES = [(81, 263), (15, 148), (0, 20), (1, 29), (0, 10), (1, 10), (5, 10), (9, 10), (10, 10),
          (0, 1), (1, 1), (500, 1000), (39999, 40000)]
PAIRS = [(87, 161, 45, 140), (12, 20, 4, 20), (0, 25, 3, 30), (50, 100, 50, 60), (19, 20, 1, 40)]
LEVELS = (0.80, 0.95, 0.99)


def shares():
    for level in LEVELS:
        for counts in SHARES:
            yield (*counts, level), proportion_confint(
                *counts, alpha=1 - level, method="agresti_coull"
            )


def differences():
    for level in LEVELS:
        for counts in PAIRS:
            yield (*counts, level), confint_proportions_2indep(
                *counts, compare="diff", method="agresti-caffo", alpha=1 - level
            )


def write(name, columns, rows):
    with open(f"{name}.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*columns, "conf_low", "conf_high"])
        for about, limits in rows:
            out.writerow([*about, *(repr(float(limit)) for limit in limits)])
            print(name, *about, *limits)


if __name__ == "__main__":
    write("shares", ["successes", "n", "level"], shares())
    write(
        "differences",
        ["successes", "n", "other_successes", "other_n", "level"],
        differences(),
    )
    print("statsmodels", statsmodels.__version__)
