# Bias-corrected and accelerated (BCa) limits by R's boot package, from resamples that are kept, so that
# the same resamples can be given to another program. Two statistics:
# law      correlation of LSAT and GPA over the 15 law schools of Efron & Tibshirani (1993), Table 3.1
# scores   mean of 40 skewed scores made here
# Kept of each: the resampled estimates, the statistic without each unit in turn, the bias z0, the
# acceleration, and the shares of the resamples at which boot.ci reads its limits. (The limits themselves
# differ in the last digits between programs: boot.ci interpolates on the scale of normal quantiles.)
# Run in this folder: Rscript script.R > printout.txt
suppressPackageStartupMessages(library(boot))
options(digits = 12)
law <- data.frame(
  lsat = c(576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594),
  gpa = c(3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96))
set.seed(15)
scores <- data.frame(score = round(rexp(40, 1 / 3), 2))

kept <- function(name, data, statistic, n_resamples, level) {
  found <- boot(data, statistic, n_resamples)
  without <- sapply(seq_len(nrow(data)), function(i) statistic(data[-i, , drop = FALSE], seq_len(nrow(data) - 1)))
  # empinf(type = "jack") centres on the statistic itself; Efron (1987) on the mean of the jackknife.
  influence <- (nrow(data) - 1) * (mean(without) - without)
  stopifnot(anyDuplicated(c(found$t0, found$t[, 1])) == 0 || name == "scores")
  limits <- boot.ci(found, conf = level, type = "bca", L = influence)$bca
  numbers <- data.frame(
    statistic = name, level = level, estimate = found$t0,
    std_error = sd(found$t[, 1]), bias = mean(found$t[, 1]) - found$t0,
    acceleration = sum(influence^3) / (6 * sum(influence^2)^1.5),
    share_low = limits[2] / (n_resamples + 1), share_high = limits[3] / (n_resamples + 1),
    conf_low = limits[4], conf_high = limits[5])
  list(numbers = numbers,
       values = rbind(data.frame(statistic = name, kind = "resample", value = found$t[, 1]),
                      data.frame(statistic = name, kind = "jackknife", value = without)))
}
correlation <- function(d, i) cor(d$lsat[i], d$gpa[i])
average <- function(d, i) mean(d$score[i])
parts <- list(kept("law", law, correlation, 1999, 0.90), kept("scores", scores, average, 1999, 0.95))
numbers <- do.call(rbind, lapply(parts, `[[`, "numbers"))
values <- do.call(rbind, lapply(parts, `[[`, "values"))
write.csv(format(numbers, digits = 15), "numbers.csv", row.names = FALSE, quote = FALSE)
write.csv(data.frame(values[1:2], value = formatC(values$value, digits = 15)), "values.csv", row.names = FALSE, quote = FALSE)
write.csv(law, "law.csv", row.names = FALSE, quote = FALSE)
print(numbers)

# The law schools again with 200,000 resamples: what any bootstrap of them comes near.
set.seed(1993)
many <- boot(law, correlation, 200000)
without <- sapply(1:15, function(i) correlation(law, -i))
limits <- boot.ci(many, conf = 0.90, type = c("perc", "bca"), L = 14 * (mean(without) - without))
near <- data.frame(
  quantity = c("estimate", "std_error", "percentile_low", "percentile_high", "bca_low", "bca_high"),
  value = c(many$t0, sd(many$t[, 1]), limits$percent[4:5], limits$bca[4:5]))
write.csv(format(near, digits = 15), "law_limits.csv", row.names = FALSE, quote = FALSE)
print(near)
cat("\n", R.version.string, "boot", format(packageVersion("boot")), "\n")
