# Mean, spread and quartiles (type 7, R's default). Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
sets <- list(one = 4, two = c(3, 8), five = c(7, 0, 10, 4, 4), even = c(1.5, 2, 6, 9.25, 3, 5), ties = rep(c(2, 3, 7), c(4, 1, 6)))
rows <- lapply(names(sets), function(name) {
  x <- sets[[name]]; q <- quantile(x, c(.25, .5, .75), names = FALSE)
  data.frame(set = name, values = paste(x, collapse = " "), n = length(x), mean = mean(x), std_dev = sd(x),
             quartile_low = q[1], median = q[2], quartile_high = q[3])
})
numbers <- do.call(rbind, rows)
write.csv(format(numbers, digits = 15, trim = TRUE), "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "\n")
