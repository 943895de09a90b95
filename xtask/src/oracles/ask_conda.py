"""Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version)."""

import sys
from importlib.metadata import version

from rattler import Version
from rattler.exceptions import InvalidVersionError


def answer(line):
    try:
        a, b = map(Version, line.rstrip("\n").split("\t"))
    except InvalidVersionError:
        return "!"
    return "<" if a < b else ">" if a > b else "="


if sys.argv[1:] == ["--version"]:
    print("py-rattler", version("py-rattler"))
else:
    print("\n".join(map(answer, sys.stdin.readlines())))
