# Mean with cluster-robust (CR1) interval, from two packages that do not share code:
# sandwich (vcovCL, HC0 with the m / (m - 1) adjustment) and clubSandwich (CR1).
# The data are made here: patients with one to six scores each, in three groups; one patient may be
# in several groups. Run in this folder: Rscript script.R > printout.txt
suppressPackageStartupMessages({library(sandwich); library(clubSandwich)})
options(digits = 12)
set.seed(20240611)
n <- 160
data <- data.frame(
  patient = sprintf("p%02d", sample(1:45, n, replace = TRUE, prob = (1:45)^0.7)),
  group = sample(0:2, n, replace = TRUE, prob = c(0.6, 0.3, 0.1))
)
own <- setNames(rnorm(45, 0, 1.5), sprintf("p%02d", 1:45))
data$value <- round(2 + own[data$patient] + 0.5 * data$group + rnorm(n, 0, 1), 2)
write.csv(data, "values.csv", row.names = FALSE, quote = FALSE)

one <- function(part, name, level) {
  fit <- lm(value ~ 1, part)
  m <- length(unique(part$patient))
  se <- sqrt(vcovCL(fit, cluster = part$patient, type = "HC0", cadjust = TRUE)[1, 1])
  se_club <- sqrt(vcovCR(fit, cluster = part$patient, type = "CR1")[1, 1])
  stopifnot(all.equal(se, se_club, tolerance = 1e-10))
  reach <- qt((1 + level) / 2, m - 1) * se
  data.frame(group = name, level = level, estimate = coef(fit)[[1]], std_error = se,
             conf_low = coef(fit)[[1]] - reach, conf_high = coef(fit)[[1]] + reach,
             df = m - 1, n_values = nrow(part))
}
rows <- list()
for (level in c(0.95, 0.90)) {
  rows <- c(rows, list(one(data, "all", level)))
  for (g in 0:2) rows <- c(rows, list(one(data[data$group == g, ], as.character(g), level)))
}
numbers <- do.call(rbind, rows)
write.csv(format(numbers, digits = 15), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "sandwich", format(packageVersion("sandwich")),
    "clubSandwich", format(packageVersion("clubSandwich")), "\n")
