# Generalised overlap weights (Li & Li 2019) by R: probabilities of four arms from nnet::multinom, weights
# written out from the paper, effective numbers (Kish) and standardised differences before and after.
# The patients are made here. Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
set.seed(21)
n <- 160
patients <- data.frame(baseline = pmin(pmax(round(rnorm(n, 5.5, 1.8)), 3), 10), age = round(rnorm(n, 55, 12)),
                       sex = rbinom(n, 1, 0.6))
lines <- cbind(0, 0.3 * (patients$baseline - 5.5), -0.02 * (patients$age - 55), 0.5 * patients$sex - 0.6)
patients$arm <- apply(lines, 1, function(l) sample(0:3, 1, prob = exp(l)))
patients$improvement <- with(patients, round(0.6 * (baseline - 4) + 0.01 * (age - 55) + 0.4 * (arm == 1) + rnorm(n, 0, 2)))
write.csv(patients, "patients.csv", row.names = FALSE, quote = FALSE)

fit <- nnet::multinom(factor(arm) ~ baseline + age + sex, patients, trace = FALSE, maxit = 5000, reltol = 1e-15, abstol = 1e-15)
e <- fitted(fit)
tilt <- 1 / rowSums(1 / e)
weight <- tilt / e[cbind(seq_len(n), patients$arm + 1)]
write.csv(format(data.frame(e, tilt = tilt, weight = weight), digits = 15, trim = TRUE), "weights.csv", row.names = FALSE, quote = FALSE)

rows <- list(); add <- function(what, name, value) rows[[length(rows) + 1]] <<- data.frame(what = what, name = name, value = value)
for (j in 0:3) { w <- weight[patients$arm == j]; add("n_effective", j, sum(w)^2 / sum(w^2)) }
for (name in c("baseline", "age", "sex")) {
  x <- patients[[name]]; parts <- split(x, patients$arm); spread <- sqrt(mean(sapply(parts, var)))
  before <- sapply(parts, mean)
  after <- sapply(0:3, function(j) weighted.mean(x[patients$arm == j], weight[patients$arm == j]))
  add("before", name, max(dist(before)) / spread); add("after", name, max(dist(after)) / spread)
}
numbers <- do.call(rbind, rows)
write.csv(format(numbers, digits = 15, trim = TRUE), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers); print(summary(fit))
cat("\n", R.version.string, "\n")
