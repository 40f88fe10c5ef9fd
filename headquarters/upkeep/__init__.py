"""What the keeper of the plan does: 要確認, set-up, 適宜見直し, loading the plan."""
