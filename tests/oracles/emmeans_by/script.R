# Adjusted means and contrasts of one factor within each level of another by emmeans(~ a | b), in models with and without their
# product. P-values: alone, adjusted within each level of the other factor (the default of emmeans, kind "within"), and over
# all of them together (by = NULL, kind "whole"). The rows are those of ../emmeans. Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages(library(emmeans))
rows <- read.csv("../emmeans/rows.csv")
models <- list(additive = final ~ technique + baseline + age + sex + factor(therapist),
               crossed = final ~ technique * factor(therapist) + baseline * sex)
means <- list(); contrasts <- list()
for (model in names(models)) {
  fit <- lm(models[[model]], rows)
  grid <- suppressMessages(emmeans(fit, ~ technique | therapist))
  one <- as.data.frame(summary(grid, infer = TRUE))
  means[[model]] <- data.frame(model, level = one$technique, within = one$therapist, estimate = one$emmean,
    std_error = one$SE, df = one$df, conf_low = one$lower.CL, conf_high = one$upper.CL)
  for (kind in c("pairs", "reference")) {
    what <- if (kind == "pairs") contrast(grid, "pairwise") else contrast(grid, "trt.vs.ctrl", ref = "swedish")
    for (family in c("within", "whole")) for (adjust in c("none", "holm", "bh")) {
      method <- if (adjust == "bh") "BH" else adjust
      two <- as.data.frame(if (family == "whole") summary(what, adjust = method, by = NULL) else summary(what, adjust = method))
      contrasts[[paste(model, kind, family, adjust)]] <- data.frame(model, kind, family, adjust, contrast = two$contrast,
        within = two$therapist, estimate = two$estimate, std_error = two$SE, df = two$df, p_value = two$p.value)
    }
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
