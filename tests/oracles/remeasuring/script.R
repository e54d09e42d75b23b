# What re-measuring alone gives, by numerical integration (base R's integrate), not by the closed
# forms that the package uses. Run in this folder: Rscript script.R > printout.txt
options(digits = 10)

# 1. Regression to the mean without bounds or steps: E(first - second | first beyond the cut), where
#    the first score is the mean of k baselines and the second is one more score.
rtm <- function(mu, sigma, cut, r, k, chosen) {
  s <- sqrt(r * sigma^2 + (1 - r) * sigma^2 / k)          # SD of the mean of k baselines
  slope <- r * sigma^2 / s^2                              # regression of a new score on that mean
  limits <- if (chosen == "above") c(cut, mu + 12 * sigma) else c(mu - 12 * sigma, cut)
  top <- integrate(function(x) (x - (mu + slope * (x - mu))) * dnorm(x, mu, s), limits[1], limits[2], rel.tol = 1e-12)$value
  abs(top / integrate(function(x) dnorm(x, mu, s), limits[1], limits[2], rel.tol = 1e-12)$value)
}
means <- rbind(
  expand.grid(mu = 60, sigma = 15, cut = 40, r = c(0, .3, .5, .7, .9, 1), k = 1, chosen = "below"),
  expand.grid(mu = 4, sigma = 2, cut = 4, r = .6, k = 1:3, chosen = "above"),
  expand.grid(mu = 5, sigma = 2, cut = c(3, 7), r = .5, k = 1:2, chosen = "above"))
means$movement <- mapply(rtm, means$mu, means$sigma, means$cut, means$r, means$k, as.character(means$chosen))
write.csv(format(means, digits = 12, trim = TRUE), "regression_to_mean.csv", row.names = FALSE, quote = FALSE)
print(means)

# 2. Whole scores 0-10, lower better: of those whose first score is `cut` or more, the expected share
#    better and worse by the threshold, and mean improvement, with a second score that correlates by r.
lowest <- 0; highest <- 10
edges <- function(score) c(if (score == lowest) -Inf else score - .5, if (score == highest) Inf else score + .5)
second_is <- function(score, x, mu, sigma, r) {
  e <- edges(score); m <- mu + r * (x - mu); s <- sigma * sqrt(1 - r^2)
  pnorm(e[2], m, s) - pnorm(e[1], m, s)
}
joint <- function(a, b, mu, sigma, r) {                   # P(first = a, second = b)
  e <- pmin(pmax(edges(a), mu - 10 * sigma), mu + 10 * sigma)
  integrate(function(x) dnorm(x, mu, sigma) * second_is(b, x, mu, sigma, r), e[1], e[2], rel.tol = 1e-10)$value
}
remeasured <- function(mu, sigma, cut, r, threshold) {
  first <- cut:highest
  p <- sapply(lowest:highest, function(b) sapply(first, function(a) joint(a, b, mu, sigma, r)))
  gain <- outer(first, lowest:highest, "-")
  p <- p / sum(p)
  data.frame(mu = mu, sigma = sigma, cut = cut, r = r, threshold = threshold,
             better = sum(p[gain >= threshold]), worse = sum(p[-gain >= threshold]),
             better_beyond = sum(p[gain > threshold]), worse_beyond = sum(p[-gain > threshold]),
             improvement = sum(p * gain))
}
cases <- do.call(rbind, c(
  lapply(c(.4, .5, .6, .7, .8), function(r) remeasured(5, 2, 4, r, 2)),
  list(remeasured(5, 2, 0, .6, 2), remeasured(5.5, 1.8, 3, .6, 2), remeasured(4, 2.5, 5, .5, 3))))
write.csv(format(cases, digits = 12, trim = TRUE), "numbers.csv", row.names = FALSE, quote = FALSE)
print(cases)

# 3. The first scores in those cases: the share of patients with each.
firsts <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i) with(cases[i, ], {
  a <- cut:highest
  p <- sapply(a, function(score) diff(pnorm(edges(score), mu, sigma)))
  data.frame(case = i - 1, score = a, share = p / sum(p))
})))
write.csv(format(firsts, digits = 15, trim = TRUE), "first_scores.csv", row.names = FALSE, quote = FALSE)

# 4. Mean and SD of the worst share p of a normal population, lower scores better.
worst <- expand.grid(mu = 5, sigma = 2, share = c(.9, .77, .5, .25))
worst$cut <- qnorm(1 - worst$share, worst$mu, worst$sigma)
moment <- function(power, about, cut, mu, sigma)
  integrate(function(x) (x - about)^power * dnorm(x, mu, sigma), cut, mu + 12 * sigma, rel.tol = 1e-12)$value
worst$mean <- mapply(function(m, s, c, p) moment(1, 0, c, m, s) / p, worst$mu, worst$sigma, worst$cut, worst$share)
worst$std_dev <- sqrt(mapply(function(m, s, c, p, a) moment(2, a, c, m, s) / p, worst$mu, worst$sigma, worst$cut, worst$share, worst$mean))
write.csv(format(worst, digits = 12, trim = TRUE), "worst_share.csv", row.names = FALSE, quote = FALSE)
print(worst)
cat("\n", R.version.string, "\n")
