# Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version).
if (identical(commandArgs(trailingOnly = TRUE), "--version")) {
  cat(paste0("R ", getRversion(), "\n"))
} else {
  input <- file("stdin", "r")
  pairs <- strsplit(readLines(input), "\t", fixed = TRUE)
  close(input)
  is_version <- function(texts) !is.na(numeric_version(texts, strict = FALSE))
  valid <- vapply(pairs, function(pair) all(is_version(pair)), FALSE)
  answers <- rep("!", length(pairs))
  compare <- function(pair) utils::compareVersion(pair[1], pair[2])
  answers[valid] <- c("<", "=", ">")[vapply(pairs[valid], compare, 0) + 2]
  writeLines(answers)
}
