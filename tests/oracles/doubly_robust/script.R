# Augmented overlap-weighted means (Li & Li 2019; Mao, Li & Greene 2019) and their sandwich covariance by
# another road than the package's: all estimating equations are stacked as one function of all parameters
# (log odds of arms, coefficients of the outcome, two means per arm) and its Jacobian is taken numerically
# (numDeriv), as Stefanski & Boos (2002) lay out M-estimation. Patients of ../overlap_weights.
# Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
patients <- read.csv("../overlap_weights/patients.csv")
run <- function(data, name) {
  n <- nrow(data); arms <- sort(unique(data$arm)); J <- length(arms); z <- match(data$arm, arms)
  X <- cbind(1, data$baseline - 5.5, (data$age - 55) / 10, data$sex); k <- ncol(X)
  D <- diag(J)[z, ]; M <- cbind(D, X[, -1]); y <- data$improvement
  negative <- function(g) { l <- cbind(0, X %*% matrix(g, k)); -sum(l[cbind(1:n, z)] - log(rowSums(exp(l)))) }
  slope <- function(g) { l <- cbind(0, X %*% matrix(g, k)); p <- exp(l) / rowSums(exp(l)); -as.vector(t(X) %*% (D - p)[, -1]) }
  g <- rep(0, k * (J - 1))
  for (i in 1:30) g <- g - solve(numDeriv::jacobian(slope, g), slope(g))
  b <- solve(crossprod(M), crossprod(M, y))
  equations <- function(theta) {
    g <- theta[1:(k * (J - 1))]; b <- theta[k * (J - 1) + 1:ncol(M)]; m <- matrix(tail(theta, 2 * J), J)
    l <- cbind(0, X %*% matrix(g, k)); e <- exp(l) / rowSums(exp(l))
    h <- 1 / rowSums(1 / e)
    parts <- list()
    for (j in 2:J) parts[[length(parts) + 1]] <- X * (D[, j] - e[, j])
    parts[[length(parts) + 1]] <- M * as.vector(y - M %*% b)
    for (j in 1:J) {
      predicted <- as.vector(b[j] + X[, -1] %*% b[-(1:J)])
      parts[[length(parts) + 1]] <- cbind(h * (predicted - m[j, 1]), D[, j] * h / e[, j] * (y - predicted - m[j, 2]))
    }
    do.call(cbind, parts)
  }
  l <- cbind(0, X %*% matrix(g, k)); e <- exp(l) / rowSums(exp(l)); h <- 1 / rowSums(1 / e)
  m <- t(sapply(1:J, function(j) { p <- as.vector(b[j] + X[, -1] %*% b[-(1:J)]); w <- D[, j] * h / e[, j]
    c(weighted.mean(p, h), weighted.mean(y - p, w)) }))
  # Parameters in the order of the equations: arms, outcome, then both means of arm 1, of arm 2, ...
  order <- c(1:(length(g) + length(b)), length(g) + length(b) + as.vector(t(matrix(1:(2 * J), J))))
  theta <- c(g, b, as.vector(m))
  bread <- numDeriv::jacobian(function(t) colSums(equations(t)), theta)[, order]
  stopifnot(max(abs(colSums(equations(theta)))) < 1e-6 * n)
  V <- solve(bread) %*% crossprod(equations(theta)) %*% t(solve(bread))
  pick <- matrix(0, J, length(theta)); start <- length(g) + length(b)
  for (j in 1:J) pick[j, start + 2 * j - 1:0] <- 1
  covariance <- pick %*% V %*% t(pick) * n / (n - ncol(M))
  means <- rowSums(m)
  out <- rbind(data.frame(problem = name, what = "mean", row = 0:(J - 1), column = 0, value = means),
               data.frame(problem = name, what = "covariance", row = rep(0:(J - 1), J), column = rep(0:(J - 1), each = J), value = as.vector(covariance)))
  out
}
numbers <- rbind(run(patients, "four arms"), run(patients[patients$arm < 2, ], "two arms"))
write.csv(format(numbers, digits = 15, trim = TRUE), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "\n")
