"""Door: evaluate_cycle, early_warning, days_since, days_between, score and their results."""
