# E-values by another road than the closed formula: the bounding factor of Ding & VanderWeele (2016),
# B = g^2 / (2 g - 1) for a common cause tied to group and outcome by the risk ratio g each, set equal
# to the observed ratio and solved for g by uniroot. Differences by RR = exp(0.91 d), as table 2 of
# VanderWeele & Ding (2017). Published: 3.9 (1.8 to 8.7) gives 7.26 (3.0), their first example
# (infant death from respiratory infection, Victora 1987).
# Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
factor_of <- function(g) g^2 / (2 * g - 1)
strength <- function(rr) {
  rr <- max(rr, 1 / rr)
  if (rr == 1) return(1)
  uniroot(function(g) factor_of(g) - rr, c(1, 4 * rr + 10), tol = 1e-13)$root
}
ratios <- data.frame(ratio = c(3.9, 0.5, 0.8, 1.2, 1.0, 2.0), conf_low = c(1.8, 0.3, 0.71, 0.9, 0.8, 1.0001),
                     conf_high = c(8.7, 0.8, 0.91, 1.6, 1.25, 4))
limit_of <- function(r, low, high) {
  if (low <= 1 && high >= 1) return(1)
  strength(if (r > 1) low else high)
}
ratios$e_value <- sapply(ratios$ratio, strength)
ratios$e_value_limit <- mapply(limit_of, ratios$ratio, ratios$conf_low, ratios$conf_high)
write.csv(format(ratios, digits = 15, trim = TRUE), "ratios.csv", row.names = FALSE, quote = FALSE)

differences <- data.frame(difference = c(0.8, -0.8, 1.5, 0.2, -0.42), conf_low = c(0.3, -1.3, 0.9, -0.4, -0.7),
                          conf_high = c(1.3, -0.3, 2.1, 0.8, -0.14), std_dev = c(2.2, 2.2, 2.4, 2, 1))
rr <- lapply(differences[1:3], function(x) exp(0.91 * x / differences$std_dev))
differences$e_value <- sapply(rr[[1]], strength)
differences$e_value_limit <- mapply(limit_of, rr[[1]], rr[[2]], rr[[3]])
write.csv(format(differences, digits = 15, trim = TRUE), "differences.csv", row.names = FALSE, quote = FALSE)
print(ratios); print(differences)
cat("\n", R.version.string, "\n")
