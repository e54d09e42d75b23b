# Repeated measures with an unstructured covariance, by REML, some visits missing. Coefficients, standard errors and covariance of the
# visits by nlme::gls (corSymm and varIdent). gls stops short of the minimum even with tight control, so Newton steps on the REML
# deviance, written out patient by patient, go on from there; both are kept (they differ by up to 1.1e-5 of a coefficient, at a
# deviance lower by 2e-8). Satterthwaite degrees of freedom from numDeriv derivatives of that deviance and of the covariance of the
# coefficients; joint tests by Fai & Cornelius (1996), degrees of freedom as in lmerTest::contestMD, and with the scale and degrees
# of freedom of Kenward & Roger (1997). The rows are made here.
# Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages({library(nlme); library(numDeriv)})
set.seed(41)
n <- 96
visits <- c("start", "week 2", "week 6", "week 12")
spread <- c(1.2, 1.6, 1.9, 2.4)
correlation <- matrix(c(1, .7, .5, .3, .7, 1, .65, .5, .5, .65, 1, .7, .3, .5, .7, 1), 4)
arm <- sample(c("control", "cupping", "swedish"), n, replace = TRUE)
age <- round(rnorm(n, 50, 12))
noise <- matrix(rnorm(4 * n), n) %*% chol(correlation * outer(spread, spread))
mean <- outer(rep(1, n), c(6, 5.4, 5, 4.6)) + outer(arm == "swedish", c(0, -.5, -.8, -.6)) + 0.02 * (age - 50)
pain <- round(mean + noise, 1)
rows <- data.frame(patient = rep(seq_len(n), 4), visit = factor(rep(visits, each = n), visits), arm = rep(arm, 4), age = rep(age, 4),
                   pain = c(pain))
gone <- c(rep(FALSE, n), runif(n) < .1, runif(n) < plogis(-2 + (pain[, 2] - 5) / 2), runif(n) < plogis(-1 + (pain[, 3] - 5) / 2))
rows$pain[gone] <- NA
rows <- rows[sample(nrow(rows)), ]
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE, na = "")
used <- rows[!is.na(rows$pain), ]
used <- used[order(used$patient, used$visit), ]
formula <- pain ~ arm * visit + age
X <- model.matrix(formula, used)
y <- used$pain
place <- as.integer(used$visit)
parts <- split(seq_along(y), used$patient)
lower <- lower.tri(diag(4), diag = TRUE)
covariance_of <- function(theta) { S <- matrix(0, 4, 4); S[lower] <- theta; S + t(S) - diag(diag(S)) }
weighted <- function(S) {
  XX <- 0; Xy <- 0; yy <- 0; volume <- 0
  for (i in parts) {
    V <- S[place[i], place[i], drop = FALSE]; W <- solve(V); x <- X[i, , drop = FALSE]
    XX <- XX + t(x) %*% W %*% x; Xy <- Xy + t(x) %*% W %*% y[i]; yy <- yy + c(y[i] %*% W %*% y[i])
    volume <- volume + c(determinant(V)$modulus)
  }
  list(XX = XX, Xy = Xy, yy = yy, volume = volume)
}
deviance <- function(theta) {
  S <- covariance_of(theta)
  if (min(eigen(S, only.values = TRUE)$values) <= 0) return(1e10)
  w <- weighted(S); b <- solve(w$XX, w$Xy)
  w$volume + w$yy - sum(w$Xy * b) + c(determinant(w$XX)$modulus) + (length(y) - ncol(X)) * log(2 * pi)
}
fit <- gls(formula, used, corSymm(form = ~ place | patient), varIdent(form = ~ 1 | visit), method = "REML",
           control = glsControl(tolerance = 1e-14, msTol = 1e-14, maxIter = 500, msMaxIter = 2000))
ratio <- coef(fit$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)[visits]
full <- as.matrix(corMatrix(fit$modelStruct$corStruct)[[which(sapply(parts, length) == 4)[1]]])
theta <- (fit$sigma^2 * outer(ratio, ratio) * full)[lower]
cat("gls", format(deviance(theta), digits = 15), "\n")
for (again in 1:3) {
  H <- hessian(deviance, theta)
  theta <- theta - solve(H, grad(deviance, theta))
}
cat("gradient", max(abs(grad(deviance, theta))), " deviance", format(deviance(theta), digits = 15), "\n")
S <- covariance_of(theta)
w <- weighted(S)
beta <- c(solve(w$XX, w$Xy)); C <- solve(w$XX)
cat("largest relative difference of coefficients and standard errors from gls",
    max(abs(beta / coef(fit) - 1)), max(abs(sqrt(diag(C)) / sqrt(diag(vcov(fit))) - 1)), "\n")
