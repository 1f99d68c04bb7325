# The path of glmnet on the rows in the file given, at the penalties given: coefficients, and the
# deviances of its own cross-validation on the folds given. Writes JSON.
suppressMessages(library(glmnet))
arguments <- commandArgs(trailingOnly = TRUE)
rows <- as.matrix(read.csv(arguments[1]))
p <- ncol(rows) - 3
x <- rows[, seq_len(p)]
y <- rows[, p + 1]
w <- rows[, p + 2]
fold <- rows[, p + 3] + 1
lambda <- scan(arguments[2], quiet = TRUE)
alpha <- as.numeric(arguments[3])
seconds <- system.time({
  fit <- cv.glmnet(x, y, family = "binomial", weights = w, lambda = lambda, alpha = alpha,
                   foldid = fold, type.measure = "deviance", standardize = TRUE, thresh = 1e-14,
                   maxit = 1e7)
})[["elapsed"]]
coefficients <- as.matrix(coef(fit$glmnet.fit))
write.table(rbind(coefficients, fit$cvm), arguments[4], row.names = FALSE, col.names = FALSE)
cat(seconds, as.character(packageVersion("glmnet")), R.version$major, R.version$minor)
