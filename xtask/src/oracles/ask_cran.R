# Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version).
if (identical(commandArgs(trailingOnly = TRUE), "--version")) {
  cat(paste0("R ", getRversion(), "\n"))
} else {
  pairs <- strsplit(readLines(file("stdin")), "\t", fixed = TRUE)
  a <- numeric_version(vapply(pairs, `[`, "", 1), strict = FALSE)
  b <- numeric_version(vapply(pairs, `[`, "", 2), strict = FALSE)
  answers <- ifelse(a < b, "<", ifelse(a > b, ">", "="))
  answers[is.na(a) | is.na(b)] <- "!"
  writeLines(answers)
}
