"""What the vaults over SQL have in common: how rows spell values, how names are given, the ledger's chain. No I/O."""
