"""What ``check`` refuses, one concern a file; each check reads the compiled rules and their flow matrix."""
