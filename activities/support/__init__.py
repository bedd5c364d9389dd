"""What several phases share: how one is registered and told, ownership, removal, traffic, logs."""
