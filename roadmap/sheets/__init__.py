"""マイルストーン様式: a department's milestones as a sheet that goes out and comes back."""
