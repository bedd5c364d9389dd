"""An embedded PostgreSQL: found, initialised, started, watched and stopped by us."""
