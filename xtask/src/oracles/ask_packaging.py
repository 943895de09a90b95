"""Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version)."""

import sys

import packaging
from packaging.version import InvalidVersion, Version


def answer(line):
    try:
        a, b = map(Version, line.rstrip("\n").split("\t"))
    except InvalidVersion:
        return "!"
    return "<" if a < b else ">" if a > b else "="


if sys.argv[1:] == ["--version"]:
    print("Python packaging", packaging.__version__)
else:
    print("\n".join(map(answer, sys.stdin.readlines())))
