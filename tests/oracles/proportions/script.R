# Wilson's interval is what base R's prop.test gives without continuity correction.
# Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
grid <- rbind(
  data.frame(x = c(81, 15, 0, 1), n = c(263, 148, 20, 29)),   # examples of Newcombe (1998), table I
  data.frame(x = c(0, 1, 5, 9, 10, 10), n = c(10, 10, 10, 10, 10, 11)),
  data.frame(x = c(0, 1, 1, 500, 999, 39999), n = c(1, 1, 2, 1000, 1000, 40000))
)
rows <- list()
for (level in c(0.80, 0.95, 0.99)) for (i in seq_len(nrow(grid))) {
  test <- suppressWarnings(prop.test(grid$x[i], grid$n[i], conf.level = level, correct = FALSE))
  rows <- c(rows, list(data.frame(
    successes = grid$x[i], n = grid$n[i], level = level, estimate = test$estimate[[1]],
    conf_low = test$conf.int[1], conf_high = test$conf.int[2])))
}
numbers <- do.call(rbind, rows)
write.csv(format(numbers, digits = 15), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "\n")