H <- hessian(deviance, theta)
J <- jacobian(function(t) c(solve(weighted(covariance_of(t))$XX)), theta)
df_of <- function(L) apply(rbind(L), 1, function(l) {
  f <- c(l %*% C %*% l); g <- apply(J, 2, function(d) c(l %*% matrix(d, ncol(X)) %*% l)); 2 * f^2 / c(g %*% (2 * solve(H)) %*% g) })
joint <- function(L) {
  e <- eigen(L %*% C %*% t(L)); PL <- t(e$vectors) %*% L; q <- nrow(L)
  F <- sum((PL %*% beta)^2 / e$values) / q; nu <- df_of(PL); E <- sum(nu / (nu - 2)); df <- 2 * E / (E - q)
  data.frame(statistic = F, df_numerator = q, df = df, p_value = pf(F, q, df, lower.tail = FALSE))
}
kenward_roger <- function(L) {
  # the paper's A1, A2 and what follows, with the covariance of the coefficients as it is
  Theta <- t(L) %*% solve(L %*% C %*% t(L), L); q <- nrow(L); W <- 2 * solve(H); D <- lapply(seq_len(ncol(J)), function(i) matrix(J[, i], ncol(X)))
  A1 <- 0; A2 <- 0
  for (i in seq_along(D)) for (j in seq_along(D)) {
    A1 <- A1 + W[i, j] * sum(diag(Theta %*% D[[i]])) * sum(diag(Theta %*% D[[j]]))
    A2 <- A2 + W[i, j] * sum(diag(Theta %*% D[[i]] %*% Theta %*% D[[j]]))
  }
  B <- (A1 + 6 * A2) / (2 * q); g <- ((q + 1) * A1 - (q + 4) * A2) / ((q + 2) * A2); d <- 3 * q + 2 * (1 - g)
  E <- 1 / (1 - A2 / q); V <- 2 / q * (1 + g / d * B) / ((1 - (q - g) / d * B)^2 * (1 - (q + 2 - g) / d * B))
  m <- 4 + (q + 2) / (q * V / (2 * E^2) - 1); F <- m / (E * (m - 2)) * c(t(beta) %*% Theta %*% beta) / q
  data.frame(statistic = F, df_numerator = q, df = m, p_value = pf(F, q, m, lower.tail = FALSE))
}
k <- ncol(X)
t_value <- beta / sqrt(diag(C)); df <- df_of(diag(k))
numbers <- data.frame(term = colnames(X), gls_estimate = coef(fit), gls_std_error = sqrt(diag(vcov(fit))), estimate = beta,
  std_error = sqrt(diag(C)), df, statistic = t_value, p_value = 2 * pt(-abs(t_value), df))
terms <- attr(X, "assign")
both <- function(term, L) rbind(cbind(kind = "fai_cornelius", term, joint(L)), cbind(kind = "kenward_roger", term, kenward_roger(L)))
tests <- rbind(both("arm:visit", diag(k)[terms == 4, ]), both("age", diag(k)[terms == 3, , drop = FALSE]))
long <- data.frame(row = visits[row(S)], column = visits[col(S)], covariance = c(S), correlation = c(cov2cor(S)))
written <- function(table, file) {
  rownames(table) <- NULL
  text <- table
  for (name in names(text)[sapply(text, is.numeric)]) text[[name]] <- format(text[[name]], digits = 15, trim = TRUE)
  write.csv(text, file, row.names = FALSE, quote = FALSE)
  print(table)
}
written(numbers, "numbers.csv"); written(tests, "tests.csv"); written(long, "covariance.csv")
written(data.frame(quantity = "deviance", value = deviance(theta)), "fit.csv")
cat("nlme REML log likelihood times -2:", format(-2 * c(logLik(fit)), digits = 12), "\n")
cat("\n", R.version.string, "; nlme", format(packageVersion("nlme")), "; numDeriv", format(packageVersion("numDeriv")), "\n")
