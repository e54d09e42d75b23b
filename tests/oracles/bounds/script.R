# Bounds of a mean and a share, and their intervals, by direct search in base R: the critical value
# of Imbens and Manski (2004) by uniroot, limits of a share by the formula of Agresti and Coull (1998).
# Influence of the least improved quarter by the jackknife of n (checked to leading order only).
# Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
set.seed(11)
values <- data.frame(case = rep(c("a", "b", "c"), c(48, 12, 30)))
values$first <- pmin(pmax(round(rnorm(90, 5.5, 1.8)), 3), 10)
values$later <- pmin(pmax(round(1 + 0.5 * values$first + rnorm(90, 0, 1.8)), 0), 10)
values$measured <- c(rep(c(TRUE, TRUE, TRUE, FALSE), 12), rep(c(TRUE, FALSE), 6), rep(TRUE, 30))
write.csv(values, "values.csv", row.names = FALSE, quote = FALSE)

critical <- function(width, error, df, level) {
  if (width == 0) return(qt((1 + level) / 2, df))
  uniroot(function(c) pt(c + width / error, df) - pt(-c, df) - level, c(0, 10), tol = 1e-14)$root
}
rows <- list()
add <- function(case, level, quantity, value)
  rows[[length(rows) + 1]] <<- data.frame(case, level, quantity, value = format(value, digits = 15))
for (case in c("a", "b", "c")) for (level in c(0.8, 0.95)) {
  d <- values[values$case == case, ]
  y <- d$first - d$later
  low <- ifelse(d$measured, y, d$first - 10)      # pain of 10 at the worst, 0 at the best
  high <- ifelse(d$measured, y, d$first)
  n <- nrow(d)
  error <- c(sd(low), sd(high)) / sqrt(n)
  c1 <- critical(mean(high) - mean(low), max(error), n - 1, level)
  add(case, level, "low", mean(low)); add(case, level, "high", mean(high))
  add(case, level, "conf_low", mean(low) - c1 * error[1])
  add(case, level, "conf_high", mean(high) + c1 * error[2])
  # A share better by 2 or more.
  better <- sum(y[d$measured] >= 2); k <- sum(!d$measured)
  shares <- c(better, better + k) / n
  c2 <- critical(diff(shares), sqrt(max(shares * (1 - shares)) / n), Inf, level)
  two_sided <- 2 * pnorm(c2) - 1
  ends <- sapply(c(better, better + k), function(x) {
    z <- qnorm((1 + two_sided) / 2); size <- n + z^2; p <- (x + z^2 / 2) / size
    pmin(pmax(p + c(-1, 1) * z * sqrt(p * (1 - p) / size), 0), 1)
  })
  add(case, level, "share_low", shares[1]); add(case, level, "share_high", shares[2])
  add(case, level, "share_conf_low", ends[1, 1]); add(case, level, "share_conf_high", ends[2, 2])
  # Everyone missing improved by 0, by 1.5.
  for (d0 in c(0, 1.5)) {
    z <- ifelse(d$measured, y, d0)
    test <- t.test(z, conf.level = level)
    add(case, level, paste0("if_", d0), test$estimate)
    add(case, level, paste0("if_", d0, "_low"), test$conf.int[1])
    add(case, level, paste0("if_", d0, "_high"), test$conf.int[2])
  }
  # The interval reaches 0 where those missing improved by:
  if (any(!d$measured)) {
    limit <- function(d0) t.test(ifelse(d$measured, y, d0), conf.level = level)$conf.int[1]
    if (limit(-20) < 0 && limit(mean(y[d$measured])) > 0)
      add(case, level, "flip_interval",
          uniroot(limit, c(-20, mean(y[d$measured])), tol = 1e-12)$root)
  }
}
numbers <- do.call(rbind, rows)
write.csv(numbers, "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers, row.names = FALSE)

# Standard error under "like the least improved quarter": bootstrap of patients, 200,000 resamples.
d <- values[values$case == "a", ]
y <- d$first - d$later
tail_mean <- function(y, a) { o <- sort(y); w <- pmin(pmax(a * length(y) - seq_along(y) + 1, 0), 1); sum(w * o) / sum(w) }
whole <- function(y, m, a) { q <- mean(m); q * mean(y[m]) + (1 - q) * tail_mean(y[m], a) }
set.seed(5)
boot <- replicate(200000, { i <- sample(48, 48, TRUE); whole(y[i], d$measured[i], 0.25) })
tails <- data.frame(quantity = c("estimate", "std_error_bootstrap"),
                    value = c(whole(y, d$measured, 0.25), sd(boot)))
write.csv(format(tails, digits = 15), "tails.csv", row.names = FALSE, quote = FALSE)
print(tails)
cat("\n", R.version.string, "\n")
