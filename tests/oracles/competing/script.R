# Cumulative incidence of two competing events by R's survival package: survfit of a factor state
# (Aalen-Johansen; standard errors by the infinitesimal jackknife, limits conf.type "log-log").
# Data made here, 240 patients in three groups: 1 improved, 2 stopped without having improved, 0 still coming
# when the file ended; on whole days (with ties, and all three on one day), on sessions (1 to 10), and on days
# with a fraction. Group 2 never stopped (cause 2 is not seen in it).
# Run in this folder: Rscript script.R > printout.txt
suppressPackageStartupMessages(library(survival))
options(digits = 12)
set.seed(20260612)
n <- 240
group <- sample(0:2, n, replace = TRUE, prob = c(0.5, 0.3, 0.2))
improved <- rexp(n, c(0.02, 0.03, 0.015)[group + 1])
stopped <- ifelse(group == 2, Inf, rexp(n, c(0.02, 0.01, 1)[group + 1]))
end <- runif(n, 10, 100)
exact <- round(pmin(improved, stopped, end), 3)
patients <- data.frame(
  group = group, day = floor(exact), sessions = pmin(ceiling(exact / 7), 10), exact = exact,
  cause = ifelse(end <= pmin(improved, stopped), 0, ifelse(improved < stopped, 1, 2)))
write.csv(patients, "patients.csv", row.names = FALSE, quote = FALSE)

parts <- list()
for (axis in c("day", "sessions", "exact")) for (g in 0:2) {
  part <- patients[patients$group == g, ]
  state <- factor(part$cause, 0:2, c("censored", "improved", "stopped"))
  fit <- survfit(Surv(part[[axis]], state) ~ 1, conf.type = "log-log")
  stopifnot(fit$states[1] == "(s0)", all(abs(rowSums(fit$pstate) - 1) < 1e-12))
  for (cause in 1:2) parts <- c(parts, list(data.frame(
    axis = axis, group = g, cause = cause, time = fit$time, n_at_risk = fit$n.risk[, 1],
    n_events = fit$n.event[, cause + 1], event_free = fit$pstate[, 1], event_free_std_error = fit$std.err[, 1],
    incidence = fit$pstate[, cause + 1], std_error = fit$std.err[, cause + 1],
    conf_low = fit$lower[, cause + 1], conf_high = fit$upper[, cause + 1])))
}
table <- do.call(rbind, parts)
for (name in names(table)) if (is.double(table[[name]]))
  table[[name]] <- trimws(formatC(table[[name]], digits = 16, format = "g"))
write.csv(table, "curves.csv", row.names = FALSE, quote = FALSE)
print(table[1:20, ])
cat("\n", R.version.string, "survival", format(packageVersion("survival")), "\n")
