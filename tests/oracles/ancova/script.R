# Analysis of covariance by lm (classical t) and by clubSandwich (CR2, Satterthwaite) on rows made here, some of them
# with missing values. Run in this folder: Rscript script.R > printout.txt
options(digits = 12)
suppressMessages(library(clubSandwich))
set.seed(21)
n <- 140
therapist <- sample(sprintf("t%02d", 1:18), n, replace = TRUE)
technique <- sample(c("cupping", "stretching", "swedish"), n, replace = TRUE)
baseline <- round(pmin(10, pmax(2, rnorm(n, 6, 1.5))), 1)
age <- round(rnorm(n, 48, 13))
final <- round(0.5 * baseline + 0.01 * age - 0.6 * (technique == "swedish") + rnorm(18, 0, 0.5)[as.integer(factor(therapist))] +
  rnorm(n), 1)
final[c(4, 40, 77)] <- NA
age[c(4, 10)] <- NA
therapist[c(10, 20)] <- NA
rows <- data.frame(final, technique, baseline, age, therapist)
write.csv(rows, "rows.csv", row.names = FALSE, quote = FALSE, na = "")
plain <- lm(final ~ technique * baseline + age, rows)
one <- summary(plain)$coefficients
limits <- confint(plain, level = 0.9)
a <- data.frame(model = "classical", term = rownames(one), estimate = one[, 1], std_error = one[, 2], statistic = one[, 3],
                df = plain$df.residual, p_value = one[, 4], conf_low = limits[, 1], conf_high = limits[, 2])
complete <- rows[complete.cases(rows), ]
clustered <- lm(final ~ technique * baseline + age, complete)
V <- vcovCR(clustered, complete$therapist, "CR2")
two <- coef_test(clustered, V, test = "Satterthwaite")
three <- conf_int(clustered, V, level = 0.9, test = "Satterthwaite")
b <- data.frame(model = "clustered", term = rownames(three), estimate = two$beta, std_error = two$SE, statistic = two$tstat,
                df = two$df, p_value = two$p_Satt, conf_low = three$CI_L, conf_high = three$CI_U)
numbers <- rbind(a, b)
rownames(numbers) <- NULL
text <- numbers
for (name in names(text)[3:9]) text[[name]] <- format(text[[name]], digits = 15, trim = TRUE)
write.csv(text, "numbers.csv", row.names = FALSE, quote = FALSE)
print(numbers)
cat("\n", R.version.string, "; clubSandwich", format(packageVersion("clubSandwich")), "\n")
