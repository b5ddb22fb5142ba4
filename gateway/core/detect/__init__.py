"""What is personal data: kinds, field names, and detectors as data.

Two witnesses speak about a leaf. *The name* of the field, its parent and its neighbours (``fields``): a strong verdict
settles the leaf, a weak one only opens the door. *The value* (``scan``): all texts that no name has settled are joined
and go through one multi-pattern pass; only the detectors that hit look again, exactly, and score what they see by
shape, check digits and context words. ``core/classify.py`` puts both together.

Every detector is a row of ``catalog/`` with its own examples and source; every word of a field name is a row of
``lexicon``; what words mean together is a row of ``grammar``. A model for longer free text can join as one more source
of hits beside ``scan``.
"""
