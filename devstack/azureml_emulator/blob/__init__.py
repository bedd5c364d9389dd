"""The workspace's blob storage: what uploads, downloads and listings need."""
