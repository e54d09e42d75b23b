# Unequal groups by pwr.t2n.test; half-widths by t.test; design effects from whole covariance matrices.
# Run in this folder: Rscript script.R > printout.txt
suppressMessages(library(pwr))
options(digits = 10)
unequal <- expand.grid(n = c(20, 40), n_other = c(20, 75, 400), std_dev = 2.2, power = c(.8, .9))
unequal$difference <- mapply(function(a, b, s, p) s * pwr.t2n.test(n1 = a, n2 = b, power = p)$d,
  unequal$n, unequal$n_other, unequal$std_dev, unequal$power)
write.csv(format(unequal, digits = 12, trim = TRUE), "unequal.csv", row.names = FALSE, quote = FALSE)
print(unequal)

widths <- expand.grid(n = c(2, 10, 64, 500), level = c(.90, .95))
widths$std_dev <- NA; widths$half_width <- NA
for (i in seq_len(nrow(widths))) {
  x <- seq_len(widths$n[i])^1.3
  widths$std_dev[i] <- sd(x)
  widths$half_width[i] <- diff(t.test(x, conf.level = widths$level[i])$conf.int) / 2
}
write.csv(format(widths, digits = 14, trim = TRUE), "half_widths.csv", row.names = FALSE, quote = FALSE)
print(widths)

effect <- function(sizes, r) {                       # variance of the mean of all, over that of independents
  who <- rep(seq_along(sizes), sizes)
  V <- ifelse(outer(who, who, "=="), r, 0); diag(V) <- 1
  mean(V) * length(who)
}
sizes <- list("20;20;20" = c(20, 20, 20), "5;40;9;1" = c(5, 40, 9, 1), "12" = 12)
effects <- expand.grid(sizes = names(sizes), correlation = c(0, .01, .05))
effects$design_effect <- mapply(function(s, r) effect(sizes[[as.character(s)]], r), effects$sizes, effects$correlation)
write.csv(format(effects, digits = 12, trim = TRUE), "design_effects.csv", row.names = FALSE, quote = FALSE)
print(effects)

# Fewest patients of k therapists, as many each (fractions of a patient allowed), worth n independent ones.
worth <- function(n, k, r) n / (1 + (n / k - 1) * r)
fewest <- expand.grid(n_needed = c(20, 64, 699), n_clusters = c(3, 8, 40), correlation = c(0, .01, .05))
fewest$n <- mapply(function(n, k, r) { found <- which(worth(1:200000, k, r) >= n - 1e-9); if (length(found)) found[1] else NA },
  fewest$n_needed, fewest$n_clusters, fewest$correlation)
write.csv(format(fewest, digits = 12, trim = TRUE), "clusters.csv", row.names = FALSE, quote = FALSE)
print(fewest)
cat("\npwr", as.character(packageVersion("pwr")), "\n", R.version.string, "\n")
