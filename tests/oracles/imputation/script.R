# Multiple imputation of a later score by mice (predictive mean matching), with enough imputations
# for the pooled mean and its variances to be known within a small Monte-Carlo error.
# Run in this folder: Rscript script.R > printout.txt (about half a minute)
options(digits = 12)
suppressPackageStartupMessages(library(mice))
set.seed(21)
n <- 80
patients <- data.frame(first = pmin(pmax(round(rnorm(n, 5.5, 1.8)), 3), 10),
                       age = round(rnorm(n, 55, 12)))
patients$later <- pmin(pmax(round(0.5 + 0.5 * patients$first + 0.02 * patients$age +
                                    rnorm(n, 0, 1.6)), 0), 10)
patients$later[runif(n) < plogis(-1.2 + 0.35 * (patients$first - 5))] <- NA
write.csv(patients, "patients.csv", row.names = FALSE, quote = FALSE, na = "")

sets <- 4000
made <- mice(patients, method = c("", "", "pmm"), m = sets, maxit = 1, printFlag = FALSE, seed = 7)
later <- sapply(seq_len(sets), function(i) complete(made, i)$later)
change <- patients$first - later
means <- colMeans(change)
variances <- apply(change, 2, var) / n
better <- colMeans(change >= 2)
numbers <- data.frame(
  quantity = c("mean", "between", "within", "share", "share_between"),
  value = c(mean(means), var(means), mean(variances), mean(better), var(better)),
  # Monte-Carlo standard error over the sets.
  error = c(sd(means) / sqrt(sets), var(means) * sqrt(2 / sets), sd(variances) / sqrt(sets),
            sd(better) / sqrt(sets), var(better) * sqrt(2 / sets)))
write.csv(format(numbers, digits = 15), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("missing", sum(is.na(patients$later)), "of", n, "\n")
cat("\n", R.version.string, "mice", as.character(packageVersion("mice")), "\n")
