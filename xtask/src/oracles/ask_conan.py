"""Answers each line `a<TAB>b` with <, = or >; Conan's order refuses nothing."""

import sys

import conan
from conan.internal.model.version import Version


def answer(line):
    a, b = map(Version, line.rstrip("\n").split("\t"))
    return "<" if a < b else ">" if a > b else "="


if sys.argv[1:] == ["--version"]:
    print("Conan", conan.__version__)
else:
    print("\n".join(map(answer, sys.stdin.readlines())))
