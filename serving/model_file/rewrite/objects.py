"""Opcodes that name, call and build: each name on the list, each call of a form that is known."""

from collections.abc import Callable

from serving.model_file import calls, names, wrappers
from serving.model_file.findings import Refused, Unreadable
from serving.model_file.rewrite.constants import LONGEST_TEXT
from serving.model_file.rewrite.machine import Machine, recalled
from serving.model_file.symbols import Global, Items, Made, Table, data

_SPECIAL = "scipy.special._special_ufuncs"


def _global(machine: Machine) -> None:
    try:
        module = machine.source.line(LONGEST_TEXT).decode("utf-8")
        name = machine.source.line(LONGEST_TEXT).decode("utf-8")
    except UnicodeDecodeError:
        raise machine.damaged() from None
    module, name = names.of_today(module, name)
    machine.write_text(module)
    machine.write_text(name)
    _name(machine, module, name)


def _stack_global(machine: Machine) -> None:
    name, module = machine.pop(), machine.pop()
    if type(module) is not str or type(name) is not str:
        raise Refused("A name that is computed while loading")
    _name(machine, module, name)


def _name(machine: Machine, module: str, name: str) -> None:
    use, findings = names.use_of(module, name), machine.findings
    if use is None or (not machine.uploads and use in names.ONLY_IN_UPLOADS):
        if not names.is_name(module, name) and not findings.is_pickle:
            raise Unreadable("Not a joblib or pickle file.")
        findings.add_name(module, name)
        if machine.writes:
            raise Refused(f"{module}.{name}"[:300])
        use = names.FORBIDDEN
    findings.is_pickle = True
    findings.add_module(module)
    if module == _SPECIAL and use == names.VALUE:
        findings.special_functions.add(name)
    if machine.uploads and (stand_in := wrappers.STAND_INS.get((module, name))):
        machine.written += b"00" + stand_in
    else:
        machine.written += b"\x93"
    machine.stack.append(Global(module, name, use))


def _reduce(machine: Machine) -> None:
    arguments, maker = machine.pop(), machine.pop()
    _make(machine, maker, arguments, by_call=True)
    machine.written += b"R"


def _new(machine: Machine) -> None:
    arguments, maker = machine.pop(), machine.pop()
    _make(machine, maker, arguments, by_call=False)
    machine.written += b"\x81"


def _new_with_keywords(machine: Machine) -> None:
    keywords, arguments, maker = machine.pop(), machine.pop(), machine.pop()
    if not (type(keywords) is Table and keywords.whole and not keywords.known):
        machine.refuse(f"{maker} made with keywords")
    _make(machine, maker, arguments, by_call=False)
    machine.written += b"\x92"


def _make(machine: Machine, maker: object, arguments: object, *, by_call: bool) -> None:
    if type(maker) is not Global:
        raise Refused("A call of something that is not named in the file")
    if type(arguments) is not tuple:
        raise Refused(f"A call of {maker} without a tuple of arguments")
    if maker.use == names.FORBIDDEN:
        machine.findings.add_call(maker.module, maker.name)
        made: object = Made(maker, arguments)
    else:
        made, problem = calls.make(maker, arguments, by_call=by_call)
        if problem:
            machine.refuse(problem)
        machine.open_arrays += maker.use == names.WRAPPER
    if type(made) is Made or type(made) is Items:
        machine.levels.give(made, arguments)
    machine.stack.append(made)


def _build(machine: Machine) -> bool | None:
    state, target = machine.pop(), machine.stack[-1]
    if type(target) is not Made:
        raise Refused("State for something that is not an object of the model")
    if target.state is not None:
        machine.refuse(f"State given twice to a {target.maker}")
    target.state = state
    machine.levels.give(target, state)
    if target.maker.use == names.WRAPPER:
        return _array(machine, target)
    if target.maker.use != names.FORBIDDEN and (problem := calls.state_problem(target)):
        machine.refuse(problem)
    if type(state) is Table:
        state.forget()
    machine.written += b"b"
    return None


def _array(machine: Machine, wrapper: Made) -> bool:
    """The raw array behind a wrapper's state, written as the argument of a plain call."""
    try:
        size, aligned, shape = wrappers.payload(wrapper.state)
    except Refused as refusal:
        raise Refused(f"The file holds {refusal}") from None
    machine.source.expect_no_frame("An array inside a frame")
    if type(wrapper.state) is Table:
        wrapper.state.forget()
    machine.open_arrays -= 1
    machine.written += b"b\x940" + wrappers.ARRAY + recalled(machine.count)
    machine.count += 1
    machine.stack[-1] = data("array", wrappers.count(shape))
    if size is None:
        machine.elements_of, machine.tail = shape, b"\x86R"
        return True
    if aligned:
        wrappers.skip_padding(machine.source)
    machine.written += b"\x96" + size.to_bytes(8, "little")
    if not size:
        machine.written += b"\x86R"
        return False
    machine.tail = b"\x86R"
    return machine.follow(size)


OBJECTS: dict[bytes, Callable[[Machine], bool | None]] = {
    b"c": _global,
    b"\x93": _stack_global,
    b"R": _reduce,
    b"\x81": _new,
    b"\x92": _new_with_keywords,
    b"b": _build,
}
