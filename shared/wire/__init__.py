"""What durable histories hold. Histories outlive releases: add optional fields, repurpose none."""
