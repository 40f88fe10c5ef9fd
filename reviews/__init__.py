"""PDCA. So far the automatic verdict only; cycles and sheets come with their own models."""
