"""Models for free text that ship, each with a package that is optional. They run in processes of ``names_pool``."""
