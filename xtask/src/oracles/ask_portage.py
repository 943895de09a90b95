"""Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version)."""

import sys
from importlib.metadata import version

from portage.versions import vercmp, ververify


def answer(line):
    a, b = line.rstrip("\n").split("\t")
    if not (ververify(a) and ververify(b)):
        return "!"
    order = vercmp(a, b)
    return "<" if order < 0 else ">" if order > 0 else "="


if sys.argv[1:] == ["--version"]:
    print("portage", version("portage"))
else:
    print("\n".join(map(answer, sys.stdin.readlines())))
