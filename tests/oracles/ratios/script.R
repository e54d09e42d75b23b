# Limits of a ratio of paired means, as the ratios at which a paired t test of numerator - R * denominator just rejects
# (uniroot on t.test, not the closed form). Patients are made here. Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
set.seed(8)
patients <- do.call(rbind, lapply(c(12, 40), function(n) {
  denominator <- round(1.5 + rnorm(n, 0, 0.9), 2)
  data.frame(n, numerator = round(0.3 * denominator + rnorm(n, 0, 0.8), 2), denominator) }))
write.csv(patients, "patients.csv", row.names = FALSE, quote = FALSE)
numbers <- do.call(rbind, lapply(split(patients, patients$n), function(d) do.call(rbind, lapply(c(0.9, 0.95), function(level) {
  p <- function(R) t.test(d$numerator - R * d$denominator)$p.value - (1 - level)
  R <- mean(d$numerator) / mean(d$denominator)
  data.frame(n = d$n[1], level, estimate = R, conf_low = uniroot(p, c(R - 3, R), tol = 1e-12)$root,
             conf_high = uniroot(p, c(R, R + 3), tol = 1e-12)$root,
             std_error = sd(d$numerator - R * d$denominator) / sqrt(nrow(d)) / abs(mean(d$denominator))) }))))
write.csv(format(numbers, digits = 12, trim = TRUE), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "\n")
