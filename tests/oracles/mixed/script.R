# Linear mixed models by lme4 (bobyqa with a tight end), with the predicted effects of patients and therapists, degrees of freedom and F tests by lmerTest, contrasts by
# emmeans, and the same variances by nlme where it fits the model. The rows are made here.
# Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages({library(lme4); library(lmerTest); library(nlme); library(emmeans)})
set.seed(20)
made <- function(data, n, visits, gap = 0, sd = c(1.2, 0.25), rho = -0.3, residual = 1, n_therapists = 8, sd_t = 0.6) {
  patient <- rep(seq_len(n), each = visits)
  k <- rep(seq_len(visits) - 1, n)
  arm <- sample(c("cupping", "swedish", "trigger"), n, replace = TRUE)[patient]
  therapist <- sample(letters[seq_len(n_therapists)], n, replace = TRUE)[patient]
  base <- round(pmin(10, pmax(0, rnorm(n, 6, 1.5))))[patient]
  day <- pmax(0, k * 7 + sample(-3:3, n * visits, replace = TRUE)) * (k > 0)
  u <- matrix(rnorm(2 * n), n) %*% chol(matrix(c(sd[1]^2, rho * prod(sd), rho * prod(sd), sd[2]^2), 2) + diag(1e-12, 2))
  t <- rnorm(n_therapists, 0, sd_t)[match(therapist, letters)]
  pain <- 2 + 0.6 * base - 0.3 * k + 0.5 * (arm == "trigger") - 0.1 * k * (arm == "cupping") + u[patient, 1] +
    u[patient, 2] * k + t + rnorm(n * visits, 0, residual)
  rows <- data.frame(data, patient, therapist, arm, k, day, base, pain = round(pain, 2))
  rows <- rows[runif(nrow(rows)) >= gap, ]
  rows[sample(nrow(rows)), ]
}
alternating <- function() {  # Patients less alike than chance: the variance between them is zero.
  rows <- made("zero", 40, 4, sd = c(0.0001, 0.0001), sd_t = 0)
  rows$pain <- round(rows$pain + 1.5 * (-1)^rows$k * rnorm(40)[rows$patient], 2)
  rows
}
rows <- rbind(made("balanced", 30, 4, sd_t = 0), made("gaps", 70, 7, gap = 0.25), made("few", 6, 6, sd_t = 0),
              alternating(), made("flat", 60, 5, sd = c(1, 0.001), gap = 0.1), made("nested", 90, 5, gap = 0.2))
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11, maxfun = 1e5), check.conv.singular = "ignore")
models <- list(
  list("balanced", "intercept", pain ~ arm * k + base + (1 | patient)),
  list("balanced", "slope", pain ~ arm * k + base + (1 + k | patient)),
  list("gaps", "intercept", pain ~ arm * k + base + (1 | patient)),
  list("gaps", "slope", pain ~ arm * k + base + (1 + k | patient)),
  list("gaps", "slope on days", pain ~ arm * day + base + (1 + day | patient)),
  list("gaps", "therapist", pain ~ arm * k + base + (1 | patient) + (1 | therapist)),
  list("few", "intercept", pain ~ k + base + (1 | patient)),
  list("few", "slope", pain ~ k + base + (1 + k | patient)),
  list("zero", "intercept", pain ~ arm * k + base + (1 | patient)),
  list("flat", "slope", pain ~ arm * k + base + (1 + k | patient)),
  list("nested", "therapist", pain ~ arm * k + base + (1 | patient) + (1 | therapist)),
  list("nested", "slope, therapist", pain ~ arm * k + base + (1 + k | patient) + (1 | therapist)))
out <- list()
add <- function(data, model, source, quantity, name, value)
  out[[length(out) + 1]] <<- data.frame(data, model, source, quantity, name, value)
for (m in models) {
  data <- m[[1]]; model <- m[[2]]
  part <- rows[rows$data == data, ]
  fit <- lmerTest::lmer(m[[3]], part, control = tight)
  print(summary(fit))
  s <- coef(summary(fit))
  for (i in rownames(s)) for (q in c("Estimate", "Std. Error", "df"))
    add(data, model, "lmerTest", c(Estimate = "estimate", `Std. Error` = "std_error", df = "df")[[q]], i, s[i, q])
  v <- as.data.frame(VarCorr(fit))
  for (i in seq_len(nrow(v)))
    add(data, model, "lmerTest", "variance", paste(na.omit(unlist(v[i, 1:3])), collapse = " "), v$vcov[i])
  add(data, model, "lmerTest", "criterion", "REML", REMLcrit(fit))
  f <- anova(fit, type = 3)
  for (i in rownames(f)) {
    add(data, model, "lmerTest", "F", i, f[i, "F value"])
    add(data, model, "lmerTest", "F df", i, f[i, "DenDF"])
  }
  if ("arm" %in% all.vars(m[[3]])) {
    along <- if (grepl("days", model)) "day" else "k"
    grid <- suppressMessages(emmeans(fit, "arm", lmer.df = "satterthwaite"))
    for (kind in c("means", "pairs")) {
      made_of <- as.data.frame(summary(if (kind == "means") grid else contrast(grid, "pairwise", adjust = "none")))
      for (i in seq_len(nrow(made_of))) for (q in c("estimate", "SE", "df"))
        add(data, model, "emmeans", paste(kind, c(estimate = "estimate", SE = "std_error", df = "df")[[q]]),
            as.character(made_of[i, 1]), made_of[i, if (q == "estimate") c(means = "emmean", pairs = "estimate")[[kind]] else q])
    }
    L <- matrix(0, 2, nrow(s), dimnames = list(NULL, rownames(s)))
    L[1, "armswedish"] <- 1; L[2, "armtrigger"] <- 1
    joint <- lmerTest::contest(fit, L, joint = TRUE)
    add(data, model, "lmerTest", "contest F", "both arms", joint[["F value"]])
    add(data, model, "lmerTest", "contest df", "both arms", joint[["DenDF"]])
  }
  if (grepl("slope", model) && data %in% c("gaps", "nested")) for (grouping in names(ranef(fit))) {
    own <- ranef(fit)[[grouping]]
    for (term in names(own)) for (i in rownames(own)) add(data, model, "lme4", paste("own", grouping, term), i, own[i, term])
  }
  random <- list(intercept = ~1 | patient, slope = ~k | patient, `slope on days` = ~day | patient)[[model]]
  if (!is.null(random) && model == "intercept" && data != "zero") {
    other <- nlme::lme(nobars(m[[3]]), random = random, data = part,
                       control = lmeControl(opt = "optim", tolerance = 1e-9, msMaxIter = 1000))
    for (i in names(fixef(other))) add(data, model, "nlme", "estimate", i, fixef(other)[[i]])
    add(data, model, "nlme", "variance", "Residual", other$sigma^2)
    add(data, model, "nlme", "variance", "patient (Intercept)", as.matrix(getVarCov(other))[1, 1])
    add(data, model, "nlme", "criterion", "REML", as.numeric(-2 * logLik(other, REML = TRUE)))
  }
}
numbers <- do.call(rbind, out)
text <- transform(numbers, value = format(value, digits = 15, trim = TRUE, scientific = TRUE))
write.csv(text, "numbers.csv", row.names = FALSE)
print(numbers, row.names = FALSE)
cat("\n", R.version.string, "; lme4", format(packageVersion("lme4")), "; lmerTest", format(packageVersion("lmerTest")),
    "; nlme", format(packageVersion("nlme")), "; emmeans", format(packageVersion("emmeans")), "\n")
