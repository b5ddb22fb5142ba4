"""Models for free text that need a package, each an optional one. They run in processes of ``names_pool``, as does the
one that needs none (``core/detect/builtin.py``).
"""
