"""Sample data: fictional but lifelike, with every state on show.

Never mixed with real values; leaves no trace.
"""
