"""The values of a loaded model: judged against a schema before anything of it is called."""

from serving.model_file.judge.unfit import Unfit
from serving.model_file.judge.walk import judge

__all__ = ["Unfit", "judge"]
