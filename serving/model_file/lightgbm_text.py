"""Which LightGBM wrote a model's text: it lists every parameter that its release knew.

A pickle does not name the release otherwise, and releases answer differently to the same model:
since 4.7 its classifiers have decision_function(), which calibration asks first where there is one.
"""

BEGIN = b"tree\nversion=v"
_OLD = "3.3.5"
"""Reads what 2 and 3 wrote; 4 answers otherwise to some of it."""
_SINCE = (
    (b"\n[gpu_device_id_list:", "4.7.0"),
    (b"\n[bagging_by_query:", "4.6.0"),
    (b"\n[early_stopping_min_delta:", "4.5.0"),
    (b"\n[data_sample_strategy:", "4.3.0"),
    (b"\n[lambdarank_position_bias_regularization:", "4.1.0"),
    (b"\n[boosting:", "4.0.0"),
)
"""Newest first: a parameter that was new, and the last release before the next new one."""
_LONGEST = max(len(sign) for sign, _ in _SINCE)


class LightGBMText:
    """A model's text that passes by in pieces."""

    def __init__(self) -> None:
        self._begin = self._last = b""
        self._seen: set[str] = set()

    def feed(self, piece: bytes) -> None:
        """The next piece."""
        self._begin = (self._begin + piece[: len(BEGIN) + 1])[: len(BEGIN) + 1]
        text = self._last + piece
        self._seen.update(release for sign, release in _SINCE if sign in text)
        self._last = text[-_LONGEST:]

    @property
    def release(self) -> str:
        """That wrote the text; "" where it lists no parameters, or is none of LightGBM's.

        Of releases that list the same parameters it is the last; one that is not known yet counts
        as the newest that is.
        """
        if not self._begin.startswith(BEGIN):
            return ""
        if self._begin[len(BEGIN) :] in (b"2", b"3"):
            return _OLD
        return next((release for _, release in _SINCE if release in self._seen), "")


def release_of(text: str) -> str:
    """As LightGBMText tells it of a whole text."""
    whole = LightGBMText()
    whole.feed(text.encode())
    return whole.release
