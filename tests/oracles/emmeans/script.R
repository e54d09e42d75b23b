# Adjusted means and contrasts by emmeans with its defaults, in models with and without interactions; a two-valued
# column of numbers among the covariates, and a factor written as numbers. The rows are made here.
# Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages(library(emmeans))
set.seed(9)
n <- 160
technique <- sample(c("cupping", "stretching", "swedish", "trigger"), n, replace = TRUE, prob = c(2, 2, 3, 3))
therapist <- sample(1:3, n, replace = TRUE)
sex <- as.numeric(runif(n) < 0.3)
age <- round(rnorm(n, 50, 12))
baseline <- round(pmin(10, pmax(1, rnorm(n, 6, 1.5))), 1)
final <- round(0.6 * baseline + 0.02 * age - 0.7 * (technique == "trigger") - 0.4 * (technique == "cupping") + 0.3 * sex +
  0.2 * therapist + rnorm(n), 1)
age[c(3, 50)] <- NA
final[c(7, 50, 90)] <- NA
rows <- data.frame(final, technique, therapist, sex, age, baseline)
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE, na = "")
models <- list(plain = final ~ technique + baseline + age + sex + factor(therapist),
               product = final ~ technique * baseline + age + sex,
               crossed = final ~ technique * factor(therapist) + baseline,
               curved = final ~ technique + poly(baseline, 2) + log(age))
means <- list(); contrasts <- list()
for (model in names(models)) {
  fit <- lm(models[[model]], rows)
  grid <- suppressMessages(emmeans(fit, "technique"))
  one <- as.data.frame(summary(grid, infer = TRUE))
  means[[model]] <- data.frame(model, level = one$technique, estimate = one$emmean, std_error = one$SE, df = one$df,
                               conf_low = one$lower.CL, conf_high = one$upper.CL)
  for (kind in c("pairs", "reference")) for (adjust in c("none", "holm", "bh")) {
    what <- if (kind == "pairs") contrast(grid, "pairwise") else contrast(grid, "trt.vs.ctrl", ref = "swedish")
    two <- as.data.frame(summary(what, adjust = if (adjust == "bh") "BH" else adjust))
    contrasts[[paste(model, kind, adjust)]] <- data.frame(model, kind, adjust, contrast = two$contrast,
      estimate = two$estimate, std_error = two$SE, df = two$df, p_value = two$p.value)
  }
}
written <- function(table, file) {
  rownames(table) <- NULL
  text <- table
  for (name in names(text)[sapply(text, is.numeric)]) text[[name]] <- format(text[[name]], digits = 15, trim = TRUE)
  write.csv(text, file, row.names = FALSE, quote = FALSE)
  print(table)
}
written(do.call(rbind, means), "means.csv")
written(do.call(rbind, contrasts), "numbers.csv")
cat("\n", R.version.string, "; emmeans", format(packageVersion("emmeans")), "\n")
