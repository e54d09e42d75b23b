# Standardised differences by another road than the package's: the distance of categories by
# stats::mahalanobis on the indicator columns (last category left out) with the average of the two
# groups' covariance matrices (divisor n), as Yang & Dalton (2012) define it; numbers by var().
# The patients are made here. Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
set.seed(7)
n <- 90
group <- sample(0:2, n, replace = TRUE)
data <- data.frame(
  group = group,
  age = round(rnorm(n, 45 + 4 * group, 12)),
  sex = ifelse(runif(n) < 0.4 + 0.15 * group, "f", "m"),
  condition = sapply(group, function(g) sample(c("bursitis", "osteoarthritis", "piriformis", "tendinopathy"), 1,
                                               prob = c(3, 2 + g, 1, 2 - g / 2)))
)
write.csv(data, "patients.csv", row.names = FALSE, quote = FALSE)

of_numbers <- function(x, y) abs(mean(x) - mean(y)) / sqrt((var(x) + var(y)) / 2)
of_categories <- function(x, y) {
  kinds <- sort(unique(c(x, y)))
  indicators <- function(z) sapply(kinds[-length(kinds)], function(k) as.numeric(z == k))
  a <- indicators(x); b <- indicators(y)
  spread <- (cov(a) * (nrow(a) - 1) / nrow(a) + cov(b) * (nrow(b) - 1) / nrow(b)) / 2
  sqrt(mahalanobis(colMeans(a), colMeans(b), spread))
}
rows <- list()
for (name in c("age", "sex", "condition")) for (pair in list(c(0, 1), c(0, 2), c(1, 2))) {
  x <- data[[name]][data$group == pair[1]]; y <- data[[name]][data$group == pair[2]]
  d <- if (name == "age") of_numbers(x, y) else of_categories(x, y)
  rows <- c(rows, list(data.frame(characteristic = name, first = pair[1], second = pair[2], difference = d)))
}
numbers <- do.call(rbind, rows)
write.csv(format(numbers, digits = 15), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "\n")
