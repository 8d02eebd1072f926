"""A handler and dogs: screening, eligibility, welfare gates, availability."""
