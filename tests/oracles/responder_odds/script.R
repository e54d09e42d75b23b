# Odds ratios of a better later score between three groups, first scores alike: clm of the package ordinal.
# Run in this folder: Rscript script.R > printout.txt
suppressMessages(library(ordinal))
options(digits = 10)
set.seed(12)
n <- 150
group <- rep(c("swedish", "deep_tissue", "cupping"), c(60, 50, 40))
first <- pmin(pmax(round(rnorm(n, 6, 1.7)), 1), 10)
later <- pmin(pmax(round(first - 3 + c(0, .8, -.5)[match(group, unique(group))] + rnorm(n, 0, 2)), 0), 10)
write.csv(data.frame(group, first, later), "rows.csv", row.names = FALSE, quote = FALSE)
better <- factor(-later, ordered = TRUE)                  # lower pain is better
rows <- list()
for (reference in unique(group)) {
  g <- relevel(factor(group), reference)
  fit <- clm(better ~ g + first, control = clm.control(gradTol = 1e-10))
  b <- coef(summary(fit)); b <- b[grep("^g", rownames(b)), , drop = FALSE]
  rows <- c(rows, list(data.frame(group = sub("^g", "", rownames(b)), reference = reference,
    estimate = exp(b[, 1]), conf_low = exp(b[, 1] - qnorm(.975) * b[, 2]), conf_high = exp(b[, 1] + qnorm(.975) * b[, 2]))))
}
numbers <- do.call(rbind, rows)
write.csv(format(numbers, digits = 12, trim = TRUE), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers, row.names = FALSE)
print(table(later, group))
cat("\nordinal", as.character(packageVersion("ordinal")), "\n", R.version.string, "\n")
