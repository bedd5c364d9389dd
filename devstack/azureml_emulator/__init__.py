"""Azure Machine Learning on one machine, for the unmodified SDK and without a subscription.

A CONNECT proxy terminates TLS for Azure's own host names, so that a client needs nothing but a few
environment variables (see `environment` in the ready file). Behind it: ARM (`arm/`), blob storage
(`blob/`), tokens (`identity.py`) and online endpoints whose deployments are real inference servers
in real environments (`serving/`). A plain-http control API (`control.py`) sets latency, faults and
quota, and shows what happened.
"""
