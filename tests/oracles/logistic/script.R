# Logistic regression by glm; risks standardised over the rows and their differences by the delta method (derivatives by
# central differences of plogis); covariance by clusters: sandwich's vcovCL (HC0, no correction) and clubSandwich's CR3, which
# for glm is the correction of Mancl & DeRouen. Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages({library(sandwich); library(clubSandwich)})
set.seed(17)
n <- 400
therapist <- sample(1:40, n, replace = TRUE)
technique <- sample(c("cupping", "stretching", "swedish"), n, replace = TRUE)
baseline <- round(pmin(10, pmax(2, rnorm(n, 6, 1.5))), 1)
age <- round(rnorm(n, 48, 13))
better <- rbinom(n, 1, plogis(-0.5 + 0.3 * (baseline - 6) + 0.7 * (technique == "swedish") - 0.01 * (age - 48) +
                              rnorm(40, 0, 0.5)[therapist]))
rows <- data.frame(better, technique, baseline, age, therapist)
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE)
fit <- glm(better ~ technique + baseline + age, binomial, rows, control = glm.control(epsilon = 1e-14, maxit = 100))
table <- summary(fit)$coefficients
V <- list(plain = vcov(fit), clustered = as.matrix(vcovCR(fit, rows$therapist, "CR3")))
limits <- confint.default(fit, level = 0.9)
numbers <- data.frame(term = rownames(table), estimate = table[, 1], std_error = table[, 2], p_value = table[, 4],
                      conf_low = limits[, 1], conf_high = limits[, 2], clustered = sqrt(diag(V$clustered)),
                      uncorrected = sqrt(diag(vcovCL(fit, rows$therapist, type = "HC0", cadjust = FALSE))))
rownames(numbers) <- NULL
print(numbers)
cat("log likelihood", format(as.numeric(logLik(fit)), digits = 15), "\n")
for (name in names(numbers)[-1]) numbers[[name]] <- format(numbers[[name]], digits = 15, trim = TRUE)
write.csv(numbers, "numbers.csv", row.names = FALSE, quote = FALSE)
X <- model.matrix(fit)
risk <- function(b, level) { Z <- X; Z[, 2] <- level == "stretching"; Z[, 3] <- level == "swedish"; mean(plogis(Z %*% b)) }
kinds <- list(cupping = function(b) risk(b, "cupping"), stretching = function(b) risk(b, "stretching"),
              swedish = function(b) risk(b, "swedish"),
              "stretching - cupping" = function(b) risk(b, "stretching") - risk(b, "cupping"),
              "swedish - cupping" = function(b) risk(b, "swedish") - risk(b, "cupping"),
              "swedish - stretching" = function(b) risk(b, "swedish") - risk(b, "stretching"))
out <- NULL
for (name in names(kinds)) {
  g <- kinds[[name]]; b <- coef(fit)
  J <- sapply(1:5, function(j) { h <- replace(numeric(5), j, 1e-5); (g(b + h) - g(b - h)) / 2e-5 })
  out <- rbind(out, data.frame(name, estimate = g(b), std_error = sqrt(drop(J %*% V$plain %*% J)),
                               clustered = sqrt(drop(J %*% V$clustered %*% J))))
}
# Intervals of risks on the logit scale, so that they stay between 0 and 1.
z <- qnorm(0.975)
out$conf_low <- ifelse(grepl(" - ", out$name), out$estimate - z * out$std_error,
                       plogis(qlogis(out$estimate) - z * out$std_error / (out$estimate * (1 - out$estimate))))
out$conf_high <- ifelse(grepl(" - ", out$name), out$estimate + z * out$std_error,
                        plogis(qlogis(out$estimate) + z * out$std_error / (out$estimate * (1 - out$estimate))))
print(out)
for (name in names(out)[-1]) out[[name]] <- format(out[[name]], digits = 15, trim = TRUE)
write.csv(out, "risks.csv", row.names = FALSE, quote = FALSE)
cat("\n", R.version.string, "; sandwich", format(packageVersion("sandwich")), "; clubSandwich",
    format(packageVersion("clubSandwich")), "\n")
