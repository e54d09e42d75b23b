# Rubin's rules with the degrees of freedom of Barnard and Rubin, by mice::pool.scalar.
# Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressPackageStartupMessages(library(mice))
set.seed(3)
cases <- list(
  list(name = "twenty", q = rnorm(20, 2, 0.10), u = runif(20, 0.03, 0.05), df = 59),
  list(name = "five", q = rnorm(5, 1, 0.40), u = runif(5, 0.10, 0.20), df = 29),
  list(name = "two", q = c(0.5, 0.7), u = c(0.02, 0.03), df = 199),
  list(name = "large sample", q = rnorm(10, 3, 0.05), u = runif(10, 0.010, 0.011), df = Inf),
  list(name = "nothing between", q = rep(1.5, 6), u = rep(0.04, 6), df = 39)
)
sets <- do.call(rbind, lapply(cases, function(case)
  data.frame(name = case$name, estimate = case$q, variance = case$u, df_complete = case$df)))
write.csv(format(sets, digits = 15), "sets.csv", row.names = FALSE, quote = FALSE)
numbers <- do.call(rbind, lapply(cases, function(case) {
  # pool.scalar takes n and k; the degrees of freedom of complete data are n - k.
  pooled <- pool.scalar(case$q, case$u, n = case$df + 1, k = 1, rule = "rubin1987")
  reach <- qt(0.975, pooled$df) * sqrt(pooled$t)
  data.frame(name = case$name, estimate = pooled$qbar, within = pooled$ubar,
             between = pooled$b, std_error = sqrt(pooled$t), df = pooled$df,
             missing_information = pooled$fmi,
             conf_low = pooled$qbar - reach, conf_high = pooled$qbar + reach)
}))
write.csv(format(numbers, digits = 15), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "mice", as.character(packageVersion("mice")), "\n")
