"""Everything that is shown at a viewpoint: dashboard, KPI list and page."""
