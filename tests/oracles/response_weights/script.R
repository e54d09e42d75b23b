# Inverse-probability weights by glm; the standard error of the weighted mean by stacking the
# estimating equations of the coefficients and of the mean, with numerical derivatives.
# Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
set.seed(31)
n <- 90
patients <- data.frame(first = pmin(pmax(round(rnorm(n, 5.5, 1.8)), 3), 10),
                       age = round(rnorm(n, 55, 12)))
patients$improvement <- round(patients$first - 1 - 0.4 * patients$first + rnorm(n, 0, 1.8))
patients$measured <- as.integer(runif(n) < plogis(1 - 0.4 * (patients$first - 6)))
write.csv(patients, "patients.csv", row.names = FALSE, quote = FALSE)

design <- cbind(1, patients$first, patients$age)
r <- patients$measured
y <- ifelse(r == 1, patients$improvement, 0)
stacked <- function(theta, counted) {           # one row of estimating functions per patient
  p <- plogis(design %*% theta[1:3])[, 1]
  cbind(design * (r - p), counted * r / p * (y - theta[4]))
}
numeric_slope <- function(theta, counted) sapply(1:4, function(j) {
  h <- 1e-5 * max(1, abs(theta[j]))
  up <- down <- theta; up[j] <- up[j] + h; down[j] <- down[j] - h
  (colSums(stacked(up, counted)) - colSums(stacked(down, counted))) / (2 * h)
})
fit <- glm(measured ~ first + age, binomial, patients,
           control = list(epsilon = 1e-15, maxit = 100))
p <- fitted(fit)
numbers <- do.call(rbind, lapply(c("all", "first score of 5 or more"), function(who) {
  counted <- if (who == "all") rep(1, n) else as.numeric(patients$first >= 5)
  w <- counted * r / p
  mean_weighted <- sum(w * y) / sum(w)
  theta <- c(coef(fit), mean_weighted)
  a <- numeric_slope(theta, counted)
  b <- crossprod(stacked(theta, counted))
  v <- solve(a) %*% b %*% t(solve(a))
  data.frame(who = who, estimate = mean_weighted, sandwich_error = sqrt(v[4, 4]),
             effective_n = sum(w)^2 / sum(w^2))
}))
write.csv(format(numbers, digits = 15), "numbers.csv", row.names = FALSE, quote = FALSE)
write.csv(format(data.frame(chance = p, weight = r / p / mean((r / p)[r == 1])), digits = 15),
          "weights.csv", row.names = FALSE, quote = FALSE)
print(coef(fit)); print(numbers)
cat("measured", sum(r), "of", n, "\n")
cat("\n", R.version.string, "\n")
