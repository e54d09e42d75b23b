# Kaplan-Meier, medians and log-rank by R's survival package: survfit (conf.type "log-log") and survdiff.
# Data made here, 260 patients in four groups on three time axes: whole days (with ties, and events and ends
# of follow-up on one day, some on day 0), sessions (1 to 12), and days with a fraction.
# Group 3 has no event; the last of group 0 on the axis of sessions have the event, so that its curve ends at 0.
# Run in this folder: Rscript script.R > printout.txt
suppressPackageStartupMessages(library(survival))
options(digits = 12)
set.seed(20260611)
n <- 260
group <- sample(0:3, n, replace = TRUE, prob = c(0.4, 0.3, 0.2, 0.1))
exact <- round(rexp(n, c(0.02, 0.012, 0.025, 0.01)[group + 1]), 3)
end <- round(runif(n, 5, 120), 3)
patients <- data.frame(
  group = group,
  day = floor(pmin(exact, end)), sessions = pmin(ceiling(pmin(exact, end) / 8), 12), exact = pmin(exact, end),
  event = ifelse(group == 3, 0, as.integer(exact <= end)))
last <- patients$group == 0 & patients$sessions == max(patients$sessions[patients$group == 0])
patients$event[last] <- 1
write.csv(patients, "patients.csv", row.names = FALSE, quote = FALSE)

curves <- medians <- tests <- list()
for (axis in c("day", "sessions", "exact")) {
  for (level in c(0.95, 0.9)) {
    for (g in 0:3) {
      part <- patients[patients$group == g, ]
      fit <- survfit(Surv(part[[axis]], part$event) ~ 1, conf.type = "log-log", conf.int = level)
      s <- summary(fit, times = fit$time)
      stopifnot(length(s$surv) == length(fit$time))
      if (level == 0.95) curves <- c(curves, list(data.frame(
        axis = axis, group = g, time = s$time, n_at_risk = s$n.risk, n_events = s$n.event,
        survival = s$surv, std_error = s$std.err, conf_low = s$lower, conf_high = s$upper)))
      middle <- quantile(fit, 0.5)
      medians <- c(medians, list(data.frame(
        axis = axis, level = level, group = g,
        median = middle$quantile[[1]], median_low = middle$lower[[1]], median_high = middle$upper[[1]])))
    }
  }
  for (groups in c("0:3", "0:1")) {
    part <- patients[patients$group %in% eval(parse(text = groups)), ]
    test <- survdiff(Surv(part[[axis]], part$event) ~ part$group)
    df <- length(test$n) - 1
    tests <- c(tests, list(data.frame(
      axis = axis, n_groups = length(test$n), group = as.integer(sub(".*=", "", names(test$n))),
      observed = test$obs, expected = test$exp, statistic = test$chisq, df = df,
      p_value = pchisq(test$chisq, df, lower.tail = FALSE))))
  }
}
write <- function(parts, file) {
  table <- do.call(rbind, parts)
  for (name in names(table)) if (is.double(table[[name]]))
    table[[name]] <- trimws(formatC(table[[name]], digits = 16, format = "g"))
  write.csv(table, file, row.names = FALSE, quote = FALSE, na = "NA")
  print(table[1:min(nrow(table), 24), ])
}
write(curves, "curves.csv"); write(medians, "medians.csv"); write(tests, "tests.csv")
cat("\n", R.version.string, "survival", format(packageVersion("survival")), "\n")
