"""Azure Machine Learning on one machine, for the unmodified SDK and without a subscription.

A CONNECT proxy terminates TLS for Azure's own host names, so that a client needs nothing but a few
environment variables (see `environment` in the ready file). Behind it: ARM (`arm/`), blob storage
(`blob/`), tokens (`identity.py`) and online endpoints whose deployments are real inference servers
in real environments (`serving/`), with their metrics and autoscale (`monitor/`). A plain-http
control API (`control.py`, `monitor/control.py`) sets latency, faults, quota and the clock, and
shows what happened.
"""
