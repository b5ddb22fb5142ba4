"""A foreign CRM, an analytics collector, a gateway and the people who use them: what a person sees first."""
