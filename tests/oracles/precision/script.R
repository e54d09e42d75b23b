# Patients needed in each of two groups, and the smallest difference seen: base R's power.t.test.
# Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
grid <- expand.grid(difference = c(0.3, 0.5, 1, 2, 4), std_dev = c(2, 2.4), power = c(0.8, 0.9), level = c(0.95, 0.99))
grid$n_per_arm <- mapply(function(d, s, p, l)
  power.t.test(delta = d, sd = s, power = p, sig.level = 1 - l, tol = 1e-12)$n,
  grid$difference, grid$std_dev, grid$power, grid$level)
sizes <- expand.grid(n_per_arm = c(5, 20, 64, 400), std_dev = 2, power = c(0.8, 0.9), level = 0.95)
sizes$difference <- mapply(function(n, s, p, l)
  power.t.test(n = n, sd = s, power = p, sig.level = 1 - l, tol = 1e-12)$delta,
  sizes$n_per_arm, sizes$std_dev, sizes$power, sizes$level)
grid$solved <- "n_per_arm"; sizes$solved <- "difference"
numbers <- rbind(grid, sizes[names(grid)])
write.csv(format(numbers, digits = 15, trim = TRUE), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "\n")
