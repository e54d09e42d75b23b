# Estimating equations with one correlation within clusters by geepack, for a number, a share and a count, on rows made
# here in no order of their clusters. geepack divides its moments by other counts than statsmodels (and we) do, so its
# correlation differs in the third digit and its coefficients in the fourth: a second opinion, not a digit-by-digit one.
# With independent rows as the working model, clubSandwich's CR3 is the covariance of Mancl & DeRouen, digit by digit.
# Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages({library(geepack); library(clubSandwich)})
set.seed(44)
m <- 60
n <- 480
therapist <- sample(1:m, n, replace = TRUE)
arm <- rbinom(m, 1, 0.5)[therapist]
baseline <- round(pmin(10, pmax(2, rnorm(n, 6, 1.5))), 1)
age <- round(rnorm(n, 48, 13))
shared <- rnorm(m, 0, 0.7)[therapist]
final <- round(0.5 * baseline - 0.4 * arm + 0.01 * age + shared + rnorm(n), 1)
better <- rbinom(n, 1, plogis(-0.4 + 0.5 * arm + 0.15 * (baseline - 6) + shared))
visits <- rpois(n, exp(0.8 + 0.2 * arm + 0.05 * (baseline - 6) + 0.4 * shared))
rows <- data.frame(therapist, arm, baseline, age, final, better, visits)
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE)
sorted <- rows[order(rows$therapist), ]
one <- function(family, outcome) {
  formula <- reformulate(c("arm", "baseline", "age"), outcome)
  fit <- geeglm(formula, family = family, data = sorted, id = therapist, corstr = "exchangeable", scale.fix = FALSE)
  table <- summary(fit)$coefficients
  data.frame(family = family, term = rownames(table), estimate = table[, 1], std_error = table[, 2],
             correlation = fit$geese$alpha)
}
numbers <- rbind(one("gaussian", "final"), one("binomial", "better"), one("poisson", "visits"))
rownames(numbers) <- NULL
print(numbers)
text <- numbers
for (name in names(text)[3:5]) text[[name]] <- format(text[[name]], digits = 15, trim = TRUE)
write.csv(text, "numbers.csv", row.names = FALSE, quote = FALSE)
plain <- lm(final ~ arm + baseline + age, sorted)
V <- vcovCR(plain, sorted$therapist, "CR3")
independent <- data.frame(term = names(coef(plain)), estimate = coef(plain), std_error = sqrt(diag(as.matrix(V))))
rownames(independent) <- NULL
print(independent)
for (name in names(independent)[2:3]) independent[[name]] <- format(independent[[name]], digits = 15, trim = TRUE)
write.csv(independent, "independent.csv", row.names = FALSE, quote = FALSE)
cat("\n", R.version.string, "; geepack", format(packageVersion("geepack")), "; clubSandwich",
    format(packageVersion("clubSandwich")), "\n")
