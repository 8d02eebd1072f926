"""The test functions that a file's text promises, read without running it."""

import ast
from collections import Counter

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def promised(source: str) -> list[str]:
    """Names of the test functions written in `source`, as `name`, `Class::name` or `outer.<locals>.name`.

    One written twice is named twice, although Python keeps only the last.
    """
    return _promised(ast.parse(source).body, "")


def shadowed(source: str) -> list[str]:
    """Names of the test functions, and of the classes that hold some, of which only the last writing would run."""
    tree = ast.parse(source)
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and promised(ast.unparse(node))]
    counts = Counter(promised(source)) + Counter(classes)
    return sorted(name for name, number in counts.items() if number > 1)


def _promised(body: list[ast.stmt], prefix: str) -> list[str]:
    names: list[str] = []
    for node in body:
        if isinstance(node, ast.ClassDef):
            names += _promised(node.body, f"{prefix}{node.name}::")
        elif isinstance(node, FUNCTIONS):
            if node.name.startswith("test") and not _is_fixture(node):
                names.append(prefix + node.name)
            names += _promised(node.body, f"{prefix}{node.name}.<locals>.")
        else:
            names += _promised([inner for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.stmt)], prefix)
    return names


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
