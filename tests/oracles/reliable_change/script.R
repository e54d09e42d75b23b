# Reliable change by five formulas, each obtained by a route other than the formula of the package:
# standard errors from the covariance matrix of two parallel scores (conditional and marginal normal),
# not from closed forms; plus the inputs of the tests of the R package clinicalsignificance.
# Run in this folder: Rscript script.R > printout.txt
options(digits = 10)
errors_of <- function(S, r) {
  Sigma <- S^2 * matrix(c(1, r, r, 1), 2)                 # two scores of one person who does not change
  a <- c(-1, 1)
  true_given_first <- S^2 * r - (S^2 * r)^2 / Sigma[1, 1] # variance of the true score given the first
  measurement <- Sigma[1, 1] - S^2 * r                    # variance of scores round the true score
  c("jacobson-truax" = sqrt(as.numeric(t(a) %*% Sigma %*% a)),
    "gulliksen-lord-novick" = sqrt(Sigma[2, 2] - Sigma[2, 1]^2 / Sigma[1, 1]),
    "edwards-nunnally" = sqrt(measurement),
    "hsu-linn-lord" = sqrt(true_given_first + measurement),
    # error of the first score shrunk by r, and error of the second
    "nunnally-kotsch" = sqrt(as.numeric(c(r, 1) %*% diag(c(measurement, measurement)) %*% c(r, 1))))
}
sets <- list(
  # inputs of the package's own tests of its formulas
  gln = list(x = c(30, 20, 10, 8, 6, 4, 2), y = rep(2, 7), M = 5, S = 7, r = 0.80),
  en_nk = list(x = c(30, 20, 10, 8, 6, 4, 2), y = rep(2, 7), M = 10, S = 5, r = 0.80))
set.seed(9)
x <- round(rnorm(60, 6, 1.7)); y <- round(x - 1.5 + rnorm(60, 0, 1.8))
sets$pain <- list(x = x, y = y, M = mean(x), S = sd(x), r = 0.6)
rows <- list()
for (s in names(sets)) with(sets[[s]], {
  se <- errors_of(S, r)
  expected <- sapply(x, function(one) M + (S^2 * r) / S^2 * (one - M))
  shift <- mean(y) - M
  for (m in names(se)) {
    beyond <- switch(m, "jacobson-truax" = y - x, "hsu-linn-lord" = y - expected - shift, y - expected)
    rows <<- c(rows, list(data.frame(set = s, method = m, patient = seq_along(x), first = x, second = y,
      mean = M, std_dev = S, reliability = r, std_error = se[[m]], index = beyond / se[[m]])))
  }
})
numbers <- do.call(rbind, rows)
write.csv(format(numbers, digits = 15), "numbers.csv", row.names = FALSE, quote = FALSE)
print(aggregate(cbind(std_error, index) ~ set + method, numbers, mean))
print(aggregate(cbind(below = index < -1.96, above = index > 1.96) ~ set + method, numbers, sum))
cat("\n", R.version.string, "\n")
