"""`make mutants`: change the pipeline's code one thing at a time, and show what no test notices.

Arguments: patterns such as `orchestrators.support.releasing.*`; without one, all that has not been
tried yet. mutmut passes functions with a decorator over, and every phase has one: each is handed to
it undecorated, and decorated below its body.
"""

import ast
import sys

from mutmut import __main__ as mutmut

ALIVE = ("survived", "no tests", "suspicious")
mutate = mutmut.mutate_file_contents


def undecorated(code: str) -> str:
    """The module with `name = decorator(name)` below a function for `@decorator` above it."""
    lines = code.splitlines()
    for found in reversed(ast.parse(code).body):
        if isinstance(found, ast.FunctionDef) and found.decorator_list:
            [decorator] = found.decorator_list
            below = f"{found.name} = {ast.unparse(decorator)}({found.name})"
            lines.insert(found.end_lineno or len(lines), below)
            del lines[decorator.lineno - 1 : decorator.end_lineno]
    return "\n".join(lines) + "\n"


def show_living() -> None:
    """Print the change of each mutant that lived, and how many did."""
    tried = alive = 0
    for path in mutmut.walk_mutatable_files():
        found = mutmut.SourceFileMutationData(path=path)
        found.load()
        for name, code in found.exit_code_by_key.items():
            tried += code is not None
            if mutmut.status_by_exit_code[code] in ALIVE:
                alive += 1
                print(f"\n{name}\n{mutmut.get_diff_for_mutant(name, path=path)}")
    print(f"\n{alive} of {tried} that were tried are alive.")


if __name__ == "__main__":
    mutmut.mutate_file_contents = lambda name, code, *rest: mutate(name, undecorated(code), *rest)
    mutmut.cli(["run", *sys.argv[1:]], standalone_mode=False)
    show_living()
