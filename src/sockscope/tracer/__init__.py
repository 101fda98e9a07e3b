"""What runs beside the tracees: it starts, steps, limits and ends them, and keeps the trace."""
