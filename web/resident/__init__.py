"""What residents see on their phones: no account, everything without JavaScript."""
