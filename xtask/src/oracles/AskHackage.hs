-- Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version).
import Distribution.Parsec (simpleParsec)
import Distribution.Pretty (prettyShow)
import Distribution.Types.Version (Version)
import Distribution.Simple.Utils (cabalVersion)
import System.Environment (getArgs)

answer :: String -> String
answer line =
  case (simpleParsec a, simpleParsec (drop 1 b)) of
    (Just x, Just y) -> case compare (x :: Version) y of
      LT -> "<"
      EQ -> "="
      GT -> ">"
    _ -> "!"
  where
    (a, b) = break (== '\t') line

main :: IO ()
main = do
  arguments <- getArgs
  case arguments of
    ["--version"] -> putStrLn ("Cabal " ++ prettyShow cabalVersion)
    _ -> interact (unlines . map answer . lines)
