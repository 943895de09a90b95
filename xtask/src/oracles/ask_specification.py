"""Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version).

For orders whose own tool is not at hand, or that have none: the first argument names one. What
its specification says is written down here once more, with patterns and tuples, to be held
against the order that reads bytes.
"""

import re
import sys

IDENTIFIERS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
TAIL = rf"(?:-({IDENTIFIERS}))?(?:\+({IDENTIFIERS}))?"


def identifiers(text):
    """Numbers come before words; the empty word Julia has before both."""
    part = lambda word: (1, int(word), "") if word.isdigit() else (2 if word else 0, 0, word)
    return [part(word) for word in text.split(".")]


def prerelease(text):
    return (1,) if text is None else (0, identifiers(text))


def build(text):
    return (0,) if text is None else (1, identifiers(text))


def pub(text):
    found = re.fullmatch(rf"([0-9]+)\.([0-9]+)\.([0-9]+){TAIL}", text)
    return found and (*map(int, found.group(1, 2, 3)), prerelease(found[4]), build(found[5]))


def swift(text):
    found = re.fullmatch(rf"v?([0-9]+)\.([0-9]+)(?:\.([0-9]+))?{TAIL}", text)
    return found and (int(found[1]), int(found[2]), int(found[3] or 0), prerelease(found[4]))


JULIA = re.compile(
    r"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?"
    r"(?:(-)|([a-z][0-9a-z-]*(?:\.[0-9a-z-]+)*|-(?:[0-9a-z-]+\.)*[0-9a-z-]+)?"
    r"(?:(\+)|(?:\+((?:[0-9a-z-]+\.)*[0-9a-z-]+))?))",
    re.IGNORECASE,
)


def julia(text):
    found = JULIA.fullmatch(text)
    if not found or (found[4] and (found[6] or found[7])):
        return None
    before = "" if found[4] else found[5] and found[5].removeprefix("-")
    behind = (2,) if found[6] else build(found[7])
    return (*(int(number or 0) for number in found.group(1, 2, 3)), prerelease(before), behind)


WORDS = {
    **dict.fromkeys(["dev", "devel", "git", "snapshot", "nightly"], 0),
    "alpha": 1,
    "beta": 2,
    **dict.fromkeys(["pre", "preview"], 3),
    "rc": 4,
}
END, LETTERS, NUMBER = 5, 6, 7


def letters(text):
    found = re.fullmatch(r"v?([0-9]+(?:\.[0-9]+)*)([-._+~()0-9a-z]*)", text.strip().lower())
    if not found:
        return None
    release = [int(number) for number in found[1].split(".")]
    while release and release[-1] == 0:
        release.pop()
    tail = re.sub(r"^([-._~()]*)([ab])(?=[0-9])", r"\1~\2~alphabeta~", found[2].split("+")[0])
    tail = tail.replace("~a~alphabeta~", "~alpha~").replace("~b~alphabeta~", "~beta~")
    runs = []
    for run in re.findall(r"[0-9]+|[a-z]+", tail):
        run = "p" if run in ("pl", "patch") else run
        if run.isdigit():
            runs.append((NUMBER, int(run), ""))
        elif run in WORDS:
            runs.append((WORDS[run], 0, ""))
        elif len(run) <= 2:
            runs.append((LETTERS, 0, run))
        else:
            break
    return release, [*runs, (END, 0, "")]


ORDERS = {order.__name__: order for order in (julia, letters, pub, swift)}


def answer(order, line):
    a, b = map(order, line.rstrip("\n").split("\t"))
    if a is None or b is None:
        return "!"
    return "<" if a < b else ">" if a > b else "="


if "--version" in sys.argv:
    print("the specification, written down in ask_specification.py")
else:
    order = ORDERS[sys.argv[1]]
    print("\n".join(answer(order, line) for line in sys.stdin.readlines()))
