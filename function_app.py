"""The app at a glance: HTTP routes start orchestrations, orchestrations call activities."""

import azure.durable_functions as df

import activities
import api
import orchestrators
import timers
from shared.config import load_settings
from shared.logging import configure_logs

configure_logs(load_settings().log_level)

app = df.DFApp()
for room in (api, orchestrators, activities, timers):
    app.register_functions(room.blueprint())
