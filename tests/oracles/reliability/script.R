# Intraclass correlations of psych (Revelle), error of measurement from R's own analysis of variance.
# Run in this folder: Rscript script.R > printout.txt
suppressMessages(library(psych))
options(digits = 10)
judges <- matrix(c(9, 6, 8, 7, 10, 6,  2, 1, 4, 1, 5, 2,  5, 3, 6, 2, 6, 4,  8, 2, 8, 6, 9, 7), 6)
set.seed(3)
pain <- 5 + outer(rnorm(40, 0, 1.8), rep(1, 2)) + cbind(rep(0, 40), rep(-0.4, 40)) + matrix(rnorm(80), 40)
pain <- round(pain, 1)
set.seed(4)
motion <- 95 + outer(rnorm(12, 0, 10), rep(1, 3)) + outer(rep(1, 12), c(0, 2, -3)) + matrix(rnorm(36, 0, 5), 12)
motion <- round(motion)
set.seed(5)
noise <- round(matrix(rnorm(30, 5, 2), 15), 1)          # nothing between people: may be negative
sets <- list(shrout_fleiss = judges, pain = pain, motion = motion, noise = noise)
long <- do.call(rbind, lapply(names(sets), function(s) data.frame(
  set = s, patient = rep(seq_len(nrow(sets[[s]])), ncol(sets[[s]])),
  occasion = rep(seq_len(ncol(sets[[s]])), each = nrow(sets[[s]])), score = as.vector(sets[[s]]))))
write.csv(long, "scores.csv", row.names = FALSE, quote = FALSE)
rows <- list()
for (s in names(sets)) for (level in c(0.90, 0.95)) {
  found <- ICC(sets[[s]], lmer = FALSE, alpha = 1 - level)$results
  d <- long[long$set == s, ]
  one <- anova(lm(score ~ factor(patient), d))
  two <- anova(lm(score ~ factor(patient) + factor(occasion), d))
  n <- nrow(sets[[s]])
  mse <- two["Residuals", "Mean Sq"]; mso <- two["factor(occasion)", "Mean Sq"]
  sem <- sqrt(c(one["Residuals", "Mean Sq"], mse + max(mso - mse, 0) / n, mse))
  rows <- c(rows, list(data.frame(
    set = s, level = level, form = rep(c("one-way", "agreement", "consistency"), 2),
    averaged = rep(c("no", "yes"), each = 3), estimate = found$ICC,
    conf_low = found[["lower bound"]], conf_high = found[["upper bound"]], sem = rep(sem, 2))))
}
numbers <- do.call(rbind, rows)
write.csv(format(numbers, digits = 15), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\npsych", as.character(packageVersion("psych")), "\n", R.version.string, "\n")
