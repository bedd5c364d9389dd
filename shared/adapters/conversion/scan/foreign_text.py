"""Files that begin as text: web pages, source code, tables, pickles of the first protocols."""

import re

from shared.adapters.conversion.scan.foreign import (
    SAVE,
    UPLOAD_MODEL,
    foreign,
    no_model,
    unreadable,
)
from shared.adapters.conversion.scan.known_names import SERVED, Origin, origin
from shared.adapters.conversion.scan.refusal import Refusal
from shared.adapters.conversion.scan.refusal_names import dangerous_names

_PICKLE_0 = re.compile(
    rb"\((?:S['\"]|V|[IFL]-?\d)|\(?[cidlp(]?(?:c|i)?[A-Za-z_][\w.]*\n[A-Za-z_][\w.<>]*\n"
)
_NAMED_0 = re.compile(rb"[ci]([A-Za-z_][\w.]*)\n([A-Za-z_][\w.]*)\n")
_PICKLE_1 = re.compile(rb"(?:[]})(]|\(?c)[\w(}\]q]")
_PYTHON = re.compile(r"^(import \w|from [\w.]+ import |def \w+\(|class \w+[(:]|#!.*python)", re.M)


def by_text(head: bytes) -> Refusal:
    """The refusal of a file that begins as text, or of one that nothing is known of."""
    text = head.decode("utf-8-sig", "ignore").lstrip()
    if not is_text(head):
        if _PICKLE_1.match(head):
            return _old_protocol(head)
        return unreadable("Not a joblib or pickle file.", UPLOAD_MODEL)
    lower = text[:600].lower()
    if lower.startswith(("<!doctype html", "<html")):
        return unreadable(
            "The file is a web page, such as a login page that was saved instead of the model.",
            f"Download the model again while you are logged in. {UPLOAD_MODEL}",
        )
    if "<pmml" in lower:
        return foreign("PMML", "a PMML model")
    if lower.startswith("<"):
        return no_model("an XML file")
    if text[0] in "{[":
        return _json(text)
    if _PICKLE_0.match(head):
        return _old_protocol(head)
    if _PYTHON.search(text):
        return no_model("Python source code")
    if _is_csv(text):
        return no_model("a table of text (CSV)")
    return no_model("a text file")


def is_text(head: bytes) -> bool:
    """Whether a file that begins so can be read by people."""
    text = head.decode("utf-8-sig", "ignore").strip()
    return b"\0" not in head and 10 * len(text.encode()) > 8 * len(head) and not _controls(text)


def _controls(text: str) -> int:
    return sum(character < " " and character not in "\t\r\n\f" for character in text)


def _json(text: str) -> Refusal:
    squeezed = re.sub(r"\s", "", text)
    if '"nbformat"' in squeezed or squeezed.startswith('{"cells":['):
        return no_model("a Jupyter notebook")
    if squeezed.startswith('[{"nodeid"') or '"tree_info":[{"tree_index"' in squeezed:
        return _dump("a listing of trees for reading (dump_model), which no library loads again")
    if squeezed.startswith('{"name":"tree","version"'):
        return _dump("LightGBM's dump_model(), which LightGBM does not load again")
    if '"oblivious_trees"' in squeezed or squeezed.startswith('{"features_info"'):
        return foreign("CatBoost", "a CatBoost model as JSON")
    if '"class_name"' in squeezed and '"config"' in squeezed:
        return foreign("Keras", "the configuration of a Keras model, without its weights")
    return no_model("a JSON file that is no XGBoost model")


def _dump(what: str) -> Refusal:
    return unreadable(
        f"The file is {what}.",
        "Save the model with save_model('model.json') (XGBoost) or save_model('model.txt')"
        f" (LightGBM), or with {SAVE}.",
    )


def _is_csv(text: str) -> bool:
    """Lines that all have the same separators."""
    lines = [line for line in text.splitlines()[:-1] or text.splitlines() if line][:5]
    return (
        any(
            lines[0].count(mark) > 0 and len({line.count(mark) for line in lines}) == 1
            for mark in ",;\t|"
        )
        if lines
        else False
    )


def _old_protocol(head: bytes) -> Refusal:
    """Names that reach the system are told first: to save such a file again is no advice."""
    named = [(module.decode(), name.decode()) for module, name in _NAMED_0.findall(head)]
    if dangerous := [pair for pair in named if origin(*pair, SERVED) is Origin.DANGEROUS]:
        return dangerous_names(dangerous, dict.fromkeys(dangerous, "named"))
    return unreadable(
        "The file is a pickle of protocol 0 or 1; 2 to 5 are read.",
        f"Save the model again with {SAVE} or pickle.dump(model, file), without a protocol.",
    )
