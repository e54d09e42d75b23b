# Multinomial logistic regression by nnet::multinom, run until nothing changes, on rows made here: four techniques chosen
# by baseline, age and sex. Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages(library(nnet))
set.seed(8)
n <- 240
age <- round(rnorm(n, 48, 13))
baseline <- round(pmin(10, pmax(2, rnorm(n, 6, 1.5))), 1)
female <- rbinom(n, 1, 0.6)
eta <- cbind(0, 0.3 * (baseline - 6), -0.5 + 0.03 * (age - 48), 0.8 * female - 0.02 * (age - 48))
chosen <- apply(eta - log(-log(matrix(runif(4 * n), n))), 1, which.max) - 1
rows <- data.frame(chosen, age, baseline, female)
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE)
# Columns are centred and scaled for its optimiser, and coefficients turned back, so that it stops at the maximum.
z <- scale(rows[, c("age", "baseline", "female")])
fit <- multinom(chosen ~ z, rows, reltol = 1e-16, abstol = 1e-16, maxit = 5000, trace = FALSE, Hess = TRUE)
centre <- attr(z, "scaled:center"); spread <- attr(z, "scaled:scale")
back <- diag(c(1, 1 / spread)); back[1, -1] <- -centre / spread
beta <- coef(fit) %*% t(back)
V <- kronecker(diag(3), back) %*% vcov(fit) %*% t(kronecker(diag(3), back))
numbers <- data.frame(category = rep(1:3, each = 4), term = rep(c("Intercept", "age", "baseline", "female"), 3),
                      estimate = as.vector(t(beta)), std_error = sqrt(diag(V)))
P <- as.data.frame(fitted(fit)); names(P) <- paste0("p", 0:3)
write.csv(format(P[1:20, ], digits = 15, trim = TRUE), "probabilities.csv", row.names = FALSE, quote = FALSE)
text <- numbers
for (name in c("estimate", "std_error")) text[[name]] <- format(text[[name]], digits = 15, trim = TRUE)
write.csv(text, "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("log likelihood", format(as.numeric(logLik(fit)), digits = 15), "\n")
cat("\n", R.version.string, "; nnet", format(packageVersion("nnet")), "\n")
