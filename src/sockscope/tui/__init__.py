"""The stage: the screen that draws a state and sends commands.  It knows no socket."""
