"""Floor 1, the verbs: synchronous, pure, total functions of model values."""
