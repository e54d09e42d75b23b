# CR2 standard errors and Satterthwaite degrees of freedom by clubSandwich, for coefficients and for two contrasts, in
# two models: with a column that does not vary within clusters, and with clusters that are themselves in the model.
# The rows are made here; clusters are of unequal size. Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages(library(clubSandwich))
set.seed(5)
size <- c(1, 1, 2, 3, 3, 4, 5, 6, 6, 8, 10, 12, 15, 20)
cluster <- rep(seq_along(size), size)
n <- length(cluster)
given <- as.numeric(cluster %% 3 == 0)
arm <- sample(c("a", "b", "c"), n, replace = TRUE)
base <- round(rnorm(n, 6, 1.5), 2)
y <- round(0.7 * base + 0.5 * (arm == "b") - 0.4 * given + rnorm(length(size), 0, 0.8)[cluster] + rnorm(n), 2)
rows <- data.frame(y, arm, base, given, cluster)
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE)
out <- list()
for (model in c("between", "within")) {
  formula <- if (model == "between") y ~ arm + base + given else y ~ arm + base + factor(cluster)
  keep <- if (model == "between") rep(TRUE, n) else ave(rows$y, rows$cluster, FUN = length) > 1
  data <- rows[keep, ]
  fit <- lm(formula, data)
  V <- vcovCR(fit, data$cluster, "CR2")
  k <- length(coef(fit))
  wanted <- if (model == "between") seq_len(k) else 2:4
  C <- diag(k)[wanted, , drop = FALSE]
  rownames(C) <- names(coef(fit))[wanted]
  one <- rep(0, k); one[2] <- -1; one[3] <- 1
  two <- rep(0, k); two[2] <- 0.5; two[3] <- 0.5; two[4] <- -1
  C <- rbind(C, "armc - armb" = one, "mean of arms - base" = two)
  test <- linear_contrast(fit, V, C, test = "Satterthwaite", level = 0.95)
  out[[model]] <- data.frame(model, name = rownames(C), estimate = test$Est, std_error = test$SE, df = test$df,
                             conf_low = test$CI_L, conf_high = test$CI_U)
}
numbers <- do.call(rbind, out)
rownames(numbers) <- NULL
text <- numbers
for (name in names(text)[3:7]) text[[name]] <- format(text[[name]], digits = 15, trim = TRUE)
write.csv(text, "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "; clubSandwich", format(packageVersion("clubSandwich")), "\n")
