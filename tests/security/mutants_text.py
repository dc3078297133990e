"""What a mutant says that the original does not: its name counts on and changes, its text stays."""

from __future__ import annotations

import ast
import difflib


def _functions(code: str) -> dict[str, list[str]]:
    lines = code.splitlines()
    return {
        node.name: [line.strip().replace(node.name, "") for line in lines[node.lineno - 1 : node.end_lineno]]
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "__mutmut_" in node.name
    }


_parsed: dict[int, dict[str, list[str]]] = {}


def describe(code: str, mutant: str) -> str:
    """The changed lines of one mutant in mutmut's code, e.g. "- return a and b + return a or b"."""
    if hash(code) not in _parsed:
        _parsed[hash(code)] = _functions(code)
    functions = _parsed[hash(code)]
    original = functions[f"{mutant.rpartition('__mutmut_')[0]}__mutmut_orig"]
    return " ".join(line for line in difflib.ndiff(original, functions[mutant]) if line[0] in "-+")
