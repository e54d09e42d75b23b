# The spread between groups and shrunken means, three ways:
# plug-in     metafor: rma (REML and PM) with blup, confint (Q-profile) and Cochran's Q
# integrated  the posterior with flat priors on the mean and on the standard deviation between groups, by
#             adaptive integration (stats::integrate) and root finding, nothing else
# ranks       quantiles of ranks of 400,000 draws from either posterior (1 = largest)
# Data: schools, the eight schools of Rubin (1981) (also Gelman et al., Bayesian Data Analysis, Table 5.2);
# clinic, nine means made here whose spread REML sees; few, three means far apart.
# Run in this folder: Rscript script.R > printout.txt
suppressPackageStartupMessages(library(metafor))
options(digits = 10)
problems <- list(
  schools = data.frame(estimate = c(28, 8, -3, 7, -1, 1, 18, 12), std_error = c(15, 10, 16, 11, 9, 11, 10, 18)),
  clinic = data.frame(estimate = c(1.1, 2.4, 1.9, 3.6, 0.2, 2.2, 2.9, 1.4, 4.4),
                      std_error = c(0.3, 0.5, 0.25, 0.8, 0.6, 0.2, 0.45, 0.35, 1.5)),
  few = data.frame(estimate = c(0.5, 2.0, 4.5), std_error = c(0.4, 0.6, 0.5)))
level <- 0.9

