# Newcombe's interval for the difference of two shares (his method 10), by ci.pd of the package Epi.
# The first eight are the examples (a) to (h) of Newcombe (1998), table II.
# Run in this folder: Rscript script.R > printout.txt
suppressMessages(library(Epi))
options(digits = 10)
cases <- rbind(c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(5, 56, 0, 29), c(0, 10, 0, 20),
               c(0, 10, 0, 10), c(10, 10, 0, 20), c(10, 10, 0, 10),
               c(87, 161, 45, 140), c(12, 40, 21, 33), c(1, 25, 20, 20), c(400, 1000, 380, 1000))
rows <- list()
for (level in c(0.90, 0.95)) for (i in seq_len(nrow(cases))) {
  x <- cases[i, ]
  told <- ci.pd(x[1], x[3], x[2] - x[1], x[4] - x[3], method = "Nc", conf.level = level, print = FALSE)
  rows <- c(rows, list(data.frame(successes = x[1], n = x[2], other_successes = x[3], other_n = x[4],
    level = level, estimate = told[5], conf_low = told[6], conf_high = told[7])))
}
numbers <- do.call(rbind, rows)
write.csv(format(numbers, digits = 15, trim = TRUE), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\nEpi", as.character(packageVersion("Epi")), "\n", R.version.string, "\n")
