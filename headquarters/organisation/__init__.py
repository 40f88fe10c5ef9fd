"""Who carries the plan: what departments are asked to do, and by when."""
