"""The port ServingTarget over Azure ML's own SDK; `target.AzureMLTarget` is the way in.

Importing anything here loads no Azure package: the SDK takes seconds and is loaded at first use.
"""
