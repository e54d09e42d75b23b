"""Intervals of Agresti and Coull and of Agresti and Caffo, as statsmodels gives them.

Run in this folder: python script.py > printout.txt
"""

import csv

import statsmodels
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

SHARES = [(81, 263), (15, 148), (0, 20), (1, 29), (0, 10), (1, 10), (5, 10), (9, 10), (10, 10),
          (0, 1), (1, 1), (500, 1000), (39999, 40000)]
PAIRS = [(87, 161, 45, 140), (12, 20, 4, 20), (0, 25, 3, 30), (50, 100, 50, 60), (19, 20, 1, 40)]

with open("shares.csv", "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["successes", "n", "level", "conf_low", "conf_high"])
    for level in (0.80, 0.95, 0.99):
        for x, n in SHARES:
            low, high = proportion_confint(x, n, alpha=1 - level, method="agresti_coull")
            out.writerow([x, n, level, repr(float(low)), repr(float(high))])
            print("share", x, n, level, low, high)
with open("differences.csv", "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["successes", "n", "other_successes", "other_n", "level", "conf_low", "conf_high"])
    for level in (0.80, 0.95, 0.99):
        for x1, n1, x2, n2 in PAIRS:
            low, high = confint_proportions_2indep(
                x1, n1, x2, n2, compare="diff", method="agresti-caffo", alpha=1 - level
            )
            out.writerow([x1, n1, x2, n2, level, repr(float(low)), repr(float(high))])
            print("difference", x1, n1, x2, n2, level, low, high)
print("statsmodels", statsmodels.__version__)
