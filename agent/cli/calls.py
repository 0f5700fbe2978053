"""`callsteward call`: its commands, gathered from the files that add them."""

from agent.cli import call, call_after, call_card, call_day, call_read

PARTS = (call, call_day, call_after, call_read, call_card)  # importing each adds its commands
app = call.app
