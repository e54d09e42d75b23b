# How often two scores in a row are better than the first by the threshold where nothing changes, by drawing people:
# usual score, first score, later scores, all rounded and held within 0-10 (lower better); only first scores as asked
# are kept. Standard errors are those of the draws. Run in this folder: Rscript script.R > printout.txt
set.seed(20)
draw <- function(mu, sigma, r, threshold, operator, m, n = 1.5e6) {
  usual <- rnorm(n, mu, sigma * sqrt(r))
  score <- function(k = n) pmin(pmax(round(usual + rnorm(n, 0, sigma * sqrt(1 - r))), 0), 10)
  first <- score()
  good_before <- rep(FALSE, n); found <- rep(FALSE, n)
  out <- data.frame()
  for (later in 1:m) {
    gain <- first - score()
    good <- if (operator == ">=") gain >= threshold else gain > threshold
    found <- found | (good & good_before)
    good_before <- good
    for (start in 3:9) {
      kept <- first == start
      p <- mean(found[kept])
      out <- rbind(out, data.frame(mu, sigma, r, threshold, operator, first = start, later, share = p,
                                   std_error = sqrt(p * (1 - p) / sum(kept))))
    }
  }
  out
}
numbers <- rbind(draw(5, 2, 0.4, 2, ">=", 5), draw(5, 2, 0.8, 2, ">=", 5), draw(6, 1.8, 0.6, 2, ">", 4),
                 draw(4.5, 2.4, 0.5, 3, ">=", 4))
text <- numbers
for (name in c("share", "std_error")) text[[name]] <- format(text[[name]], digits = 6, trim = TRUE)
write.csv(text, "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers, digits = 5)
cat("\n", R.version.string, "\n")