spread <- list(); means <- list(); ranks <- list()
posterior <- function(y, s) {
  v <- s^2
  at <- function(tau) {
    w <- 1 / (v + tau^2); mean <- sum(w * y) / sum(w)
    list(mean = mean, var = 1 / sum(w),
         log = -0.5 * (sum(log(v + tau^2)) + log(sum(w)) + sum(w * (y - mean)^2)))
  }
  top <- optimize(function(t) at(t)$log, c(0, 10 * diff(range(y))), maximum = TRUE, tol = 1e-10)$objective
  density <- Vectorize(function(tau) exp(at(tau)$log - top))
  over <- function(f) integrate(f, 0, 1, rel.tol = 1e-11, abs.tol = 0, subdivisions = 5000, stop.on.error = TRUE)$value
  scale <- mean(s) + sd(y)
  # tau = scale u / (1 - u) for u from 0 to 1
  average <- function(f) over(function(u) { tau <- scale * u / (1 - u); f(tau) * density(tau) * scale / (1 - u)^2 })
  total <- average(function(tau) 1 + 0 * tau)
  part <- function(tau, i) { a <- at(tau); keep <- tau^2 / (v[i] + tau^2)
    c(a$mean + keep * (y[i] - a$mean), keep * v[i] + (1 - keep)^2 * a$var) }
  rows <- lapply(seq_along(y), function(i) {
    first <- average(Vectorize(function(tau) part(tau, i)[1])) / total
    second <- average(Vectorize(function(tau) { p <- part(tau, i); p[2] + (p[1] - first)^2 })) / total
    below <- function(x) average(Vectorize(function(tau) { p <- part(tau, i); pnorm(x, p[1], sqrt(p[2])) })) / total
    reach <- 12 * sqrt(second)
    limit <- sapply(c((1 - level) / 2, (1 + level) / 2), function(q)
      uniroot(function(x) below(x) - q, first + c(-reach, reach), tol = 1e-10)$root)
    data.frame(estimate = first, std_error = sqrt(second), conf_low = limit[1], conf_high = limit[2])
  })
  cdf <- function(t) integrate(density, 0, t, rel.tol = 1e-10, subdivisions = 5000)$value / total
  middle <- uniroot(function(t) cdf(t) - 0.5, c(1e-9, 100 * scale), tol = 1e-11)$root
  list(rows = do.call(rbind, rows), middle = middle, density = density, at = at, scale = scale)
}
quantiles <- function(theta) {
  r <- t(apply(-theta, 1, rank))
  # At 0.09 and 0.91 no rank has a share so near that the draws could tip it over.
  q <- apply(r, 2, quantile, c(0.5, 0.09, 0.91), type = 1)
  data.frame(rank = q[1, ], rank_low = q[2, ], rank_high = q[3, ])
}
draw <- function(y, v, tau, mean, var) {
  n <- length(tau); mu <- rnorm(n, mean, sqrt(var))
  sapply(seq_along(y), function(i) {
    keep <- tau^2 / (v[i] + tau^2)
    mu + keep * (y[i] - mu) + sqrt(keep * v[i]) * rnorm(n)
  })
}
set.seed(8)
for (name in names(problems)) {
  y <- problems[[name]]$estimate; s <- problems[[name]]$std_error
  for (method in c("REML", "PM")) {
    fit <- rma(y, sei = s, method = method, level = 100 * level, control = list(threshold = 1e-13, maxiter = 100000, tol = 1e-12))
    limits <- confint(fit, level = 100 * level, control = list(tol = 1e-12, tau2.max = 1e6))$random["tau", ]
    spread <- c(spread, list(data.frame(
      problem = name, method = method, mean = fit$b[1], mean_std_error = fit$se, std_dev = sqrt(fit$tau2),
      std_dev_low = limits[["ci.lb"]], std_dev_high = limits[["ci.ub"]],
      statistic = fit$QE, df = fit$k - 1, p_value = fit$QEp)))
    pulled <- blup(fit, level = 100 * level)
    row <- data.frame(problem = name, method = method, group = seq_along(y) - 1, estimate = pulled$pred,
                      std_error = pulled$se, conf_low = pulled$pi.lb, conf_high = pulled$pi.ub)
    means <- c(means, list(row))
  }
  full <- posterior(y, s)
  spread <- c(spread, list(data.frame(problem = name, method = "integrated", mean = NA, mean_std_error = NA,
    std_dev = full$middle, std_dev_low = NA, std_dev_high = NA, statistic = NA, df = NA, p_value = NA)))
  means <- c(means, list(data.frame(problem = name, method = "integrated", group = seq_along(y) - 1, full$rows)))
  n <- 4e5
  u <- (seq_len(20000) - 0.5) / 20000; grid <- full$scale * u / (1 - u)
  tau <- sample(grid, n, replace = TRUE, prob = full$density(grid) * full$scale / (1 - u)^2)
  at <- vapply(sort(unique(tau)), function(t) unlist(full$at(t)[c("mean", "var")]), numeric(2))
  place <- match(tau, sort(unique(tau)))
  ranks <- c(ranks, list(data.frame(problem = name, method = "integrated", group = seq_along(y) - 1,
    quantiles(draw(y, s^2, tau, at[1, place], at[2, place])))))
  if (name != "schools") {
    fit <- rma(y, sei = s, method = "REML", control = list(threshold = 1e-13, maxiter = 100000))
    ranks <- c(ranks, list(data.frame(problem = name, method = "REML", group = seq_along(y) - 1,
      quantiles(draw(y, s^2, rep(sqrt(fit$tau2), n), fit$b[1], fit$se^2)))))
  }
}
write <- function(parts, file) {
  table <- do.call(rbind, parts)
  print(table, row.names = FALSE)
  for (column in names(table)) if (is.double(table[[column]]))
    table[[column]] <- trimws(formatC(table[[column]], digits = 15, format = "g"))
  write.csv(table, file, row.names = FALSE, quote = FALSE)
}
data <- do.call(rbind, lapply(names(problems), function(name) data.frame(problem = name, problems[[name]])))
write.csv(data, "groups.csv", row.names = FALSE, quote = FALSE)
write(spread, "spread.csv"); write(means, "means.csv"); write(ranks, "ranks.csv")
cat("\n", R.version.string, "metafor", format(packageVersion("metafor")), "\n")
