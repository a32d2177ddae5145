"""Door: build, make_plan, verify, audit."""
