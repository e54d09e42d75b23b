# Coefficients and covariances of least squares by lm, sandwich (HC0 to HC3) and clubSandwich (CR0, CR1), and R's own
# longley in the units of NIST. The rows are made here. Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages({library(sandwich); library(clubSandwich)})
with(longley, write.csv(data.frame(y = Employed * 1000, deflator = GNP.deflator, gnp = GNP * 1000,
  unemployed = Unemployed * 10, forces = Armed.Forces * 10, population = Population * 1000, year = Year),
  "longley.csv", row.names = FALSE, quote = FALSE))
set.seed(11)
n <- 60
cluster <- sort(sample(1:14, n, replace = TRUE))
x <- round(rnorm(n, 5, 2), 2)
z <- as.numeric(cluster %% 2 == 0)
y <- round(1 + 0.5 * x - z + rnorm(14)[cluster] + rnorm(n, 0, 0.3 * abs(x)), 2)
rows <- data.frame(y, x, z, cluster)
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE)
fit <- lm(y ~ x + z, rows)
all <- c(list(classical = vcov(fit)), sapply(c("HC0", "HC1", "HC2", "HC3"), function(k) vcovHC(fit, k), simplify = FALSE),
         sapply(c("CR0", "CR1"), function(k) as.matrix(vcovCR(fit, rows$cluster, k)), simplify = FALSE))
numbers <- do.call(rbind, lapply(names(all), function(k) data.frame(
  kind = k, row = rep(0:2, 3), column = rep(0:2, each = 3), value = as.vector(all[[k]]))))
numbers <- rbind(data.frame(kind = "beta", row = 0:2, column = 0, value = coef(fit)),
                 data.frame(kind = "sigma", row = 0, column = 0, value = sigma(fit)), numbers)
rownames(numbers) <- NULL
write.csv(transform(numbers, value = format(value, digits = 15, trim = TRUE)), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "; sandwich", format(packageVersion("sandwich")), "; clubSandwich", format(packageVersion("clubSandwich")), "\n")
