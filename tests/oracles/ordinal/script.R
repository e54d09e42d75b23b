# Proportional odds by ordinal::clm (gradient below 1e-12) on rows made here; probabilities standardised over the rows with
# delta-method standard errors, and Brant's test of proportional odds from glm fits of each cut (Brant 1990, Biometrics
# 46:1171-1178, worked out below from its formulas). Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages(library(ordinal))
set.seed(63)
n <- 320
technique <- sample(c("cupping", "stretching", "swedish"), n, replace = TRUE)
baseline <- round(pmin(10, pmax(2, rnorm(n, 6, 1.5))), 1)
age <- round(rnorm(n, 48, 13))
latent <- 0.5 * (baseline - 6) - 0.7 * (technique == "swedish") + 0.01 * (age - 48) + rlogis(n)
tension <- cut(latent, c(-Inf, -1.2, 0.2, 1.5, Inf), labels = c("none", "mild", "moderate", "severe"))
rows <- data.frame(tension, technique, baseline, age)
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE)
fit <- clm(tension ~ technique + baseline + age, data = rows, control = clm.control(gradTol = 1e-12))
table <- summary(fit)$coefficients
numbers <- data.frame(term = rownames(table), estimate = table[, 1], std_error = table[, 2])
rownames(numbers) <- NULL
print(numbers)
cat("log likelihood", format(as.numeric(logLik(fit)), digits = 15), "\n")
for (name in names(numbers)[2:3]) numbers[[name]] <- format(numbers[[name]], digits = 15, trim = TRUE)
write.csv(numbers, "numbers.csv", row.names = FALSE, quote = FALSE)
# Mean probability of each category, were every row of one technique; derivatives by central differences.
X <- model.matrix(~ technique + baseline + age, rows)[, -1]
theta <- coef(fit); V <- vcov(fit)
standardised <- function(theta, level) {
  Z <- X; Z[, 1] <- level == "stretching"; Z[, 2] <- level == "swedish"
  up <- sapply(theta[1:3], function(cut) mean(plogis(cut - Z %*% theta[4:7])))
  diff(c(0, up, 1))
}
out <- NULL
for (level in c("cupping", "stretching", "swedish")) {
  J <- sapply(1:7, function(j) { h <- replace(numeric(7), j, 1e-5)
    (standardised(theta + h, level) - standardised(theta - h, level)) / 2e-5 })
  out <- rbind(out, data.frame(technique = level, category = levels(rows$tension), estimate = standardised(theta, level),
                               std_error = sqrt(diag(J %*% V %*% t(J)))))
}
rownames(out) <- NULL
print(out)
for (name in names(out)[3:4]) out[[name]] <- format(out[[name]], digits = 15, trim = TRUE)
write.csv(out, "probabilities.csv", row.names = FALSE, quote = FALSE)
# Brant's test.
M <- model.matrix(~ technique + baseline + age, rows); k <- ncol(M)
code <- as.integer(rows$tension)
cuts <- lapply(1:3, function(j) glm.fit(M, as.numeric(code > j), family = binomial(), control = list(epsilon = 1e-14, maxit = 100)))
P <- sapply(cuts, function(f) f$fitted.values)
B <- sapply(cuts, function(f) f$coefficients)
joint <- matrix(0, 3 * k, 3 * k)
bread <- lapply(1:3, function(j) solve(t(M) %*% (M * (P[, j] * (1 - P[, j])))))
for (j in 1:3) for (l in 1:3) {
  w <- P[, max(j, l)] - P[, j] * P[, l]
  joint[(j - 1) * k + 1:k, (l - 1) * k + 1:k] <- bread[[j]] %*% (t(M) %*% (M * w)) %*% bread[[l]]
}
brant <- function(slopes) {
  D <- NULL
  for (j in 2:3) for (s in slopes) { d <- numeric(3 * k); d[1 + s] <- -1; d[(j - 1) * k + 1 + s] <- 1; D <- rbind(D, d) }
  b <- D %*% as.vector(B); x <- as.numeric(t(b) %*% solve(D %*% joint %*% t(D)) %*% b)
  c(statistic = x, df = nrow(D), p_value = pchisq(x, nrow(D), lower.tail = FALSE))
}
tests <- rbind(brant(1:4), do.call(rbind, lapply(1:4, brant)))
tests <- data.frame(term = c("all", colnames(M)[-1]), tests)
print(tests)
for (name in names(tests)[2:4]) tests[[name]] <- format(tests[[name]], digits = 15, trim = TRUE)
write.csv(tests, "brant.csv", row.names = FALSE, quote = FALSE)
cat("\n", R.version.string, "; ordinal", format(packageVersion("ordinal")), "\n")
