"""A local Azure Functions host: any Python v2 app, Durable Functions included, on one machine."""
