"""年度目標様式: the yearly targets of all indicators as a sheet that goes out and comes back."""
