# Joint tests. Classical: F of nested models by anova(), and of emmeans for a factor that is in a product. HC3: Wald F with
# sandwich::vcovHC. Clustered: clubSandwich::Wald_test(test = "HTZ") on a CR2 covariance, with few and with many clusters.
# The rows are made here. Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages({library(clubSandwich); library(emmeans); library(sandwich)})
set.seed(31)
size <- c(1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 8, 9, 10, 12, 14, 16, 20)
cluster <- rep(seq_along(size), size)
n <- length(cluster)
given <- c("none", "some", "much")[1 + cluster %% 3]
technique <- sample(c("cupping", "stretching", "swedish", "trigger"), n, replace = TRUE, prob = c(2, 2, 3, 3))
base <- round(rnorm(n, 6, 1.5), 2)
age <- round(rnorm(n, 50, 12))
final <- round(0.7 * base + 0.5 * (technique == "swedish") - 0.4 * (given == "much") + rnorm(length(size), 0, 0.8)[cluster] +
  rnorm(n, 0, 0.5 + 0.1 * base), 2)
rows <- data.frame(final, technique, given, base, age, cluster)
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE)
out <- list()
add <- function(kind, formula, term, F, q, df, p) {
  out[[length(out) + 1]] <<- data.frame(kind, formula, term, statistic = F, df_numerator = q, df, p_value = p)
}
nested <- function(formula, without, term) {
  both <- anova(lm(without, rows), lm(formula, rows))
  add("classical", deparse1(formula), term, both$F[2], both$Df[2], both$Res.Df[2], both$"Pr(>F)"[2])
}
nested(final ~ technique + base + age, final ~ base + age, "technique")
nested(final ~ technique + base + age, final ~ technique + age, "base")
nested(final ~ technique * base + age, final ~ technique + base + age, "technique:base")
nested(final ~ technique * given + base, final ~ technique + given + base, "given:technique")
nested(final ~ technique + poly(base, 2), final ~ technique, "poly(base, 2)")
product <- lm(final ~ technique * base + age, rows)
L <- contrast(suppressMessages(emmeans(product, "technique")), "consec")@linfct
F <- c(t(L %*% coef(product)) %*% solve(L %*% vcov(product) %*% t(L), L %*% coef(product))) / nrow(L)
add("classical", "final ~ technique * base + age", "technique", F, nrow(L), df.residual(product),
    pf(F, nrow(L), df.residual(product), lower.tail = FALSE))
fit <- lm(final ~ technique + given + base, rows)
C <- function(pattern, fit) diag(length(coef(fit)))[grep(pattern, names(coef(fit))), , drop = FALSE]
L <- C("^technique", fit)
V <- L %*% vcovHC(fit, "HC3") %*% t(L)
F <- c(t(L %*% coef(fit)) %*% solve(V, L %*% coef(fit))) / nrow(L)
add("HC3", "final ~ technique + given + base", "technique", F, nrow(L), df.residual(fit),
    pf(F, nrow(L), df.residual(fit), lower.tail = FALSE))
clustered <- function(formula, pattern, term) {
  fit <- lm(formula, rows)
  found <- Wald_test(fit, C(pattern, fit), vcov = vcovCR(fit, rows$cluster, "CR2"), test = "HTZ")
  add("clustered", deparse1(formula), term, found$Fstat, found$df_num, found$df_denom, found$p_val)
}
clustered(final ~ technique + given + base, "^technique", "technique")
clustered(final ~ technique + given + base, "^given", "given")
clustered(final ~ technique + given + base, "^base", "base")
clustered(final ~ technique * base + given, "^technique.*:base", "technique:base")
clustered(final ~ technique + poly(base, 3), "^poly", "poly(base, 3)")
clustered(final ~ technique * given + base, ":", "technique:given")
numbers <- do.call(rbind, out)
text <- numbers
for (name in names(text)[4:7]) text[[name]] <- format(text[[name]], digits = 15, trim = TRUE)
write.csv(text, "numbers.csv", row.names = FALSE, quote = 2:3)
print(numbers)
cat("\n", R.version.string, "; clubSandwich", format(packageVersion("clubSandwich")), "; emmeans",
    format(packageVersion("emmeans")), "; sandwich", format(packageVersion("sandwich")), "\n")
