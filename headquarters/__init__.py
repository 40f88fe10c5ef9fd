"""What 推進本部 and its secretariat do with the plan, the KPIs and the roadmap."""
