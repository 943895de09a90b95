# Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version).
if System.argv() == ["--version"] do
  IO.puts("Elixir #{System.version()}")
else
  IO.stream(:stdio, :line)
  |> Enum.map(fn line ->
    [a, b] = line |> String.trim_trailing("\n") |> String.split("\t") |> Enum.map(&Version.parse/1)

    case {a, b} do
      {{:ok, a}, {:ok, b}} -> %{lt: "<", eq: "=", gt: ">"}[Version.compare(a, b)]
      _ -> "!"
    end
  end)
  |> Enum.each(&IO.puts/1)
end
