"""`manage.py doctor`: is everything as it should be, and what is to be done where it is not."""
