"""The texts of docs/errors.md: one entry for each code that the product can show, in groups."""

from docs.error_entries.azureml import AZURE_ML
from docs.error_entries.entry import Entry, Group
from docs.error_entries.models import MODELS
from docs.error_entries.predictions import PREDICTIONS
from docs.error_entries.requests import REQUESTS
from docs.error_entries.supabase import SUPABASE
from docs.error_entries.waiting import WAITING

GROUPS = (REQUESTS, SUPABASE, MODELS, AZURE_ML, WAITING, PREDICTIONS)

__all__ = ["GROUPS", "Entry", "Group"]
