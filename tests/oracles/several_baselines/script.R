# One more score after the mean of k first scores, of people who come when that mean is in its worse
# half: movement, and shares beyond a threshold, by numerical integration of the joint normal.
# Run in this folder: Rscript script.R > printout.txt
options(digits = 10)
mu <- 4; sigma <- 2; threshold <- 2
one <- function(k, r) {
  S <- sigma^2 * (matrix(r, k + 1, k + 1) + diag(1 - r, k + 1))     # k first scores and one more
  A <- rbind(c(rep(1 / k, k), 0), c(rep(0, k), 1))
  V <- A %*% S %*% t(A)                                              # mean of the first, and the new one
  s <- sqrt(V[1, 1]); slope <- V[1, 2] / V[1, 1]; left <- sqrt(V[2, 2] - V[1, 2]^2 / V[1, 1])
  over <- function(f) integrate(function(x) f(x) * dnorm(x, mu, s), mu, mu + 12 * s, rel.tol = 1e-12)$value / .5
  data.frame(k = k, r = r, sd_of_mean = s,
    movement = over(function(x) x - (mu + slope * (x - mu))),
    better = over(function(x) pnorm(x - threshold, mu + slope * (x - mu), left)),
    worse = over(function(x) 1 - pnorm(x + threshold, mu + slope * (x - mu), left)))
}
numbers <- do.call(rbind, Map(one, rep(1:4, each = 3), rep(c(.4, .6, .8), 4)))
write.csv(format(numbers, digits = 12, trim = TRUE), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
# Means of first scores in the worse half, as evenly spaced quantiles in standard deviations from mu.
half <- data.frame(z = qnorm(.5 + .5 * (seq_len(4000) - .5) / 4000))
write.csv(format(half, digits = 12, trim = TRUE), "worse_half.csv", row.names = FALSE, quote = FALSE)
cat("\n", R.version.string, "\n")
