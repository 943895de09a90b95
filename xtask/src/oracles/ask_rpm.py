"""Answers each line `a<TAB>b` with <, = or >; rpm refuses nothing."""

import sys

import rpm


def answer(line):
    a, b = map(rpm.ver, line.rstrip("\n").split("\t"))
    return "<" if a < b else ">" if a > b else "="


if sys.argv[1:] == ["--version"]:
    print("rpm", rpm.__version__)
else:
    print("\n".join(map(answer, sys.stdin.readlines())))
