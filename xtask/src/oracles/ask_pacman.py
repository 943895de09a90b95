"""Answers each line `a<TAB>b` with <, = or >; pacman refuses nothing."""

import ctypes
import ctypes.util
import sys

alpm = ctypes.CDLL(ctypes.util.find_library("alpm") or "libalpm.so")
alpm.alpm_version.restype = ctypes.c_char_p


def answer(line):
    a, b = (version.encode() for version in line.rstrip("\n").split("\t"))
    order = alpm.alpm_pkg_vercmp(a, b)
    return "<" if order < 0 else ">" if order > 0 else "="


if sys.argv[1:] == ["--version"]:
    print("pacman's libalpm", alpm.alpm_version().decode())
else:
    print("\n".join(map(answer, sys.stdin.readlines())))
