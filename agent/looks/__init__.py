"""What doctor looks at: one small function each, in groups. Nothing is changed by a look."""
