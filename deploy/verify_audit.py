"""Verify an audit export."""
