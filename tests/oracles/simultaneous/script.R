# Chances that the largest |t| stays under a value, by mvtnorm (pmvt, Genz and Bretz) for several correlations and degrees
# of freedom (df 0 stands for the normal), and simultaneous intervals and adjusted p-values by multcomp (glht) for
# sequential contrasts of group means. The rows are made here. Run in this folder: Rscript script.R > printout.txt
options(digits = 10)
suppressMessages({library(mvtnorm); library(multcomp)})
correlations <- list(
  independent3 = diag(3),
  exchangeable4 = matrix(0.5, 4, 4) + diag(0.5, 4),
  steps5 = toeplitz(c(1, -0.5, 0, 0, 0)),
  autoregressive6 = 0.7^abs(outer(1:6, 1:6, "-")),
  singular3 = { A <- rbind(c(1, 0), c(0, 1), c(1, 1) / sqrt(2)); A %*% t(A) })
below <- data.frame()
for (name in names(correlations)) for (df in c(5, 30, 0)) for (critical in c(1.5, 2, 2.5, 3)) {
  set.seed(1)
  R <- correlations[[name]]
  m <- nrow(R)
  found <- pmvt(rep(-critical, m), rep(critical, m), df = df, corr = R, algorithm = GenzBretz(maxpts = 2e5, abseps = 1e-5))
  below <- rbind(below, data.frame(name, df, critical, share = format(as.numeric(found), digits = 8)))
}
write.csv(below, "below.csv", row.names = FALSE, quote = FALSE)
print(below)
matrices <- do.call(rbind, lapply(names(correlations), function(name) {
  R <- correlations[[name]]
  data.frame(name, i = as.vector(row(R)), j = as.vector(col(R)), r = as.vector(R)) }))
write.csv(matrices, "correlations.csv", row.names = FALSE, quote = FALSE)
set.seed(3)
visit <- rep(1:5, c(14, 12, 10, 8, 6))
score <- round(7 - c(0, 1.2, 1.6, 1.7, 2.6)[visit] + rnorm(length(visit), 0, 1.3), 2)
rows <- data.frame(visit, score)
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE)
fit <- lm(score ~ 0 + factor(visit), rows)
K <- contrMat(table(visit), "Sequen")
colnames(K) <- NULL
set.seed(1)
test <- summary(glht(fit, linfct = K), test = adjusted("single-step"))
set.seed(1)
band <- confint(glht(fit, linfct = K), level = 0.95)
numbers <- data.frame(contrast = rownames(K), estimate = test$test$coefficients, std_error = test$test$sigma,
                      conf_low = band$confint[, "lwr"], conf_high = band$confint[, "upr"],
                      p_adjusted = as.vector(test$test$pvalues), critical = attr(band$confint, "calpha"), df = fit$df.residual)
text <- numbers
for (name in names(text)[-1]) text[[name]] <- format(text[[name]], digits = 10, trim = TRUE)
write.csv(text, "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "; mvtnorm", format(packageVersion("mvtnorm")), "; multcomp", format(packageVersion("multcomp")), "\n")
